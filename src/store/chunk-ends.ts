import { hasShare, nothingYet, removeResults, shareIsKept } from './chunks.js';
import { type Claim, countsOf, inQuarantine, isNew, keepResults, markDue, stillHeld, tooLongAgo } from './claims.js';
import { addToHour } from './ledger.js';
import type { Db } from './tables.js';
import { count, text } from './values.js';

// How a chunk ends otherwise than by its results.

/**
 * Takes out what an earlier scan gave, before parts or a quarantined record stand for the chunk. False: it cannot be taken out any more,
 * and stands.
 */
async function takeOut(trx: Db, claim: Claim, now: number): Promise<boolean> {
  if (!claim.replaces) return true;
  const before = await countsOf(trx, claim.id);
  if (before.hits > 0 && !(await hasShare(trx, claim.id))) {
    await keepResults(trx, claim, tooLongAgo);
    return false;
  }
  await markDue(trx, await removeResults(trx, claim.id), now, claim.id);
  await addToHour(trx, claim.source, claim.receivedAt, {
    bytes: -before.bytes,
    received: -before.records,
    landed: -before.landed,
    rejected: -before.rejected,
    quarantined: -before.quarantined,
    hits: -before.hits,
  });
  return true;
}

const noCounts = {
  bytes: 0,
  lines: 0,
  records: 0,
  with_events: 0,
  events: 0,
  skipped: 0,
  rejected: 0,
  hits: 0,
  first: null,
  last: null,
  scanned_at: 0,
};

/** Replaces a chunk that cannot be read as a whole by parts of its records, which are tried by themselves. */
export async function splitChunk(
  db: Db,
  claim: Claim,
  ranges: readonly { from: number; to: number }[],
  now: number,
): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    if (!(await stillHeld(trx, claim))) return [];
    if (!(await takeOut(trx, claim, now))) return [];
    const parts = await trx
      .insertInto('chunk')
      .values(
        ranges.map(({ from, to }) => ({
          key: `${claim.key.replace(/#\d+-\d+$/, '')}#${from}-${to}`,
          source: claim.source,
          sha256: '',
          ...nothingYet,
          name: text(claim.name),
          prime: claim.prime ?? null,
          modified: count(claim.modified),
          received_at: claim.receivedAt,
          not_before: now,
          parent_id: claim.part?.of ?? claim.id,
          part_start: from,
          part_end: to,
        })),
      )
      .onConflict((conflict) => conflict.column('key').doNothing())
      .returning('id')
      .execute();
    await trx
      .updateTable('chunk')
      .set({ ...noCounts, state: 'split', lease_owner: null })
      .where('id', '=', claim.id)
      .execute();
    if (isNew(claim)) await addToHour(trx, claim.source, claim.receivedAt, { chunks: 1 });
    return parts.map((part) => part.id);
  });
}

/** Puts aside what ends its worker: the chunk is finished, and its one record (or what cannot be divided) counts as rejected. */
export async function quarantineChunk(
  db: Db,
  claim: Claim,
  { reason, sealed, records, now }: { reason: string; sealed: Buffer; records: number; now: number },
): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    if (!(await stillHeld(trx, claim))) return false;
    if (!(await takeOut(trx, claim, now))) return false;
    const counts = { ...noCounts, lines: records, records, rejected: records };
    await trx
      .updateTable('chunk')
      .set({ ...counts, state: 'quarantined', lease_owner: null, error: text(reason) })
      .where('id', '=', claim.id)
      .execute();
    await trx
      .insertInto('chunk_reject_count')
      .values({ chunk_id: claim.id, reason: inQuarantine, count: records })
      .execute();
    await trx
      .insertInto('quarantine')
      .values({
        chunk_id: claim.id,
        source: claim.source,
        part_start: claim.part?.from ?? 0,
        part_end: claim.part?.to ?? records,
        reason: text(reason),
        sealed,
        at: now,
      })
      .execute();
    const chunks = isNew(claim) ? 1 : 0;
    await addToHour(trx, claim.source, claim.receivedAt, { chunks, received: records, quarantined: records });
    return true;
  });
}

/**
 * Ends a chunk without results: its bytes are gone (`lost`) or nothing can read them (`quarantined`), which are known gaps, or they
 * were there already (`duplicate`).
 */
export async function endChunk(
  db: Db,
  claim: Claim,
  { state, why, now }: { state: 'lost' | 'duplicate' | 'quarantined'; why: string; now: number },
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    if (!(await stillHeld(trx, claim))) return;
    await trx
      .updateTable('chunk')
      .set({ state, lease_owner: null, error: text(why) })
      .where('id', '=', claim.id)
      .execute();
    if (state === 'duplicate') return;
    await trx
      .insertInto('source_gap')
      .values({ source: claim.source, at: now, why: text(why), bytes: claim.size, lines: null })
      .execute();
  });
}

/**
 * Marks chunks whose raw input is still there for a scan by the rules of today, also what is in quarantine; what they gave stays until
 * new results replace it.
 */
export async function replayChunks(
  db: Db,
  filter: { source?: string | undefined; since?: number | undefined; until?: number | undefined },
): Promise<number[]> {
  let query = db
    .updateTable('chunk')
    .set({ state: 'pending', not_before: 0, attempts: 0 })
    .where('state', 'in', ['done', 'quarantined'])
    // Without its share its results could not be taken out.
    .where((eb) => eb.or([eb('hits', '=', 0), shareIsKept]))
    .where((eb) =>
      eb.or([
        eb('place', 'is not', null),
        eb.exists(
          eb
            .selectFrom('chunk_input')
            .select('part')
            .where((input) =>
              input.or([
                input('chunk_input.chunk_id', '=', input.ref('chunk.id')),
                input('chunk_input.chunk_id', '=', input.ref('chunk.parent_id')),
              ]),
            ),
        ),
        eb.exists(
          eb
            .selectFrom('chunk as whole')
            .select('whole.id')
            .whereRef('whole.id', '=', 'chunk.parent_id')
            .where('whole.place', 'is not', null),
        ),
      ]),
    );
  if (filter.source !== undefined) query = query.where('source', '=', filter.source);
  if (filter.since !== undefined) query = query.where('received_at', '>=', filter.since);
  if (filter.until !== undefined) query = query.where('received_at', '<', filter.until);
  return (await query.returning('id').execute()).map((row) => row.id);
}
