import type { Actor } from '../../core/usage.js';
import { actorNow } from '../../people/actor-now.js';
import type { Directory } from '../../people/directory.js';
import { LeaseLookup } from '../../people/leases/lookup.js';
import { packLeases } from '../../people/leases/pack.js';
import {
  addressEvidence,
  addressRows,
  type Move,
  moveActors,
  moveEvidence,
  moveRows,
  moveShares,
  rebuildRows,
  type Share,
  type UsageRow,
} from '../../store/actor-moves.js';
import { leasesOf } from '../../store/address-leases.js';
import type { Db } from '../../store/tables.js';
import { lockShares } from '../../store/traces.js';
import type { UnresolvedActor } from '../../store/unresolved.js';
import { lockUsageAlone } from '../../store/usage.js';

/** What one step did. */
export interface Resolved {
  moved: number;
  rows: number;
  ambiguous: number;
  held: number;
  services: string[];
}

/** Moves what is of these actors to who they are now. Part of a transaction; holds off who saves chunks. */
export async function resolveActors(
  trx: Db,
  actors: readonly UnresolvedActor[],
  directory: Directory,
  held: ReadonlySet<string>,
): Promise<Resolved> {
  const free = actors.filter(({ id }) => !held.has(id));
  const lookup = await useLeases(
    trx,
    directory,
    free.flatMap(({ kind, id }) => (kind === 'address' ? [id] : [])),
  );
  const isLeased = ({ kind, id }: UnresolvedActor): boolean => kind === 'address' && lookup.find(id) >= 0;
  const moves = free.flatMap((from): Move[] => {
    const to = isLeased(from) ? undefined : actorNow(directory, from);
    return to === undefined ? [] : [{ from, to }];
  });
  const leased = free.filter(isLeased).map(({ id }) => id);
  const total: Resolved = {
    moved: moves.length,
    rows: 0,
    ambiguous: 0,
    held: actors.length - free.length,
    services: [],
  };
  if (moves.length === 0 && leased.length === 0) return total;
  await lockShares(trx);
  await lockUsageAlone(trx);
  const done = await moveActors(trx, moves);
  const byTime = leased.length === 0 ? undefined : await resolveAddresses(trx, leased, directory);
  return {
    ...total,
    moved: total.moved + (byTime?.moved ?? 0),
    rows: done.rows + (byTime?.rows ?? 0),
    ambiguous: byTime?.ambiguous ?? 0,
    services: [...new Set([...done.services, ...(byTime?.services ?? [])])].sort(),
  };
}

/** The directory answers by the leases of these addresses from now on. */
export async function useLeases(db: Db, directory: Directory, addresses: readonly string[]): Promise<LeaseLookup> {
  const lookup = new LeaseLookup(packLeases(addresses.length === 0 ? [] : await leasesOf(db, addresses)));
  directory.use(lookup);
  return lookup;
}

/**
 * Moves what addresses did to who had them. A row of the roll-up whose shares are all kept is moved share by share, since a chunk covers a
 * shorter time than a day; another as a whole, or not at all.
 */
async function resolveAddresses(
  trx: Db,
  addresses: readonly string[],
  directory: Directory,
): Promise<Omit<Resolved, 'held'>> {
  const { usage, shares } = await addressRows(trx, addresses);
  const now = (row: { actor: string; first: number | null; last: number | null }): Actor | undefined =>
    actorNow(directory, { kind: 'address', id: row.actor }, row);
  const own = new Map<string, Share[]>();
  for (const share of shares) {
    const key = `${share.actor} ${share.key}`;
    const all = own.get(key);
    if (all === undefined) own.set(key, [share]);
    else all.push(share);
  }
  const rebuilt: UsageRow[] = [];
  const sources: Share[] = [];
  const movedShares: (Share & { to: Actor })[] = [];
  const movedRows: (UsageRow & { to: Actor })[] = [];
  const moved = new Set<string>();
  let ambiguous = 0;
  for (const row of usage) {
    const parts = own.get(`${row.actor} ${row.key}`) ?? [];
    const isWhole = parts.reduce((sum, { hits }) => sum + hits, 0) === row.hits;
    const to = now(row);
    const placed = (isWhole ? parts : []).flatMap((share) => {
      const target = now(share);
      return target === undefined ? [] : [{ ...share, to: target }];
    });
    if (placed.length > 0) {
      rebuilt.push(row);
      sources.push(...parts);
      movedShares.push(...placed);
      if (placed.length < parts.length) ambiguous++;
    } else if (to !== undefined) {
      movedRows.push({ ...row, to });
      movedShares.push(...parts.map((share) => ({ ...share, to })));
    } else {
      ambiguous++;
      continue;
    }
    moved.add(row.actor);
  }
  await moveShares(trx, movedShares);
  const services = [...(await moveRows(trx, movedRows)), ...(await rebuildRows(trx, rebuilt, sources))];
  const evidence = (await addressEvidence(trx, addresses)).flatMap((row) => {
    const to = now({ actor: row.actor, first: row.time, last: row.time });
    return to === undefined ? [] : [{ ...row, to }];
  });
  await moveEvidence(trx, evidence);
  return {
    moved: moved.size,
    rows: rebuilt.length + movedRows.length + movedShares.length + evidence.length,
    ambiguous,
    services,
  };
}
