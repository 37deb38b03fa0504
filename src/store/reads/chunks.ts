import type { Kysely, SelectQueryBuilder } from 'kysely';
import type { ChunkState } from '../chunk-tables.js';
import type { Db, Tables } from '../tables.js';
import { groupBy } from './group.js';

/** A chunk as people look at it. Times are milliseconds since 1970. */
export interface ChunkRow {
  id: number;
  source: string;
  /** Path, object name or name of the push: comes from outside. */
  name: string;
  state: ChunkState;
  format: string;
  bytes: number;
  lines: number;
  records: number;
  withEvents: number;
  events: number;
  skipped: number;
  rejected: number;
  hits: number;
  attempts: number;
  first: number | null;
  last: number | null;
  receivedAt: number;
  /** 0: not yet. */
  scannedAt: number;
  error: string | null;
  /** A part of this chunk, where it is one: its bytes from `partStart` to `partEnd`. */
  parentId: number | null;
  partStart: number | null;
  partEnd: number | null;
  rejects: { reason: string; count: number }[];
}

/** At most so many parts, quarantine entries and steps of findings are told of one chunk. */
const most = 1000;

/** Chunks, the newest first, those behind `after`. */
export async function listChunks(
  db: Db,
  ask: { source?: string | undefined; state?: ChunkState | undefined; after?: number | undefined; limit: number },
): Promise<ChunkRow[]> {
  let query = selectChunks(db);
  if (ask.source !== undefined) query = query.where('source', '=', ask.source);
  // Spelled out, so that the partial index of what is not done fits.
  if (ask.state !== undefined) query = query.where('state', '=', ask.state);
  if (ask.state !== undefined && ask.state !== 'done') query = query.where('state', '<>', 'done');
  if (ask.after !== undefined) query = query.where('id', '<', ask.after);
  return withRejects(db, await query.orderBy('id', 'desc').limit(ask.limit).execute());
}

export async function loadChunk(db: Db, id: number): Promise<ChunkRow | undefined> {
  const [chunk] = await withRejects(db, await selectChunks(db).where('id', '=', id).execute());
  return chunk;
}

type Columns = Omit<ChunkRow, 'rejects'>;

const selectChunks = (db: Kysely<Tables>): SelectQueryBuilder<Tables, 'chunk', Columns> =>
  db
    .selectFrom('chunk')
    .select([
      'id',
      'source',
      'name',
      'state',
      'format',
      'bytes',
      'lines',
      'records',
      'with_events as withEvents',
      'events',
      'skipped',
      'rejected',
      'hits',
      'attempts',
      'first',
      'last',
      'received_at as receivedAt',
      'scanned_at as scannedAt',
      'error',
      'parent_id as parentId',
      'part_start as partStart',
      'part_end as partEnd',
    ]);

async function withRejects(db: Db, chunks: readonly Columns[]): Promise<ChunkRow[]> {
  const bad = chunks.filter((chunk) => chunk.rejected > 0).map((chunk) => chunk.id);
  const rejects = groupBy(
    bad.length === 0
      ? []
      : await db
          .selectFrom('chunk_reject_count')
          .selectAll()
          .where('chunk_id', 'in', bad)
          .orderBy('count', 'desc')
          .orderBy('reason')
          .execute(),
    (row) => row.chunk_id,
  );
  return chunks.map((chunk) => ({
    ...chunk,
    rejects: (rejects.get(chunk.id) ?? []).map(({ reason, count }) => ({ reason, count })),
  }));
}

/** What became of a chunk beside its counts. */
export interface ChunkStory {
  /** Its parts, where it was split. */
  parts: { id: number; state: ChunkState; partStart: number | null; partEnd: number | null; error: string | null }[];
  /** Records of it that were set aside; their bytes are not told. */
  quarantine: { id: number; partStart: number; partEnd: number; reason: string; at: number }[];
  /** Steps of findings that it brought about. */
  findings: { id: string; at: number; kind: string; verdictBefore: string | null; verdict: string; reason: string }[];
}

export async function loadChunkStory(db: Db, id: number): Promise<ChunkStory> {
  const parts = await db
    .selectFrom('chunk')
    .select(['id', 'state', 'part_start as partStart', 'part_end as partEnd', 'error'])
    .where('parent_id', '=', id)
    .orderBy('part_start')
    .orderBy('id')
    .limit(most)
    .execute();
  const quarantine = await db
    .selectFrom('quarantine')
    .select(['id', 'part_start as partStart', 'part_end as partEnd', 'reason', 'at'])
    .where('chunk_id', '=', id)
    .orderBy('part_start')
    .orderBy('id')
    .limit(most)
    .execute();
  const findings = await db
    .selectFrom('finding_history')
    .select(['finding_id as id', 'at', 'kind', 'verdict_before as verdictBefore', 'verdict', 'reason'])
    .where('chunk_id', '=', id)
    .orderBy('finding_history.id')
    .limit(most)
    .execute();
  return { parts, quarantine, findings };
}
