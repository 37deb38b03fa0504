import { sql } from 'kysely';
import type { StoredFinding, Transition } from '../core/finding-state.js';
import type { AccountKind, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind, Usage } from '../core/usage.js';
import { usageBefore } from './person-history.js';
import type { Db } from './tables.js';
import { json, text, undated } from './values.js';

/** A service whose findings are to be looked at again. */
export interface DueService {
  service: string;
  /** When the first reason came, and the newest chunk among the reasons. */
  at: number;
  chunkId: number | undefined;
  /** A decision or the catalog changed, not only the use. */
  urgent: boolean;
  /** When its findings were last written; undefined: it has none. */
  updatedAt: number | undefined;
}

/** Services to look at, new ones and decisions first, then the longest waiting. */
export async function dueServices(db: Db, limit: number): Promise<DueService[]> {
  const { rows } = await sql<{
    service: string;
    at: number;
    chunk_id: number | null;
    urgent: boolean;
    updated: number | null;
  }>`
    select * from (
      select d.service, min(d.at) as at, max(d.chunk_id) as chunk_id, bool_or(d.chunk_id is null) as urgent,
        (select max(updated_at) from finding f where f.service = d.service) as updated
      from reconcile_due d group by d.service
    ) due
    order by urgent desc, updated is not null, at, service limit ${limit}`.execute(db);
  return rows.map((row) => ({
    service: row.service,
    at: row.at,
    chunkId: row.chunk_id ?? undefined,
    urgent: row.urgent,
    updatedAt: row.updated ?? undefined,
  }));
}

/** Takes a service off the list, within the transaction that writes its findings. False: somebody else did. */
export async function takeDue(trx: Db, service: string): Promise<boolean> {
  const result = await trx.deleteFrom('reconcile_due').where('service', '=', service).executeTakeFirst();
  return result.numDeletedRows > 0n;
}

/** Holds other reconcilers off for the rest of the transaction. */
export async function lockReconciling(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('halflight reconcile'))`.execute(trx);
}

export async function loadFindings(db: Db, service?: string): Promise<StoredFinding[]> {
  let query = db.selectFrom('finding').select('body').orderBy('id');
  if (service !== undefined) query = query.where('service', '=', service);
  return (await query.execute()).map((row) => row.body);
}

export async function saveFinding(
  trx: Db,
  finding: StoredFinding,
  transition: Transition | undefined,
  by: { chunkId: number | undefined; now: number },
): Promise<void> {
  const row = {
    state: finding.state,
    verdict: finding.verdict,
    risk: finding.risk.score,
    first_seen: finding.firstSeen,
    last_seen: finding.lastSeen,
    updated_at: by.now,
    body: json(finding) as unknown as StoredFinding,
  };
  await trx
    .insertInto('finding')
    .values({ id: finding.id, service: finding.service, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
  // Other numbers under the same verdict are no history.
  if (transition === undefined || (transition.kind === 'updated' && transition.from !== null)) return;
  await trx
    .insertInto('finding_history')
    .values({
      finding_id: finding.id,
      at: transition.at,
      kind: transition.kind,
      verdict_before: transition.from?.verdict ?? null,
      verdict: transition.to.verdict,
      reason: text(transition.reason),
      chunk_id: by.chunkId ?? null,
      inventory_hash: transition.inventoryVersion,
      catalog_hash: transition.catalogHash,
    })
    .execute();
}

export interface FindingStep {
  at: number;
  kind: string;
  verdictBefore: string | undefined;
  verdict: string;
  reason: string;
  chunkId: number | undefined;
}

/** The history of a finding, oldest first. */
export async function loadFindingHistory(db: Db, id: string): Promise<FindingStep[]> {
  const rows = await db.selectFrom('finding_history').selectAll().where('finding_id', '=', id).orderBy('id').execute();
  return rows.map((row) => ({
    at: row.at,
    kind: row.kind,
    verdictBefore: row.verdict_before ?? undefined,
    verdict: row.verdict,
    reason: row.reason,
    chunkId: row.chunk_id ?? undefined,
  }));
}

// What no finding about a person may rest on alone.
const vouched = sql`provenance in ('observed', 'reported')`;

/**
 * Last day on which a service was used or tried; undefined: never, or undated only. Days that are only claimed count where there are
 * no others: else anybody could push true use out of the window.
 */
export async function lastDayOf(db: Db, service: string): Promise<string | undefined> {
  const { rows } = await sql<{ day: string | null }>`
    select coalesce(max(day) filter (where ${vouched}), max(day)) as day
    from usage_day where service = ${service} and day > ${undated}`.execute(db);
  return rows[0]?.day ?? undefined;
}

/** Account kinds of a service for whose use, of whatever day, somebody vouches. */
export async function vouchedKinds(db: Db, service: string): Promise<Set<AccountKind>> {
  const { rows } = await sql<{ kind: AccountKind }>`
    select distinct account_kind as kind from usage_day where service = ${service} and ${vouched}`.execute(db);
  return new Set(rows.map((row) => row.kind));
}

/** Services that were ever seen: also those of which only a finding is left. */
export async function usedServices(db: Db): Promise<string[]> {
  const { rows } = await sql<{ service: string }>`
    select service from usage_service_day union select service from finding order by service`.execute(db);
  return rows.map((row) => row.service);
}

/**
 * Which people of groups used these services in a range of days, as far as somebody vouches for it: one row for each person, account
 * kind, strength and provenance, on the last of its days. For comparing groups, where the days do not matter and would be many.
 * `groupsBefore`: an instant of which groups are to be (`usageBefore`).
 */
export async function loadActors(
  db: Db,
  services: readonly string[],
  range: { from: string; to: string; groupsBefore?: number },
): Promise<Usage[]> {
  if (services.length === 0) return [];
  const { rows } = await sql<ActorRow>`
    select max(day) as day, service, actor_kind, actor, actor_group, account_kind, strength, provenance,
      ${total('events')}, ${total('attempts')}, 0::bigint as bytes_out, 0::bigint as bytes_in, min(first) as first, max(last) as last
    from ${usageBefore(range.groupsBefore)}
    where service = any(${services}::text[]) and day between ${range.from}::date and ${range.to}::date
      and actor_kind = 'person' and actor_group <> '' and events > 0 and ${vouched}
    group by service, actor_kind, actor, actor_group, account_kind, strength, provenance
    order by service, actor_kind, actor, actor_group, account_kind, strength, provenance`.execute(db);
  return rows.map(usageOf);
}

/** Above so many rows those of one actor are added up. */
const manyRows = 200_000;

/**
 * The use of services in a range of days, and undated use that came since. Without a range: all of it. Of services with very many rows
 * one actor of each day and group keeps its rows, and the others have one row each, on the last of their days: people, days and sums
 * stay exact, and memory goes by the number of people and not of their days.
 */
export async function loadUse(
  db: Db,
  services: readonly string[],
  range?: { from: string; to: string; receivedSince: number; groupsBefore?: number },
  many = manyRows,
): Promise<Usage[]> {
  const ofServices = sql`service = any(${services}::text[])`;
  const wanted =
    range === undefined
      ? ofServices
      : sql`${ofServices} and (day between ${range.from}::date and ${range.to}::date
          or (day = '-infinity' and received_at >= ${range.receivedSince}))`;
  const { rows: probe } = await sql`select 1 from usage where ${wanted} offset ${many} limit 1`.execute(db);
  const firstOfDay =
    probe.length === 0
      ? sql`true`
      : sql`actor = min(actor) over (partition by service, day, actor_group, account_kind, strength, provenance)`;
  const { rows } = await sql<ActorRow>`
    select max(day) as day, service, actor_kind, actor, actor_group, account_kind, strength, provenance, ${signInSource} as source,
      ${total('events')}, ${total('attempts')}, ${total('bytes_out')}, ${total('bytes_in')}, min(first) as first, max(last) as last
    from (
      select *, ${firstOfDay} as first_of_day from ${usageBefore(range?.groupsBefore)} where ${wanted}
    ) u
    group by service, actor_kind, actor, actor_group, account_kind, strength, provenance,
      ${signInSource}, case when first_of_day then day end
    order by 1, 2, 3, 4, 5, 6, 7, 8, 9`.execute(db);
  return rows.map(usageOf);
}

// Where a sign-in was seen is told; of other rows the sources do not matter, and would be many.
const signInSource = sql`case when strength = 'account' then source else '' end`;
const total = (column: string): ReturnType<typeof sql> =>
  sql`least(sum(${sql.ref(column)}), ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint as ${sql.ref(column)}`;

interface ActorRow {
  day: string;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  source?: string;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  first: number | null;
  last: number | null;
}

const usageOf = (row: ActorRow): Usage => ({
  day: row.day === undated ? '' : row.day,
  service: row.service,
  actor: { kind: row.actor_kind, id: row.actor, group: row.actor_group },
  source: row.source ?? '',
  accountKind: row.account_kind,
  strength: row.strength,
  provenance: row.provenance,
  confidence: 'high',
  events: row.events,
  attempts: row.attempts,
  bytesOut: row.bytes_out,
  bytesIn: row.bytes_in,
  spend: new Map(),
  first: row.first ?? undefined,
  last: row.last ?? undefined,
});

/** Use of one service with one kind of account on a day: a part of the history of a finding. */
export interface DailyUse {
  service: string;
  accountKind: AccountKind;
  day: string;
  group: string;
  strength: Strength;
  people: number;
  events: number;
  attempts: number;
  bytesOut: number;
}

/**
 * The daily use of services by account kind, group and strength, as far as somebody vouches for it: for signals that need history. In the
 * order of all these, so that sums do not depend on the server.
 */
export async function loadDailyUse(
  db: Db,
  services: readonly string[],
  range: { from: string; to: string; groupsBefore?: number },
): Promise<DailyUse[]> {
  const { rows } = await sql<DailyUse>`
    select service, account_kind as "accountKind", day, actor_group as "group", strength,
      count(distinct actor) filter (where actor_kind = 'person') as people,
      ${total('events')}, ${total('attempts')}, least(sum(bytes_out), ${Number.MAX_SAFE_INTEGER})::bigint as "bytesOut"
    from ${usageBefore(range.groupsBefore)}
    where service = any(${services}::text[]) and day between ${range.from}::date and ${range.to}::date and ${vouched}
    group by 1, 2, 3, 4, 5 order by 1, 2, 3, 4, 5`.execute(db);
  return rows;
}

/** Whether one of these services was ever used, as far as somebody vouches for it. */
export async function anyUsed(db: Db, services: readonly string[]): Promise<boolean> {
  const { rows } = await sql`
    select from finding where service = any(${[...services]}::text[]) and verdict <> 'attempted'
      and body->>'claimedOnly' = 'false' limit 1`.execute(db);
  return rows.length > 0;
}
