import { sql } from 'kysely';
import type { CandidateHit } from '../../core/hit.js';
import type { Db } from '../tables.js';

// What a periodic report reads beside the roll-up, as it stood at the end of its period.

/** Instants of a period, milliseconds since 1970; `end` is the first one behind it. */
export interface Instants {
  start: number;
  end: number;
}

/** When the service first opened each finding, before an instant. */
export async function loadOpenedBefore(db: Db, end: number): Promise<Map<string, number>> {
  const { rows } = await sql<{ id: string; at: number }>`
    select finding_id as id, min(at) as at from finding_history
    where at < ${end} and kind in ('opened', 'reopened') group by finding_id order by finding_id`.execute(db);
  return new Map(rows.map(({ id, at }) => [id, at]));
}

/** A step of a finding in the period. */
export interface StepInPeriod {
  finding: string;
  at: number;
  kind: string;
  before: string | null;
  verdict: string;
}

/** What became of findings in the period: at most `limit` steps, the newest first, without new numbers under an old verdict. */
export async function loadSteps(db: Db, { start, end }: Instants, limit: number): Promise<StepInPeriod[]> {
  const { rows } = await sql<StepInPeriod>`
    select finding_id as finding, at, kind, verdict_before as before, verdict from finding_history
    where at >= ${start} and at < ${end} and kind <> 'updated' order by at desc, id desc limit ${limit}`.execute(db);
  return rows;
}

/** What looks like AI and is in no catalog, seen in the period, and undecided at its end. */
export interface CandidateInPeriod {
  kind: CandidateHit['kind'];
  subject: string;
  score: number;
  /** Records of the pieces of input that the period touches. */
  events: number;
  /** First record ever. */
  first: number | null;
}

export async function loadCandidatesIn(
  db: Db,
  { start, end }: Instants,
  limit: number,
): Promise<{ candidates: CandidateInPeriod[]; all: number }> {
  const { rows } = await sql<CandidateInPeriod & { all: number }>`
    select kind, subject, max(score) as score,
      least(sum(events) filter (where last >= ${start}), ${Number.MAX_SAFE_INTEGER})::bigint as events,
      min(first) as first, count(*) over () as all
    from candidate c
    where first < ${end}
      and not exists (
        select from candidate_decision d
        where d.kind = c.kind and d.subject_hash = encode(sha256(convert_to(c.subject, 'UTF8')), 'hex')
          and d.action in ('dismissed', 'attached') and d.at < ${end})
    group by kind, subject having max(last) >= ${start}
    order by max(score) desc, 4 desc, kind, subject limit ${limit}`.execute(db);
  return { candidates: rows.map(({ all: _all, ...row }) => row), all: rows[0]?.all ?? 0 };
}

/** Pieces of input with records of the period, by source and format. */
export interface InputInPeriod {
  source: string;
  format: string;
  chunks: number;
  records: number;
  rejected: number;
  /** First and last record of all of them, which may lie before and behind the period. */
  first: number;
  last: number;
}

/** In the order of source and format. Pieces whose records hold no time are in no period. */
export async function loadInputsIn(db: Db, { start, end }: Instants): Promise<InputInPeriod[]> {
  const { rows } = await sql<InputInPeriod>`
    select source, format, count(*) as chunks, sum(records)::bigint as records, sum(rejected)::bigint as rejected,
      min(first) as first, max(last) as last
    from chunk where state = 'done' and first < ${end} and last >= ${start}
    group by source, format order by source, format`.execute(db);
  return rows;
}

/** On how many of these days (first instant, first one behind) records lie, by source. */
export async function loadDaysWithData(
  db: Db,
  days: readonly (readonly [start: number, end: number])[],
): Promise<Map<string, number>> {
  const { rows } = await sql<{ source: string; days: number }>`
    select c.source, count(distinct d.n) as days
    from unnest(${days.map(([start]) => start)}::bigint[], ${days.map(([, end]) => end)}::bigint[]) with ordinality as d (start, stop, n)
      join chunk c on c.state = 'done' and c.first < d.stop and c.last >= d.start
    group by c.source order by c.source`.execute(db);
  return new Map(rows.map(({ source, days: count }) => [source, count]));
}

/** What the ledger says of a source in a period, by the hour of receipt. */
export interface SourceInPeriod {
  source: string;
  /** Hours in which records came. */
  hours: number;
  received: number;
  rejected: number;
  refused: number;
  missing: number;
}

export async function loadLedgerIn(db: Db, { start, end }: Instants): Promise<SourceInPeriod[]> {
  const [first, behind] = [Math.floor(start / 3_600_000), Math.ceil(end / 3_600_000)];
  const { rows } = await sql<SourceInPeriod>`
    select source, count(*) filter (where received > 0) as hours, sum(received)::bigint as received,
      sum(rejected)::bigint as rejected, sum(refused)::bigint as refused, sum(missing)::bigint as missing
    from source_hour where hour >= ${first} and hour < ${behind} group by source order by source`.execute(db);
  return rows;
}

/** Sources that the service knew before an instant: not those that were removed and silent for long by `start`. */
export async function loadSourcesAsOf(
  db: Db,
  { start, end }: Instants,
): Promise<{ id: string; kind: string; since: number }[]> {
  const monthMs = 30 * 86_400_000;
  return db
    .selectFrom('source')
    .select(['id', 'kind', 'since'])
    .where('since', '<', end)
    .where((eb) => eb.or([eb('state', '<>', 'removed'), eb('last_data_at', '>=', start - monthMs)]))
    .orderBy('id')
    .execute();
}

/** Data known to be missing in the period: how often, and why it was so the last time. */
export async function loadGapsIn(
  db: Db,
  { start, end }: Instants,
): Promise<{ source: string; gaps: number; why: string }[]> {
  const { rows } = await sql<{ source: string; gaps: number; why: string }>`
    select source, count(*) as gaps, (array_agg(why order by at desc, id desc))[1] as why
    from source_gap where at >= ${start} and at < ${end} group by source order by source`.execute(db);
  return rows;
}

/** What people decide about the register and candidates, as the audit log calls it. */
const decisions = ['register.%', 'entry.%', 'candidate%', 'request.%', 'exception.%', 'decision.%'];

/** Decisions of the audit log in the period, the newest first. */
export async function loadDecisionsIn(
  db: Db,
  { start, end }: Instants,
  limit: number,
): Promise<{ at: number; who: string; action: string; subject: string }[]> {
  return db
    .selectFrom('audit')
    .select(['at', 'who', 'action', 'subject'])
    .where('at', '>=', start)
    .where('at', '<', end)
    .where((eb) => eb.or(decisions.map((words) => eb('action', 'like', words))))
    .orderBy('seq', 'desc')
    .limit(limit)
    .execute();
}

/** The newest day with use that lies before a day; undefined: none. */
export async function newestDay(db: Db, before: string): Promise<string | undefined> {
  const { rows } = await sql<{ day: string | null }>`
    select max(day) as day from usage_service_day where day < ${before}::date and day > '-infinity'`.execute(db);
  return rows[0]?.day ?? undefined;
}
