import { sql } from 'kysely';
import { joinReasons, scoreOf } from '../core/candidate.js';
import type { CandidateHit, CandidateReason } from '../core/hit.js';
import type { ActorKind } from '../core/usage.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { Candidate, CandidateActor, ChunkCandidate, TimeRange } from './types.js';
import { count, json, text, time } from './values.js';

/** Actors of one candidate and chunk that are kept by name, the most active first; all are counted. */
const keptActors = 50;
const shownActors = 200;
const maxTraces = 8;
/** Candidates that are read back, the best first. */
export const maxLoaded = 10_000;

/** Adds what a chunk shows of unknown AI. Part of `saveChunk`. */
export async function saveCandidates(db: Db, chunkId: number, candidates: readonly ChunkCandidate[]): Promise<void> {
  for (const { from, rows } of batches(candidates)) {
    await sql`
      insert into candidate (chunk_id, position, kind, subject, score, reasons, events, actors, bytes_out, bytes_in,
        traces, who, first, last, line, sample)
      select ${chunkId}, ${from} + c.n, c.kind, c.subject, c.score, c.reasons, c.events, c.actors, c.bytes_out, c.bytes_in,
        c.traces, c.who, c.first, c.last, c.line, c.sample
      from unnest(
        ${rows.map((c) => c.kind)}::text[],
        ${rows.map((c) => text(c.subject))}::text[],
        ${rows.map((c) => Math.round(c.score))}::integer[],
        ${rows.map((c) => json(c.reasons))}::jsonb[],
        ${rows.map((c) => count(c.events))}::bigint[],
        ${rows.map((c) => count(c.actors))}::bigint[],
        ${rows.map((c) => count(c.bytesOut))}::bigint[],
        ${rows.map((c) => count(c.bytesIn))}::bigint[],
        ${rows.map((c) => json(c.traces))}::jsonb[],
        ${rows.map((c) => json(mostActive(c.who).map(({ kind, id, events }) => [kind, id, count(events)])))}::jsonb[],
        ${rows.map((c) => time(c.first))}::bigint[],
        ${rows.map((c) => time(c.last))}::bigint[],
        ${rows.map((c) => count(c.line))}::bigint[],
        ${rows.map((c) => text(c.sample))}::text[]
      ) with ordinality as c (kind, subject, score, reasons, events, actors, bytes_out, bytes_in, traces, who, first, last,
        line, sample, n)`.execute(db);
  }
}

const mostActive = (who: readonly CandidateActor[], most = keptActors): CandidateActor[] =>
  who.toSorted((a, b) => b.events - a.events || (`${a.kind} ${a.id}` < `${b.kind} ${b.id}` ? -1 : 1)).slice(0, most);

/** What is wanted of `loadCandidates`. */
export interface CandidateChoice extends TimeRange {
  /** Also those on which somebody has decided: no AI, or part of a service. */
  decided?: boolean | undefined;
  kind?: CandidateHit['kind'] | undefined;
  subject?: string | undefined;
  /** `candidateId` */
  id?: string | undefined;
}

interface CandidateRow extends Pick<CandidateHit, 'kind' | 'subject' | 'score'> {
  reasons: CandidateReason[][];
  events: number;
  bytes_out: number;
  bytes_in: number;
  actors: number;
  who: [ActorKind, string, number][][];
  traces: string[][];
  first: number | null;
  last: number | null;
  file: string;
  line: number;
  sample: string;
  chunks: number;
}

/**
 * Candidates over all chunks that saw one in the range, the best first, as many as are told apart in a scan. The place is that of
 * the earliest record; reasons are those of all chunks.
 */
export async function loadCandidates(db: Db, choice: CandidateChoice = {}): Promise<Candidate[]> {
  const { since = null, until = null, decided = false, kind = null, subject = null, id = null } = choice;
  const { rows } = await sql<CandidateRow>`
    with seen as (
      select c.*, k.name as file,
        row_number() over (
          partition by c.kind, c.subject order by c.first nulls last, k.key, c.position
        ) as turn
      from candidate c
      join chunk k on k.id = c.chunk_id
      where (${since}::bigint is null or c.last >= ${since}::bigint)
        and (${until}::bigint is null or c.first < ${until}::bigint)
        and (${kind}::text is null or c.kind = ${kind}::text)
        and (${subject}::text is null or (md5(c.subject) = md5(${subject}::text) and c.subject = ${subject}::text))
        and (${id}::text is null
          or left(encode(sha256(convert_to(c.kind || ' ' || c.subject, 'UTF8')), 'hex'), 10) = ${id}::text)
        and (${decided} or not exists (
          select from candidate_decision d
          where d.kind = c.kind and d.subject_hash = encode(sha256(convert_to(c.subject, 'UTF8')), 'hex')
            and d.action in ('dismissed', 'attached')))
    )
    select kind, subject,
      max(score) as score,
      -- A few chunks show all reasons and traces there are.
      jsonb_agg(distinct reasons) filter (where turn <= 100) as reasons,
      least(sum(events), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as events,
      least(sum(bytes_out), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as bytes_out,
      least(sum(bytes_in), ${Number.MAX_SAFE_INTEGER}::bigint)::bigint as bytes_in,
      max(actors) as actors,
      jsonb_agg(who) filter (where turn <= 100) as who,
      jsonb_agg(distinct traces) filter (where turn <= 100) as traces,
      min(first) as first,
      max(last) as last,
      max(file) filter (where turn = 1) as file,
      max(line) filter (where turn = 1) as line,
      max(sample) filter (where turn = 1) as sample,
      count(distinct chunk_id) as chunks
    from seen
    group by kind, subject
    order by score desc, events desc, kind, subject
    limit ${maxLoaded}`.execute(db);
  // What all chunks say together may be more than what each said.
  return rows.map(assemble).sort((a, b) => b.score - a.score || b.events - a.events);
}

function assemble(row: CandidateRow): Candidate {
  const { kind, subject, events, file, line, sample, chunks } = row;
  const [first = [], ...others] = row.reasons;
  const reasons = others.reduce<readonly CandidateReason[]>(joinReasons, first);
  const actors = new Map<string, CandidateActor>();
  for (const [actorKind, id, more] of row.who.flat()) {
    const key = `${actorKind} ${id}`;
    actors.set(key, { kind: actorKind, id, events: (actors.get(key)?.events ?? 0) + more });
  }
  return {
    kind,
    subject,
    score: scoreOf(reasons),
    reasons,
    events,
    bytesOut: row.bytes_out,
    bytesIn: row.bytes_in,
    actors: Math.max(row.actors, actors.size),
    who: mostActive([...actors.values()], shownActors),
    traces: [...new Set(row.traces.flat())].sort().slice(0, maxTraces),
    first: row.first ?? undefined,
    last: row.last ?? undefined,
    file,
    line,
    sample,
    chunks,
  };
}
