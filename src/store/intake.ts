import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ChunkDraft, Gap, RecordPage, StateItem, StatePart } from '../core/chunk.js';
import { nothingYet } from './chunks.js';
import { forgetRecords, keepState, newRecords } from './collected.js';
import { addToHour, saveGaps } from './ledger.js';
import type { Db } from './tables.js';
import { count, json, keyText, text } from './values.js';

// How chunks come in: found by a collector, or taken over from a spool. Both commit chunks together with how far the source
// was read, so that a repeated run finds the same chunks and adds none.

/** What a collector remembers of a source. */
export async function loadCursor(db: Db, source: string): Promise<Map<string, string>> {
  const rows = await db.selectFrom('source_cursor').select(['key', 'value']).where('source', '=', source).execute();
  return new Map(rows.map((row) => [row.key, row.value]));
}

/** Items of a kind that are new at their provider, or other than before. */
export interface FreshStates {
  kind: string;
  items: readonly StateItem[];
}

/** What a batch of a collector left behind. */
export interface Committed {
  /** Ids of the chunks that are new. */
  ids: number[];
  /** Records that were new, and their bytes. */
  records: number;
  bytes: number;
  /** Kinds of states in which something is new, other or gone. */
  states: string[];
}

/**
 * Keeps what a collector found and what it wants to remember, in one transaction.
 * @param also done in the same transaction, with what is new at the provider
 * @returns undefined: another run of the source began meanwhile, and nothing is kept
 */
export async function commitBatch(
  db: Db,
  { source, fence }: { source: string; fence: number },
  batch: {
    chunks: readonly ChunkDraft[];
    records?: readonly RecordPage[] | undefined;
    forgetBefore?: number | undefined;
    states?: readonly StatePart[] | undefined;
    cursor: ReadonlyMap<string, string | null>;
    gaps?: readonly Gap[] | undefined;
  },
  now: number,
  also?: (trx: Db, fresh: readonly FreshStates[]) => Promise<void>,
): Promise<Committed | undefined> {
  return db.transaction().execute(async (trx) => {
    const held = await trx
      .selectFrom('source')
      .select('id')
      .where('id', '=', source)
      .where('fence', '=', fence)
      .forUpdate()
      .executeTakeFirst();
    if (held === undefined) return undefined;
    const kept: Committed = { ids: [], records: 0, bytes: 0, states: [] };
    const fresh: FreshStates[] = [];
    for (const chunk of batch.chunks) {
      const id = await insertChunk(trx, source, chunk, now);
      if (id !== undefined) kept.ids.push(id);
    }
    for (const page of batch.records ?? [])
      await keepLines(trx, source, page.name, await newRecords(trx, source, page.records, now), kept, now);
    for (const part of batch.states ?? []) {
      const { told, news, fresh: items } = await keepState(trx, source, part, now);
      if (items.length > 0) fresh.push({ kind: part.kind, items });
      const lines = told.flatMap(({ text: line }) => (line === undefined ? [] : [{ text: line }]));
      await keepLines(trx, source, part.kind, lines, kept, now);
      if (news && !kept.states.includes(part.kind)) kept.states.push(part.kind);
    }
    if (batch.forgetBefore !== undefined) await forgetRecords(trx, source, batch.forgetBefore);
    for (const [rawKey, rawValue] of batch.cursor) {
      const [key, value] = [text(rawKey), rawValue === null ? null : text(rawValue)];
      if (value === null)
        await trx.deleteFrom('source_cursor').where('source', '=', source).where('key', '=', key).execute();
      else
        await trx
          .insertInto('source_cursor')
          .values({ source, key, value })
          .onConflict((conflict) => conflict.columns(['source', 'key']).doUpdateSet({ value }))
          .execute();
    }
    await saveGaps(trx, source, batch.gaps ?? []);
    if (fresh.length > 0) await also?.(trx, fresh);
    return kept;
  });
}

/** Bytes of one part of kept input. */
const partBytes = 4 * 2 ** 20;

/** Records as a chunk of lines whose bytes lie in the database. */
async function keepLines(
  trx: Db,
  source: string,
  name: string,
  lines: readonly { text: string }[],
  kept: Committed,
  now: number,
): Promise<void> {
  if (lines.length === 0) return;
  // A line break in a record would make two of it.
  const bytes = Buffer.from(lines.map((line) => `${line.text.replace(/[\r\n]+/g, ' ')}\n`).join(''));
  const hash = createHash('sha256').update(bytes).digest('hex');
  // The same lines may come again, as those of a grant that was taken back and given again.
  const draft = { key: `records/${now}/${hash}`, name, place: undefined, size: bytes.length, modified: now };
  const id = await insertChunk(trx, source, draft, now);
  if (id === undefined) return;
  kept.ids.push(id);
  kept.records += lines.length;
  kept.bytes += bytes.length;
  for (let at = 0; at < bytes.length; at += partBytes)
    await trx
      .insertInto('chunk_input')
      .values({ chunk_id: id, part: at / partBytes, bytes: bytes.subarray(at, at + partBytes) })
      .execute();
}

/** The unique key of a chunk of a source of the service. */
const serviceKey = (source: string, key: string): string => `${source}/${keyText(key, 300)}`;

async function insertChunk(trx: Db, source: string, chunk: ChunkDraft, now: number): Promise<number | undefined> {
  const row = await trx
    .insertInto('chunk')
    .values({
      key: serviceKey(source, chunk.key),
      source,
      sha256: '',
      ...nothingYet,
      name: text(chunk.name).slice(0, 1000),
      place: chunk.place === undefined ? null : (json(chunk.place) as unknown as Record<string, unknown>),
      prime: chunk.prime === undefined ? null : text(chunk.prime),
      modified: count(chunk.modified),
      received_at: now,
      stored_bytes: count(chunk.size),
    })
    .onConflict((conflict) => conflict.column('key').doNothing())
    .returning('id')
    .executeTakeFirst();
  return row?.id;
}

/** A record of a spool, as far as taking it over needs it. */
export interface SpooledRecord {
  sequence: number;
  source: string;
  /** What the sender calls the push, so that a repeated one counts once. */
  pushKey: string | undefined;
}

/** A chunk whose bytes go into the database. */
export interface KeptChunk extends ChunkDraft {
  source: string;
  /** Stored bytes, in parts of some megabytes. */
  parts: AsyncIterable<Buffer>;
  receivedAt: number;
}

/**
 * Takes records of a spool over into chunks, in one transaction with how far the spool was taken over: done again after a kill
 * it changes nothing. `compose` gets the records that count (neither taken over before nor a repeated push) and gives the chunks.
 * @returns ids of the new chunks
 */
export async function takeOver<R extends SpooledRecord>(
  db: Db,
  spool: string,
  records: readonly R[],
  compose: (accepted: readonly R[]) => Promise<readonly KeptChunk[]>,
  now: number,
): Promise<number[]> {
  const last = records.at(-1);
  if (last === undefined) return [];
  return db.transaction().execute(async (trx) => {
    await trx
      .insertInto('spool')
      .values({ id: spool, drained: 0 })
      .onConflict((conflict) => conflict.column('id').doNothing())
      .execute();
    const { drained } = await trx
      .selectFrom('spool')
      .select('drained')
      .where('id', '=', spool)
      .forUpdate()
      .executeTakeFirstOrThrow();
    const fresh = records.filter((record) => record.sequence > drained);
    const repeated = await repeatedKeys(trx, fresh, now);
    const accepted = fresh.filter(({ source, pushKey }) => {
      if (pushKey === undefined) return true;
      const name = `${source}\u0000${pushKey}`;
      // Whoever comes next with this key repeats it, also within these records.
      return !repeated.has(name) && repeated.add(name);
    });
    const ids: number[] = [];
    for (const chunk of await compose(accepted)) {
      const id = await insertChunk(trx, chunk.source, chunk, chunk.receivedAt);
      if (id === undefined) continue;
      ids.push(id);
      let part = 0;
      for await (const bytes of chunk.parts)
        await trx.insertInto('chunk_input').values({ chunk_id: id, part: part++, bytes }).execute();
    }
    await trx.updateTable('spool').set({ drained: last.sequence }).where('id', '=', spool).execute();
    return ids;
  });
}

/** Of these pushes the keys that were taken over before; the others are kept now. */
async function repeatedKeys(trx: Db, records: readonly SpooledRecord[], now: number): Promise<Set<string>> {
  const keys = new Map<string, { source: string; key: string }>();
  for (const { source, pushKey } of records)
    if (pushKey !== undefined) keys.set(`${source}\u0000${pushKey}`, { source, key: pushKey });
  if (keys.size === 0) return new Set();
  const sorted = [...keys.values()].sort((a, b) =>
    a.source < b.source || (a.source === b.source && a.key < b.key) ? -1 : 1,
  );
  const { rows } = await sql<{ source: string; key: string }>`
    insert into push_key (source, key, at)
    select k.source, k.key, ${now} from unnest(${sorted.map((k) => k.source)}::text[], ${sorted.map((k) => text(k.key))}::text[])
      as k (source, key)
    on conflict do nothing returning source, key`.execute(trx);
  for (const row of rows) keys.delete(`${row.source}\u0000${row.key}`);
  return new Set(keys.keys());
}

/** How far a spool was taken over; 0: not at all. */
export async function drainedOf(db: Db, spool: string): Promise<number> {
  const row = await db.selectFrom('spool').select('drained').where('id', '=', spool).executeTakeFirst();
  return row?.drained ?? 0;
}

/** The kept bytes of a chunk, part by part. */
export async function* loadInput(db: Db, chunkId: number): AsyncGenerator<Buffer, void> {
  for (let part = 0; ; part++) {
    const row = await db
      .selectFrom('chunk_input')
      .select('bytes')
      .where('chunk_id', '=', chunkId)
      .where('part', '=', part)
      .executeTakeFirst();
    if (row === undefined) return;
    yield row.bytes;
  }
}

/** Counts pushes that were refused (quota, full spool). */
export const noteRefused = (db: Db, source: string, refused: number, now: number): Promise<void> =>
  addToHour(db, source, now, { refused });
