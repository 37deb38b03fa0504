import { type RawBuilder, sql } from 'kysely';
import type { StoredFinding } from '../../core/finding-state.js';
import type { AccountKind, Confidence, Strength } from '../../core/hit.js';
import type { Provenance } from '../../core/provenance.js';
import type { ActorKind } from '../../core/usage.js';
import type { Db } from '../tables.js';
import { tracedChunks, unfolded } from '../traces.js';
import { cursorPages, repeatedPages } from './pages.js';

// What an evidence bundle is made of. All of it is read within one transaction, in an order that is the same on every server.

/** What a bundle is about. Times are milliseconds since 1970, days `YYYY-MM-DD`; `until` and `end` are not in it. */
export interface BundleScope {
  from: string;
  until: string;
  start: number;
  end: number;
  /** Services with all their kinds of account, and findings (`service/account-kind`); undefined: everything. */
  only:
    | {
        services: readonly string[];
        findings: readonly string[];
        /** Entries of the inventory, for what the audit log says of them. */
        entries: readonly string[];
      }
    | undefined;
}

/** Rows of a service, or of one kind of account of it. */
const within = ({ only }: BundleScope, table: string): RawBuilder<boolean> => {
  const service = sql.ref(`${table}.service`);
  return only === undefined
    ? sql`true`
    : sql`(${service} = any(${[...only.services]}::text[])
        or ${service} || '/' || ${sql.ref(`${table}.account_kind`)} = any(${[...only.findings]}::text[]))`;
};

interface Counts {
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  spend: Record<string, number>;
}

/** A row of the roll-up with one of the chunks that it was added up from. */
export interface NumberRow extends Counts {
  day: string;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  confidence: Confidence;
  first: number | null;
  last: number | null;
  /** Null: no share in it is kept. */
  chunk: string | null;
  chunk_lines: number | null;
  share: Counts;
}

const key = [
  'day',
  'service',
  'actor_kind',
  'actor',
  'actor_group',
  'source',
  'account_kind',
  'strength',
  'provenance',
];
const list = (names: readonly string[], table: string): RawBuilder<unknown> =>
  sql.join(names.map((name) => sql.ref(`${table}.${name}`)));
const bytewise = (table: string): RawBuilder<unknown> =>
  sql.join(
    key.map((name) => (name === 'day' ? sql.ref(`${table}.day`) : sql`${sql.ref(`${table}.${name}`)} collate "C"`)),
  );
const sum = (name: string): RawBuilder<number> =>
  sql`least(sum(${sql.ref(name)}), ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint as ${sql.ref(name)}`;

/**
 * The roll-up of the days, one row for each chunk that a row came from, in the order of the roll-up's key; each call gives all of them.
 */
export function numberRows(trx: Db, scope: BundleScope): () => AsyncGenerator<NumberRow[]> {
  const days = (table: string): RawBuilder<boolean> =>
    sql`${sql.ref(`${table}.day`)} >= ${scope.from}::date and ${sql.ref(`${table}.day`)} < ${scope.until}::date and ${within(scope, table)}`;
  const columns = [...key, 'events', 'attempts', 'bytes_out', 'bytes_in', 'spend'];
  return repeatedPages(
    trx,
    sql<NumberRow>`
      with shares as (
        select chunk_id, ${list(key, 's')}, ${sum('events')}, ${sum('attempts')}, ${sum('bytes_out')}, ${sum('bytes_in')},
          coalesce(sum_spend(spend) filter (where spend <> '{}'), '{}') as spend
        from (
          select c.chunk_id, ${list(columns, 'c')} from chunk_usage c where ${days('c')}
          union all select e.chunk_id, ${list(columns, 'e')} from expense e where e.counted and ${days('e')}
          union all ${unfolded(days('t'))}
        ) s
        group by chunk_id, ${list(key, 's')}
      )
      select ${list(key, 'u')}, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend, u.first, u.last,
        k.key as chunk, k.lines as chunk_lines, json_build_object('events', s.events, 'attempts', s.attempts,
          'bytes_out', s.bytes_out, 'bytes_in', s.bytes_in, 'spend', s.spend) as share
      from usage u
        left join shares s on ${sql.join(
          key.map((name) => sql`${sql.ref(`s.${name}`)} = ${sql.ref(`u.${name}`)}`),
          sql` and `,
        )}
        left join chunk k on k.id = s.chunk_id
      where ${days('u')}
      order by ${bytewise('u')}, k.key collate "C"`,
  );
}

export interface HitRow {
  chunk: string;
  chunk_sha256: string;
  line: number;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  attempt: boolean;
  time: number;
  signature: string;
  reason: string;
  confidence: Confidence;
  sha256: string;
  sample: string;
}

/** The kept records of the period, by time, chunk, line and service. Those without a time belong to no period. */
export const hitRows = (trx: Db, scope: BundleScope): AsyncGenerator<HitRow[]> =>
  cursorPages(
    trx,
    sql<HitRow>`
      select k.key as chunk, k.sha256 as chunk_sha256, e.line, e.service, e.actor_kind, e.actor, e.actor_group, e.account_kind,
        e.strength, e.provenance, e.attempt, e.time, e.signature, e.reason, e.confidence, e.sha256, e.sample
      from evidence e join chunk k on k.id = e.chunk_id
      where e.time >= ${scope.start} and e.time < ${scope.end} and ${within(scope, 'e')}
      order by e.time, k.key collate "C", e.line, e.service collate "C"`,
    500,
  );

export interface ChunkRow {
  key: string;
  source: string;
  name: string;
  sha256: string;
  state: string;
  format: string;
  catalog_hash: string;
  bytes: number;
  lines: number;
  records: number;
  with_events: number;
  events: number;
  skipped: number;
  rejected: number;
  rejects: Record<string, number> | null;
  first: number | null;
  last: number | null;
  received_at: number;
  parent: string | null;
  part_start: number | null;
  part_end: number | null;
}

/**
 * All that was read of the period, whether or not anything was found in it, and all that numbers and records of the bundle came from.
 * Chunks without times may be of any period.
 */
export function chunkRows(trx: Db, scope: BundleScope): AsyncGenerator<ChunkRow[]> {
  const days = (table: string): RawBuilder<boolean> =>
    sql`${sql.ref(`${table}.day`)} >= ${scope.from}::date and ${sql.ref(`${table}.day`)} < ${scope.until}::date`;
  return cursorPages(
    trx,
    sql<ChunkRow>`
      select k.key, k.source, k.name, k.sha256, k.state, k.format, k.catalog_hash, k.bytes, k.lines, k.records, k.with_events, k.events,
        k.skipped, k.rejected, k.first, k.last, k.received_at, p.key as parent, k.part_start, k.part_end,
        (select json_object_agg(r.reason, r.count order by r.reason collate "C") from chunk_reject_count r
          where r.chunk_id = k.id) as rejects
      from chunk k left join chunk p on p.id = k.parent_id
        left join (select distinct chunk_id from (${tracedChunks(days('t'))}) c) named on named.chunk_id = k.id
      where k.scanned_at > 0 and (
        k.first is null or (k.first < ${scope.end} and k.last >= ${scope.start}) or named.chunk_id is not null
        or exists (select from chunk_usage s where s.chunk_id = k.id and ${days('s')})
        or exists (select from expense s where s.chunk_id = k.id and s.counted and ${days('s')})
        or exists (select from evidence e where e.chunk_id = k.id and e.time >= ${scope.start} and e.time < ${scope.end}))
      order by k.key collate "C"`,
  );
}

export interface FindingRow {
  body: StoredFinding;
  history:
    | {
        at: number;
        kind: string;
        verdict_before: string | null;
        verdict: string;
        reason: string;
        chunk: string | null;
        inventory: string;
        catalog: string;
      }[]
    | null;
}

/** Findings with use in the period, with their whole history, by id. Findings that are asked for by id come whatever their days. */
export const findingRows = (trx: Db, scope: BundleScope): AsyncGenerator<FindingRow[]> =>
  cursorPages(
    trx,
    sql<FindingRow>`
      select f.body, (
        select json_agg(json_build_object('at', h.at, 'kind', h.kind, 'verdict_before', h.verdict_before, 'verdict', h.verdict,
          'reason', h.reason, 'chunk', k.key, 'inventory', h.inventory_hash, 'catalog', h.catalog_hash) order by h.id)
        from finding_history h left join chunk k on k.id = h.chunk_id where h.finding_id = f.id) as history
      from finding f
      where f.id = any(${[...(scope.only?.findings ?? [])]}::text[]) or (
        (f.first_seen is null or f.first_seen < ${scope.end}) and (f.last_seen is null or f.last_seen >= ${scope.start})
        and ${scope.only === undefined ? sql`true` : sql`f.service = any(${[...scope.only.services]}::text[])`})
      order by f.id collate "C"`,
    500,
  );

/** The coverage ledger of the period: sources, their hours, what is known to be missing, and their silences, each as a plain object. */
export async function* coverageRows(
  trx: Db,
  { start, end }: BundleScope,
): AsyncGenerator<({ kind: string } & Record<string, unknown>)[]> {
  const hour = (time: number): number => Math.floor(time / 3_600_000);
  const parts = [
    sql`select 'source' as kind, id as source, kind as source_kind, state, paused_why, expect_every, since, last_data_at, last_event_at
      from source order by id collate "C"`,
    sql`select 'hour' as kind, source, hour::bigint * 3600000 as hour, chunks, bytes, received, landed, rejected, quarantined, refused,
        missing, hits
      from source_hour where hour >= ${hour(start)} and hour < ${hour(end)} order by source collate "C", hour`,
    sql`select 'gap' as kind, source, at, why, lines, bytes from source_gap
      where at >= ${start} and at < ${end} order by source collate "C", at, id`,
    sql`select 'silence' as kind, source, kind as silence, state, reason, numbers, opened_at, resolved_at from source_finding
      where opened_at < ${end} and (resolved_at is null or resolved_at >= ${start}) order by source collate "C", kind collate "C"`,
  ];
  for (const part of parts) yield* cursorPages(trx, part as RawBuilder<{ kind: string }>);
}

/** The audit log from its first record on, or what it holds of a period. */
export const auditRows = (
  trx: Db,
  period?: Pick<BundleScope, 'start' | 'end'>,
): AsyncGenerator<
  {
    seq: number;
    at: number;
    who: string;
    action: string;
    subject: string;
    details: string;
    previous: string;
    hash: string;
  }[]
> => {
  const within = period === undefined ? sql`true` : sql`at >= ${period.start} and at < ${period.end}`;
  return cursorPages(
    trx,
    sql`select seq, at, who, action, subject, details, previous, hash from audit where ${within} order by seq`,
  );
};
