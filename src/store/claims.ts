import { sql } from 'kysely';
import type { ChunkDraft } from '../core/chunk.js';
import { daysOf, hasShare, hitsOf, writeResults } from './chunks.js';
import { addToHour, saveGaps } from './ledger.js';
import { ensureMonths } from './partitions.js';
import type { Db } from './tables.js';
import type { ChunkResult } from './types.js';
import { text } from './values.js';

// A chunk is worked on by who holds its lease. The fence grows with each claim; a commit must name the fence that it claimed,
// so that a worker that was taken for dead and wakes up again changes nothing.

/** No chunk is put off for longer: what is due later was put off before the clock went back. */
const longestWaitMs = 3_600_000;
/** The reason under which a record in quarantine counts as rejected. */
export const inQuarantine = 'put into quarantine: it ended the program that read it';

/** Why a chunk keeps the results that it has. */
export const tooLongAgo = 'not scanned again: it is too long ago for its results to be replaced';

/** A chunk in work. */
export interface Claim extends ChunkDraft {
  id: number;
  source: string;
  fence: number;
  owner: string;
  /** Times that it ended its worker, or failed by itself. */
  attempts: number;
  receivedAt: number;
  /** Results of an earlier scan, or a record in quarantine, are there and will be replaced. */
  replaces: boolean;
  /** Only the records from `from` to `to` (exclusive) of another chunk, which holds the bytes. */
  part: { of: number; from: number; to: number } | undefined;
}

/** Takes a chunk to work on; undefined when it is done, in work, or not due. */
export async function claimChunk(db: Db, id: number, owner: string, now: number): Promise<Claim | undefined> {
  const row = await db
    .updateTable('chunk')
    .set((eb) => ({ lease_owner: owner, fence: eb('fence', '+', 1) }))
    .where('id', '=', id)
    .where('state', '=', 'pending')
    .where('lease_owner', 'is', null)
    .where((eb) => eb.or([eb('not_before', '<=', now), eb('not_before', '>', now + longestWaitMs)]))
    .returningAll()
    .executeTakeFirst();
  if (row === undefined) return undefined;
  return {
    id: row.id,
    source: row.source,
    key: row.key,
    name: row.name,
    place: row.place ?? undefined,
    size: row.stored_bytes,
    modified: row.modified,
    prime: row.prime ?? undefined,
    fence: row.fence,
    owner,
    attempts: row.attempts,
    receivedAt: row.received_at,
    replaces: row.scanned_at > 0 || row.records > 0,
    part: row.parent_id === null ? undefined : { of: row.parent_id, from: row.part_start ?? 0, to: row.part_end ?? 0 },
  };
}

/** Due chunks that nobody works on, oldest first, no source more than its fair share. */
export async function undoneChunks(db: Db, now: number, limit: number): Promise<number[]> {
  const { rows } = await sql<{ id: number }>`
    select id from (
      select id, row_number() over (partition by source order by id) as turn
      from chunk
      where state = 'pending' and lease_owner is null and (not_before <= ${now} or not_before > ${now + longestWaitMs})
        and received_at > 0
    ) waiting order by turn, id limit ${limit}`.execute(db);
  return rows.map((row) => row.id);
}

/** Holds the chunk's row for the rest of the transaction; false when the claim is no longer ours. */
export async function stillHeld(trx: Db, claim: Claim): Promise<boolean> {
  const row = await trx
    .selectFrom('chunk')
    .select('id')
    .where('id', '=', claim.id)
    .where('state', '=', 'pending')
    .where('fence', '=', claim.fence)
    .where('lease_owner', '=', claim.owner)
    .forUpdate()
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Keeps what a chunk gave and ends the claim, in one transaction with the coverage ledger and the list of services to look at
 * again. `problem`: why it was not read to its end, a known gap; `also` is done in the same transaction, last. `fenced`: the claim was lost meanwhile, and nothing is changed.
 */
export async function commitChunk(
  db: Db,
  claim: Claim,
  result: ChunkResult,
  problem?: string,
  also?: (trx: Db) => Promise<void>,
): Promise<'done' | 'fenced'> {
  await ensureMonths(db, daysOf(result));
  return db.transaction().execute(async (trx) => {
    if (!(await stillHeld(trx, claim))) return 'fenced';
    const before = claim.replaces ? await countsOf(trx, claim.id) : nothing;
    if (before.hits > 0 && !(await hasShare(trx, claim.id))) {
      await keepResults(trx, claim, tooLongAgo);
      return 'done';
    }
    const services = await writeResults(
      trx,
      { id: claim.id, receivedAt: claim.receivedAt, replaces: claim.replaces },
      result,
    );
    await trx
      .updateTable('chunk')
      .set({ lease_owner: null, error: problem === undefined ? null : text(problem) })
      .where('id', '=', claim.id)
      .execute();
    // From the receipt on, so that the time to the finding can be told; a replay begins now.
    await markDue(trx, services, claim.replaces ? result.scannedAt : claim.receivedAt, claim.id);
    // The source before its hour, as a collection does that finds a gap: else they could wait for each other.
    await sql`
      update source set last_data_at = greatest(last_data_at, ${claim.receivedAt}),
        last_event_at = greatest(last_event_at, ${result.last ?? null}::bigint)
      where id = ${claim.source}`.execute(trx);
    await addToHour(trx, claim.source, claim.receivedAt, {
      chunks: isNew(claim) ? 1 : 0,
      bytes: result.bytes - before.bytes,
      received: result.records - before.records,
      landed: result.withEvents + result.skipped - before.landed,
      rejected: result.rejected - before.rejected,
      quarantined: -before.quarantined,
      hits: hitsOf(result) - before.hits,
    });
    if (problem !== undefined && !claim.replaces)
      await saveGaps(trx, claim.source, [{ at: result.scannedAt, why: `${claim.name}: ${problem}` }]);
    await also?.(trx);
    return 'done';
  });
}

/** Whether it was not counted among the chunks of its source yet. */
export const isNew = (claim: Claim): boolean => !claim.replaces && claim.part === undefined;

const nothing = { bytes: 0, records: 0, landed: 0, rejected: 0, quarantined: 0, hits: 0 };

export async function countsOf(trx: Db, id: number): Promise<typeof nothing> {
  const row = await trx
    .selectFrom('chunk')
    .select(['bytes', 'records', 'with_events', 'skipped', 'rejected', 'hits'])
    .where('id', '=', id)
    .executeTakeFirstOrThrow();
  const put = await trx
    .selectFrom('chunk_reject_count')
    .select('count')
    .where('chunk_id', '=', id)
    .where('reason', '=', inQuarantine)
    .executeTakeFirst();
  const quarantined = put?.count ?? 0;
  return { ...row, landed: row.with_events + row.skipped, rejected: row.rejected - quarantined, quarantined };
}

/** Services whose findings are to be looked at again. `chunkId`: what changed them, for who follows its story. */
export async function markDue(db: Db, services: Iterable<string>, now: number, chunkId: number | null): Promise<void> {
  const rows = [...services].map((service) => ({ service, chunk_id: chunkId, at: now }));
  if (rows.length > 0) await db.insertInto('reconcile_due').values(rows).execute();
}

/** Gives a chunk back, to be tried again from `notBefore` on. `ownFault`: it counts as an attempt of the chunk. */
export async function releaseChunk(
  db: Db,
  claim: Claim,
  { error, notBefore, ownFault }: { error: string; notBefore: number; ownFault: boolean },
): Promise<void> {
  await db
    .updateTable('chunk')
    .set((eb) => ({
      lease_owner: null,
      error: text(error).slice(0, 500),
      not_before: notBefore,
      attempts: ownFault ? eb('attempts', '+', 1) : eb.ref('attempts'),
    }))
    .where('id', '=', claim.id)
    .where('fence', '=', claim.fence)
    .where('lease_owner', '=', claim.owner)
    .execute();
}

/** Ends a replay without new results: what the chunk gave before stays. */
export async function keepResults(db: Db, claim: Claim, why: string): Promise<void> {
  await db
    .updateTable('chunk')
    .set({
      state: sql`case when exists (select from quarantine q where q.chunk_id = chunk.id) then 'quarantined' else 'done' end`,
      lease_owner: null,
      error: text(why).slice(0, 500),
    })
    .where('id', '=', claim.id)
    .where('state', '=', 'pending')
    .where('fence', '=', claim.fence)
    .where('lease_owner', '=', claim.owner)
    .execute();
}
