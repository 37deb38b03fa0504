import { sql } from 'kysely';
import type { CandidateHit } from '../core/hit.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { Candidate, ChunkCandidate, TimeRange } from './types.js';
import { count, text, time } from './values.js';

/** Adds what a chunk shows of unknown AI. Part of `saveChunk`. */
export async function saveCandidates(db: Db, chunkId: number, candidates: readonly ChunkCandidate[]): Promise<void> {
  for (const { from, rows } of batches(candidates)) {
    await sql`
      insert into candidate (chunk_id, position, kind, subject, reason, events, actors, first, last, line, sample)
      select ${chunkId}, ${from} + c.n, c.kind, c.subject, c.reason, c.events, c.actors, c.first, c.last, c.line, c.sample
      from unnest(
        ${rows.map((c) => c.kind)}::text[],
        ${rows.map((c) => text(c.subject))}::text[],
        ${rows.map((c) => text(c.reason))}::text[],
        ${rows.map((c) => count(c.events))}::bigint[],
        ${rows.map((c) => count(c.actors))}::bigint[],
        ${rows.map((c) => time(c.first))}::bigint[],
        ${rows.map((c) => time(c.last))}::bigint[],
        ${rows.map((c) => count(c.line))}::bigint[],
        ${rows.map((c) => text(c.sample))}::text[]
      ) with ordinality as c (kind, subject, reason, events, actors, first, last, line, sample, n)`.execute(db);
  }
}

interface CandidateRow extends CandidateHit {
  events: number;
  actors: number;
  first: number | null;
  last: number | null;
  file: string;
  line: number;
  sample: string;
  chunks: number;
}

/** Candidates over all chunks that saw one in the range, most events first. Reason and sample are those of the earliest record. */
export async function loadCandidates(db: Db, range: TimeRange = {}): Promise<Candidate[]> {
  const { rows } = await sql<CandidateRow>`
    with seen as (
      select c.*, k.name as file,
        row_number() over (
          partition by c.kind, c.subject order by c.first nulls last, k.key, c.position
        ) as turn
      from candidate c
      join chunk k on k.id = c.chunk_id
      where (${range.since ?? null}::bigint is null or c.last >= ${range.since ?? null}::bigint)
        and (${range.until ?? null}::bigint is null or c.first < ${range.until ?? null}::bigint)
    )
    select kind, subject,
      max(reason) filter (where turn = 1) as reason,
      least(sum(events), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as events,
      max(actors) as actors,
      min(first) as first,
      max(last) as last,
      max(file) filter (where turn = 1) as file,
      max(line) filter (where turn = 1) as line,
      max(sample) filter (where turn = 1) as sample,
      count(distinct chunk_id) as chunks
    from seen
    group by kind, subject
    order by events desc, kind, subject`.execute(db);
  return rows.map((row) => ({ ...row, first: row.first ?? undefined, last: row.last ?? undefined }));
}
