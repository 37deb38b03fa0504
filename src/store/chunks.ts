import { sql } from 'kysely';
import type { Usage } from '../core/usage.js';
import { saveLeases } from './address-leases.js';
import { saveCandidates } from './candidates.js';
import { saveEvidence } from './evidence.js';
import { removeExpenses, saveExpenses } from './expenses.js';
import { ensureMonths } from './partitions.js';
import type { Db } from './tables.js';
import type { ChunkCoverage, ChunkKey, ChunkResult } from './types.js';
import { lockUsageAlone, removeUsage, saveUsage } from './usage.js';
import { saveUses } from './uses.js';
import { count, day, indexedText, text, time } from './values.js';

/** The unique key of a chunk: source and SHA-256 of the decompressed bytes. */
export const chunkKey = (key: ChunkKey): string => `${indexedText(key.source)}:${indexedText(key.sha256)}`;

/** Whether the results of these bytes under this catalog are already kept. */
export async function hasChunk(db: Db, key: ChunkKey, catalogHash: string): Promise<boolean> {
  const row = await db
    .selectFrom('chunk')
    .select('id')
    .where('key', '=', chunkKey(key))
    .where('state', '=', 'done')
    .where('catalog_hash', '=', text(catalogHash))
    .executeTakeFirst();
  return row !== undefined;
}

/**
 * Keeps all that a chunk gave, in one transaction. Saved again under the same catalog hash nothing changes (`known`);
 * under another one its results are `replaced`, unless they are so old that the chunk's share is no longer kept. Any number of processes may save the same chunk at once: the row of the
 * chunk is locked first, so they wait for each other and cannot deadlock.
 */
export async function saveChunk(db: Db, result: ChunkResult): Promise<'saved' | 'replaced' | 'known'> {
  await ensureMonths(db, daysOf(result));
  return db.transaction().execute(async (trx) => {
    // Creates the row or locks the one there is; the update writes what is already there and only serves to lock it.
    const key = chunkKey(result);
    const row = await trx
      .insertInto('chunk')
      .values({
        key,
        source: indexedText(result.source),
        sha256: indexedText(result.sha256),
        ...nothingYet,
        received_at: result.scannedAt,
      })
      .onConflict((conflict) => conflict.column('key').doUpdateSet({ key }))
      .returning(['id', 'state', 'catalog_hash', 'scanned_at', 'received_at', 'hits'])
      .executeTakeFirstOrThrow();
    const replaces = row.scanned_at > 0;
    if (replaces && row.state === 'done' && row.catalog_hash === text(result.catalogHash)) return 'known';
    if (replaces && row.hits > 0 && !(await hasShare(trx, row.id))) return 'known';
    await writeResults(trx, { id: row.id, receivedAt: row.received_at, replaces }, result);
    return replaces ? 'replaced' : 'saved';
  });
}

/** The days that a result names, for `ensureMonths`. */
export const daysOf = (result: Pick<ChunkResult, 'usage' | 'expenses'>): Set<string> =>
  new Set(sharesOf(result).map((row) => day(row.day)));

/** The rows of the roll-up that a result gives, payments among them. */
const sharesOf = ({ usage, expenses }: Pick<ChunkResult, 'usage' | 'expenses'>): Usage[] => [
  ...usage,
  ...expenses.map((expense) => expense.usage),
];

/** Events and attempts of a result, also of payments that another chunk counts. */
export const hitsOf = (result: Pick<ChunkResult, 'usage' | 'expenses'>): number =>
  sharesOf(result).reduce((sum, row) => sum + row.events + row.attempts, 0);

/**
 * Writes what a chunk gave into all tables and marks it done; results that were there are replaced. Part of a transaction
 * that holds the chunk's row.
 * @returns the services whose use it changes
 */
export async function writeResults(
  trx: Db,
  chunk: { id: number; receivedAt: number; replaces: boolean },
  result: ChunkResult,
): Promise<Set<string>> {
  const services = new Set(sharesOf(result).map((row) => row.service));
  // Savers add and never meet in a circle, since they write in the order of keys. Payments may change what others gave.
  if (result.expenses.length > 0) await lockUsageAlone(trx);
  else if (!chunk.replaces) await sql`select pg_advisory_xact_lock_shared(hashtext('halflight usage'))`.execute(trx);
  if (chunk.replaces) for (const service of await removeResults(trx, chunk.id)) services.add(service);
  await trx.updateTable('chunk').set(columns(result)).where('id', '=', chunk.id).execute();
  await saveRejects(trx, chunk.id, result.rejects);
  await saveEvidence(trx, chunk.id, result.evidence);
  await saveCandidates(trx, chunk.id, result.candidates);
  await saveUses(trx, chunk.id, result.uses);
  if (result.leases !== undefined) await saveLeases(trx, result.leases);
  // Last, as its rows are those that others wait for.
  await saveUsage(trx, chunk.id, result.usage, chunk.receivedAt);
  for (const service of await saveExpenses(trx, chunk.id, result.expenses)) services.add(service);
  return services;
}

/**
 * Takes out what a chunk gave. Part of a transaction that holds the chunk's row.
 * @returns the services whose use it changes
 */
export async function removeResults(trx: Db, chunkId: number): Promise<string[]> {
  await lockUsageAlone(trx);
  const services = [...(await removeUsage(trx, chunkId)), ...(await removeExpenses(trx, chunkId))];
  for (const table of ['chunk_reject_count', 'evidence', 'candidate', 'chunk_use', 'quarantine'] as const)
    await trx.deleteFrom(table).where('chunk_id', '=', chunkId).execute();
  return services;
}

/** Whether a chunk's share of the roll-up is still kept: without it, it cannot be taken out again. */
export async function hasShare(db: Db, chunkId: number): Promise<boolean> {
  const { rows } = await sql`select from chunk where id = ${chunkId} and ${shareIsKept}`.execute(db);
  return rows.length > 0;
}

/** Of a chunk with hits: its share is there, or all of it are payments, which are kept longer. */
export const shareIsKept = sql<boolean>`(
  exists (select from chunk_usage s where s.chunk_id = chunk.id)
  or chunk.hits = (select sum(e.events + e.attempts) from expense e where e.chunk_id = chunk.id))`;

/** What has been read, chunk by chunk in the order of source, name and key: the coverage of the results. */
export async function loadCoverage(db: Db): Promise<ChunkCoverage[]> {
  const chunks = await db
    .selectFrom('chunk')
    .selectAll()
    .where('scanned_at', '>', 0)
    .orderBy('source')
    .orderBy('name')
    .orderBy('key')
    .execute();
  const rejects = new Map<number, Map<string, number>>();
  for (const row of await db.selectFrom('chunk_reject_count').selectAll().orderBy('reason').execute()) {
    const reasons = rejects.get(row.chunk_id) ?? new Map<string, number>();
    rejects.set(row.chunk_id, reasons.set(row.reason, row.count));
  }
  return chunks.map((row) => ({
    hits: row.hits,
    source: row.source,
    sha256: row.sha256,
    name: row.name,
    format: row.format,
    catalogHash: row.catalog_hash,
    bytes: row.bytes,
    lines: row.lines,
    records: row.records,
    withEvents: row.with_events,
    events: row.events,
    skipped: row.skipped,
    rejected: row.rejected,
    first: row.first ?? undefined,
    last: row.last ?? undefined,
    scannedAt: row.scanned_at,
    rejects: rejects.get(row.id) ?? new Map<string, number>(),
  }));
}

/** A chunk that was not scanned: all counts are 0. */
export const nothingYet = {
  state: 'pending',
  name: '',
  format: '',
  catalog_hash: '',
  bytes: 0,
  lines: 0,
  records: 0,
  with_events: 0,
  events: 0,
  skipped: 0,
  rejected: 0,
  scanned_at: 0,
} as const;

function columns(result: ChunkResult) {
  return {
    state: 'done' as const,
    sha256: indexedText(result.sha256),
    name: text(result.name),
    format: text(result.format),
    catalog_hash: text(result.catalogHash),
    bytes: count(result.bytes),
    lines: count(result.lines),
    records: count(result.records),
    with_events: count(result.withEvents),
    events: count(result.events),
    skipped: count(result.skipped),
    rejected: count(result.rejected),
    first: time(result.first),
    last: time(result.last),
    scanned_at: Math.max(1, time(result.scannedAt) ?? 1),
    hits: count(hitsOf(result)),
  };
}

async function saveRejects(db: Db, chunkId: number, rejects: ReadonlyMap<string, number>): Promise<void> {
  const byReason = new Map<string, number>();
  for (const [reason, rejected] of rejects) {
    const name = indexedText(reason);
    byReason.set(name, count((byReason.get(name) ?? 0) + rejected));
  }
  if (byReason.size === 0) return;
  await sql`
    insert into chunk_reject_count (chunk_id, reason, count)
    select ${chunkId}, r.reason, r.rejected
    from unnest(${[...byReason.keys()]}::text[], ${[...byReason.values()]}::bigint[]) as r (reason, rejected)`.execute(
    db,
  );
}
