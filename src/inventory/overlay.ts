import { createHash } from 'node:crypto';
import type { DecisionFields, RecordedDecision } from '../core/decision.js';
import type { InventoryEntry } from '../core/register.js';
import { people } from './two-person.js';

/**
 * The register that counts: the base (a file, or what was imported) with the recorded decisions laid over it.
 *
 * - Of several decisions on one entry the last alone counts, and it replaces the earlier ones wholly: it is laid over the base entry, never
 *   over another decision.
 * - A decision holds as long as the base entry is what it was when it was decided (`entryHash`). A newer change of the base is the newer
 *   word: the decision yields to it, as it does where the entry is taken out. Where the very same entry comes back, so does the decision.
 * - It also holds where the base has come to say exactly what it says (`resultHash`): the file was brought up to date.
 * - A decision on a service without an entry makes one. It holds until the base has an entry of that id, or one that names its service.
 *
 * The answer depends on base and decisions alone, so that any day of the past can be made again from what was kept.
 */
export function withDecisions(
  base: readonly InventoryEntry[],
  decisions: readonly RecordedDecision[],
): InventoryEntry[] {
  const holding = new Map(holdingDecisions(base, decisions).map((decision) => [decision.entry, decision]));
  const ids = new Set(base.map((entry) => entry.id));
  const made = [...holding.values()].flatMap((decision) =>
    decision.body.made === undefined || ids.has(decision.entry) ? [] : [apply(decision.body.made, decision)],
  );
  return [
    ...base.map((entry) => {
      const decision = holding.get(entry.id);
      return decision === undefined ? entry : apply(entry, decision);
    }),
    ...made,
  ];
}

/** The decisions that count now, oldest first: the last on each entry, where the base entry is still what it was. */
export function holdingDecisions(
  base: readonly InventoryEntry[],
  decisions: readonly RecordedDecision[],
): RecordedDecision[] {
  const byId = new Map(base.map((entry) => [entry.id, entry]));
  const named = new Set(base.flatMap((entry) => entry.services));
  return lastOfEach(decisions).filter(({ entry, baseHash, body: { made, result } }) => {
    const now = byId.get(entry);
    if (now !== undefined) return resultHash(now) === result || (made === undefined && entryHash(now) === baseHash);
    return made !== undefined && !made.services.some((service) => named.has(service));
  });
}

/** The last decision on each entry, oldest first. */
export function lastOfEach(decisions: readonly RecordedDecision[]): RecordedDecision[] {
  const last = new Map<string, RecordedDecision>();
  for (const decision of decisions) {
    const known = last.get(decision.entry);
    if (known === undefined || known.id < decision.id) last.set(decision.entry, decision);
  }
  return [...last.values()].sort((a, b) => a.id - b.id);
}

/** An entry with a decision laid over it. */
export function apply(
  entry: InventoryEntry,
  { action, who, secondedBy, body }: Pick<RecordedDecision, 'action' | 'who' | 'secondedBy' | 'body'>,
): InventoryEntry {
  // Where the base says the same, it may name who decided too.
  const before = body.result === resultHash(entry) ? (entry.decided_by ?? []) : [];
  // A review takes a decision back: nobody has decided then.
  const decidedBy =
    action === 'review' ? [] : people([...before, who, ...(secondedBy === undefined ? [] : [secondedBy])]);
  const { decided_by: _before, ...rest } = entry;
  return {
    ...(setFields(rest, body.set) as InventoryEntry),
    ...(decidedBy.length > 0 && { decided_by: decidedBy }),
  };
}

function setFields(entry: object, set: DecisionFields): object {
  const next: Record<string, unknown> = { ...entry };
  for (const [field, value] of Object.entries(set))
    if (value === null) delete next[field];
    else next[field] = value;
  return next;
}

/**
 * SHA-256 of what an entry says. The order of its fields, and lists that are empty instead of absent, make no difference, so that a field
 * which a later version adds changes no entry that does not use it.
 */
export const entryHash = (entry: InventoryEntry): string =>
  createHash('sha256')
    .update(JSON.stringify(plain(entry)))
    .digest('hex');

/** The same without who decided: what a decision makes of an entry, whoever seconds it. */
export const resultHash = ({ decided_by: _who, ...entry }: InventoryEntry): string => entryHash(entry);

function plain(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(plain);
  if (typeof value !== 'object' || value === null) return value;
  const parts = Object.entries(value)
    .map(([key, item]) => [key, plain(item)] as const)
    .filter(([, item]) => !isNothing(item))
    .sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(parts);
}

const isNothing = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === 'object' && Object.keys(value).length === 0);
