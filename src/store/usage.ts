import { type RawBuilder, sql } from 'kysely';
import type { AccountKind, Confidence, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind, Usage } from '../core/usage.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import type { DayRange } from './types.js';
import { count, day, keyText, keyLengths as lengths, spend, time, undated } from './values.js';

/**
 * Adds a chunk's share of the roll-up: its rows as they are, for a later replay, and their sum into `usage`,
 * `usage_day` and `usage_service_day`.
 * Rows are written in the order of their key, so that chunks that are saved at the same time never wait for each other in a
 * circle. Part of `saveChunk`; the months of the days must exist (`ensureMonths`).
 */
export async function saveUsage(db: Db, chunkId: number, usage: readonly Usage[], receivedAt: number): Promise<void> {
  if (usage.length === 0) return;
  for (const { from, rows } of batches(usage)) {
    await sql`
      insert into chunk_usage (chunk_id, position, day, service, actor_kind, actor, actor_group, source, account_kind,
        strength, provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last)
      select ${chunkId}, ${from} + u.n, u.day, u.service, u.actor_kind, u.actor, u.actor_group, u.source, u.account_kind,
        u.strength, u.provenance, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend::jsonb, u.first, u.last
      from unnest(
        ${rows.map((u) => day(u.day))}::date[],
        ${rows.map((u) => keyText(u.service, lengths.service))}::text[],
        ${rows.map((u) => u.actor.kind)}::text[],
        ${rows.map((u) => keyText(u.actor.id, lengths.actor))}::text[],
        ${rows.map((u) => keyText(u.actor.group, lengths.group))}::text[],
        ${rows.map((u) => keyText(u.source, lengths.source))}::text[],
        ${rows.map((u) => u.accountKind)}::text[],
        ${rows.map((u) => u.strength)}::text[],
        ${rows.map((u) => u.provenance)}::text[],
        ${rows.map((u) => u.confidence)}::text[],
        ${rows.map((u) => count(u.events))}::bigint[],
        ${rows.map((u) => count(u.attempts))}::bigint[],
        ${rows.map((u) => count(u.bytesOut))}::bigint[],
        ${rows.map((u) => count(u.bytesIn))}::bigint[],
        ${rows.map((u) => spend(u.spend))}::text[],
        ${rows.map((u) => time(u.first))}::bigint[],
        ${rows.map((u) => time(u.last))}::bigint[]
      ) with ordinality as u (day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence,
        events, attempts, bytes_out, bytes_in, spend, first, last, n)`.execute(db);
  }
  await addToUsage(
    db,
    sql`select ${shareColumns}, ${receivedAt}::bigint as received_at from chunk_usage where chunk_id = ${chunkId}`,
  );
}

/** What `chunk_usage` and `expense` have in common. */
export const shareColumns = sql.raw(
  'day, service, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last',
);

/** Adds rows of shares (`shareColumns`, `received_at`) to the sums. */
export async function addToUsage(db: Db, shares: RawBuilder<unknown>): Promise<void> {
  await sql`
    insert into usage as u (service, day, actor_kind, actor, actor_group, source, account_kind, strength, provenance, confidence,
      events, attempts, bytes_out, bytes_in, spend, first, last, received_at)
    select ${key}, ${surest}, ${sums}, ${spends}, min(first), max(last), max(received_at)
    from (${shares}) s
    group by ${key} order by ${key}
    on conflict (service, day, actor_kind, actor, actor_group, source, account_kind, strength, provenance) do update set
      confidence = case when 'high' in (u.confidence, excluded.confidence) then 'high'
        when 'medium' in (u.confidence, excluded.confidence) then 'medium' else 'low' end,
      events = ${capped(sql`u.events::numeric + excluded.events`)},
      attempts = ${capped(sql`u.attempts::numeric + excluded.attempts`)},
      bytes_out = ${capped(sql`u.bytes_out::numeric + excluded.bytes_out`)},
      bytes_in = ${capped(sql`u.bytes_in::numeric + excluded.bytes_in`)},
      spend = case when excluded.spend = '{}' then u.spend else add_spend(u.spend, excluded.spend) end,
      first = least(u.first, excluded.first),
      last = greatest(u.last, excluded.last),
      received_at = greatest(u.received_at, excluded.received_at)`.execute(db);
  await sql`
    insert into usage_day as u (service, day, source, account_kind, strength, provenance, events, attempts, bytes_out, bytes_in,
      received_at)
    select ${dayKey}, ${sums}, max(received_at)
    from (${shares}) s
    group by ${dayKey} order by ${dayKey}
    on conflict (service, day, source, account_kind, strength, provenance) do update set
      events = ${capped(sql`u.events::numeric + excluded.events`)},
      attempts = ${capped(sql`u.attempts::numeric + excluded.attempts`)},
      bytes_out = ${capped(sql`u.bytes_out::numeric + excluded.bytes_out`)},
      bytes_in = ${capped(sql`u.bytes_in::numeric + excluded.bytes_in`)},
      received_at = greatest(u.received_at, excluded.received_at)`.execute(db);
  await sql`
    insert into usage_service_day as u (day, service, events, attempts, bytes_out, bytes_in)
    select day, service, ${sums} from (${shares}) s
    group by day, service order by day, service
    on conflict (day, service) do update set
      events = ${capped(sql`u.events::numeric + excluded.events`)},
      attempts = ${capped(sql`u.attempts::numeric + excluded.attempts`)},
      bytes_out = ${capped(sql`u.bytes_out::numeric + excluded.bytes_out`)},
      bytes_in = ${capped(sql`u.bytes_in::numeric + excluded.bytes_in`)}`.execute(db);
}

const key = sql.raw('service, day, actor_kind, actor, actor_group, source, account_kind, strength, provenance');
const dayKey = sql.raw('service, day, source, account_kind, strength, provenance');
// A sum of bigint may exceed what a number holds: it is cut there, absurd as it is.
const capped = (value: ReturnType<typeof sql>) => sql`least(${value}, ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint`;
const sums = sql.join(
  ['events', 'attempts', 'bytes_out', 'bytes_in'].map((name) => capped(sql`sum(${sql.ref(name)})`)),
);
const surest = sql.raw(
  `case when bool_or(confidence = 'high') then 'high' when bool_or(confidence = 'medium') then 'medium' else 'low' end`,
);
const spends = sql.raw(`coalesce(sum_spend(spend) filter (where spend <> '{}'), '{}')`);

/**
 * Takes a chunk's share out again, before other results replace it. The caller holds the lock against other savers
 * (`lockUsageAlone`). Part of `saveChunk`.
 * @returns the services that the share named
 */
export const removeUsage = (db: Db, chunkId: number): Promise<string[]> =>
  takeFromUsage(
    db,
    sql`with gone as (delete from chunk_usage where chunk_id = ${chunkId} returning *)
      insert into gone_usage select ${shareColumns} from gone`,
    receiptOf(chunkId),
  );

/** When a chunk was received, for `takeFromUsage`. */
export const receiptOf = (chunkId: number): RawBuilder<unknown> =>
  sql`(select received_at from chunk where id = ${chunkId})`;

/** Works alone on the sums, for the rest of the transaction: who takes out what another has added would meet savers in a circle. */
export const lockUsageAlone = (trx: Db): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtext('halflight usage'))`.execute(trx);

/**
 * Takes shares out of the sums. `take`: a statement that moves them into `gone_usage` (`shareColumns`); `youngest`: when the last of
 * their chunks was received, so that sums by day that hold younger ones are not asked when they were. First, last, confidence and
 * receipt of what remains are exact where the shares of all its chunks are still kept; else they stay as wide as they were.
 * @returns the services that they named
 */
export async function takeFromUsage(
  db: Db,
  take: RawBuilder<unknown>,
  youngest: RawBuilder<unknown>,
): Promise<string[]> {
  const same = (a: string, b: string): ReturnType<typeof sql> =>
    sql.raw(
      ['service', 'day', 'actor_kind', 'actor', 'actor_group', 'source', 'account_kind', 'strength', 'provenance']
        .map((name) => `${a}.${name} = ${b}.${name}`)
        .join(' and '),
    );
  await sql`
    create temporary table if not exists gone_usage on commit delete rows
      as select ${shareColumns} from chunk_usage with no data`.execute(db);
  await sql`truncate gone_usage`.execute(db);
  await take.execute(db);
  const total = sql`select ${key}, sum(events) as events, sum(attempts) as attempts, sum(bytes_out) as bytes_out,
    sum(bytes_in) as bytes_in, ${spends} as spend from gone_usage group by ${key}`;
  await sql`
    update usage u set events = u.events - g.events, attempts = u.attempts - g.attempts,
      bytes_out = greatest(0, u.bytes_out - g.bytes_out), bytes_in = greatest(0, u.bytes_in - g.bytes_in),
      spend = case when g.spend = '{}' then u.spend else subtract_spend(u.spend, g.spend) end
    from (${total}) g where ${same('u', 'g')}`.execute(db);
  await sql`
    delete from usage u using (select distinct ${key} from gone_usage) g
    where ${same('u', 'g')} and u.events <= 0 and u.attempts <= 0`.execute(db);
  await sql`
    update usage u set first = p.first, last = p.last, confidence = p.confidence, received_at = p.received_at
    from (
      select ${sql.raw(
        'p.service, p.day, p.actor_kind, p.actor, p.actor_group, p.source, p.account_kind, p.strength, p.provenance',
      )},
        min(p.first) as first, max(p.last) as last, sum(p.events + p.attempts) as hits, max(k.received_at) as received_at,
        case when bool_or(p.confidence = 'high') then 'high' when bool_or(p.confidence = 'medium') then 'medium'
          else 'low' end as confidence
      from (
          select chunk_id, ${shareColumns} from chunk_usage
          union all select chunk_id, ${shareColumns} from expense where counted) p
        join (select distinct ${key} from gone_usage) g on ${same('p', 'g')}
        join chunk k on k.id = p.chunk_id
      group by 1, 2, 3, 4, 5, 6, 7, 8, 9) p
    where ${same('u', 'p')} and p.hits = u.events + u.attempts`.execute(db);
  await sql`
    update usage_day u set events = u.events - g.events, attempts = u.attempts - g.attempts,
      bytes_out = greatest(0, u.bytes_out - g.bytes_out), bytes_in = greatest(0, u.bytes_in - g.bytes_in)
    from (select ${dayKey}, sum(events) as events, sum(attempts) as attempts, sum(bytes_out) as bytes_out,
      sum(bytes_in) as bytes_in from gone_usage group by ${dayKey}) g
    where u.service = g.service and u.day = g.day and u.source = g.source and u.account_kind = g.account_kind
      and u.strength = g.strength and u.provenance = g.provenance`.execute(db);
  await sql`
    delete from usage_day u using (select distinct ${dayKey} from gone_usage) g
    where u.service = g.service and u.day = g.day and u.source = g.source and u.account_kind = g.account_kind
      and u.strength = g.strength and u.provenance = g.provenance and u.events <= 0 and u.attempts <= 0`.execute(db);
  await sql`
    update usage_day u set received_at = coalesce((
      select max(r.received_at) from usage r where r.service = u.service and r.day = u.day and r.source = u.source
        and r.account_kind = u.account_kind and r.strength = u.strength and r.provenance = u.provenance), u.received_at)
    from (select distinct ${dayKey} from gone_usage) g
    where u.service = g.service and u.day = g.day and u.source = g.source and u.account_kind = g.account_kind
      and u.strength = g.strength and u.provenance = g.provenance and u.received_at <= ${youngest}`.execute(db);
  await sql`
    delete from usage_service_day u using (select distinct day, service from gone_usage) g
    where u.day = g.day and u.service = g.service`.execute(db);
  await sql`
    insert into usage_service_day (day, service, events, attempts, bytes_out, bytes_in)
    select day, service, ${sums} from usage_day
    where (day, service) in (select distinct day, service from gone_usage) group by day, service`.execute(db);
  const { rows } = await sql<{ service: string }>`select distinct service from gone_usage order by 1`.execute(db);
  return rows.map((row) => row.service);
}

/** A row of `usage`. */
export interface UsageRow {
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
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  spend: Record<string, number>;
  first: number | null;
  last: number | null;
}

/**
 * The roll-up over all chunks, one row per day x service x actor x source x account kind x strength x provenance, in that order;
 * undated rows come first. An actor whose group changed between chunks has a row for each group.
 */
export async function loadUsage(db: Db, range: DayRange = {}, services?: readonly string[]): Promise<Usage[]> {
  const from = range.from === '' ? undefined : range.from;
  const to = range.to === '' ? undefined : range.to;
  let query = db.selectFrom('usage').selectAll();
  if (services !== undefined) query = query.where('service', 'in', [...services, '']);
  if (from !== undefined) query = query.where('day', '>=', from);
  if (to !== undefined) query = query.where('day', '<=', to);
  if (to !== undefined && from === undefined) query = query.where('day', '>', undated);
  const rows: UsageRow[] = await query
    .orderBy('day')
    .orderBy('service')
    .orderBy('actor_kind')
    .orderBy('actor')
    .orderBy('actor_group')
    .orderBy('source')
    .orderBy('account_kind')
    .orderBy('strength')
    .orderBy('provenance')
    .execute();
  return rows.map(usageOf);
}

/** A row of `usage` as the rest of the program knows it. */
export const usageOf = (row: UsageRow): Usage => ({
  day: row.day === undated ? '' : row.day,
  service: row.service,
  actor: { kind: row.actor_kind, id: row.actor, group: row.actor_group },
  source: row.source,
  accountKind: row.account_kind,
  strength: row.strength,
  provenance: row.provenance,
  confidence: row.confidence,
  events: row.events,
  attempts: row.attempts,
  bytesOut: row.bytes_out,
  bytesIn: row.bytes_in,
  spend: new Map(Object.entries(row.spend).sort(([a], [b]) => (a < b ? -1 : 1))),
  first: row.first ?? undefined,
  last: row.last ?? undefined,
});
