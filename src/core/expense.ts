import { provenances } from './provenance.js';
import type { ActorKind, Usage } from './usage.js';
import type { UseKind } from './use.js';

/** A payment to a service, kept by itself, so that it can be known again in another export. */
export interface Expense {
  /** Hash of what tells the payment from others; equal ones of one file are different payments. */
  identity: string;
  /** The payment as a row of the roll-up. */
  usage: Usage;
  use: UseKind;
}

/** How well an actor tells who paid, best first. */
const actorOrder: readonly ActorKind[] = ['person', 'user', 'workload', 'device', 'address', 'cost-centre', 'unknown'];
export const actorRank = (kind: ActorKind): number => actorOrder.indexOf(kind);

/**
 * Which payments count where several files may hold the same: of one identity those of the file that is known best, among these of
 * the one that has it most often (two coffees of one day in one file are two), among equals of the one that says best who paid. It depends on nothing but what the files hold.
 * `files`: the payments of each. Gives those that count, in their order.
 */
export function countedOnce(files: readonly (readonly Expense[])[]): Expense[] {
  const best = new Map<string, { file: number; of: Share }>();
  for (const [file, expenses] of files.entries())
    for (const [identity, of] of sharesOf(expenses)) {
      const known = best.get(identity);
      if (known === undefined || isBefore(of, known.of)) best.set(identity, { file, of });
    }
  return files.flatMap((expenses, file) => expenses.filter(({ identity }) => best.get(identity)?.file === file));
}

interface Share {
  worth: number;
  count: number;
  rank: number;
  who: string;
  source: string;
}

function sharesOf(expenses: readonly Expense[]): Map<string, Share> {
  const shares = new Map<string, Share>();
  for (const { identity, usage } of expenses) {
    const [rank, who, source] = [actorRank(usage.actor.kind), usage.actor.id, usage.source];
    const worth = provenances.indexOf(usage.provenance);
    const share = shares.get(identity);
    if (share === undefined) shares.set(identity, { worth, count: 1, rank, who, source });
    else {
      share.count++;
      share.worth = Math.max(share.worth, worth);
      share.rank = Math.min(share.rank, rank);
      if (who < share.who) share.who = who;
      if (source < share.source) share.source = source;
    }
  }
  return shares;
}

function isBefore(a: Share, b: Share): boolean {
  if (a.worth !== b.worth) return a.worth > b.worth;
  if (a.count !== b.count) return a.count > b.count;
  if (a.rank !== b.rank) return a.rank < b.rank;
  return a.who < b.who || (a.who === b.who && a.source < b.source);
}
