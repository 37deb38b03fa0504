import { sql } from 'kysely';
import type { Db } from './tables.js';

// A lease ends with its work, or with its process. Two cases are neither: the database went away at the moment when a process took
// or gave back a lease, so that it holds one that it does not know of; and a process that was taken for dead took one under its old
// id. Without help such a lease would last as long as the process lives, or for ever.

/** A lease on a chunk or a delivery. `turn` is another one when it was taken again meanwhile. */
export interface Lease {
  of: 'chunk' | 'outbox';
  id: number;
  turn: number;
}

/**
 * Everything that the database says a process has in work. Of deliveries only those that were taken once are looked at: there is an index of
 * them, and a hundred thousand others may wait.
 */
export async function leasesOf(db: Db, owner: string): Promise<Lease[]> {
  const { rows } = await sql<Lease>`
    select 'chunk' as of, id, fence as turn from chunk where lease_owner = ${owner} and state = 'pending'
    union all
    select 'outbox', id, attempts from outbox
    where lease_owner = ${owner} and state = 'pending' and attempts > 0`.execute(db);
  return rows;
}

/**
 * Ends leases that their owner knows nothing of, unless they were taken again meanwhile.
 * @returns the chunks that are free again
 */
export async function freeLeases(db: Db, owner: string, leases: readonly Lease[]): Promise<number[]> {
  const freed: number[] = [];
  for (const { of, id, turn } of leases) {
    const { rows } = await (of === 'chunk'
      ? sql`update chunk set lease_owner = null where id = ${id} and fence = ${turn} and lease_owner = ${owner} returning id`
      : sql`update outbox set lease_owner = null where id = ${id} and attempts = ${turn} and lease_owner = ${owner} returning id`
    ).execute(db);
    if (of === 'chunk' && rows.length > 0) freed.push(id);
  }
  return freed;
}

/** Ends leases under ids that no process has: what is still at work there finds its fence gone and changes nothing. */
export async function freeOrphans(db: Db): Promise<void> {
  await sql`
    update chunk set lease_owner = null where lease_owner is not null and state = 'pending'
      and not exists (select from instance where instance.id = chunk.lease_owner)`.execute(db);
  await sql`
    update outbox set lease_owner = null where lease_owner is not null and state = 'pending' and attempts > 0
      and not exists (select from instance where instance.id = outbox.lease_owner)`.execute(db);
}
