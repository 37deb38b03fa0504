import { sql } from 'kysely';
import type { AccountKind } from '../../core/hit.js';
import type { ActorKind } from '../../core/usage.js';
import { usageBefore } from '../person-history.js';
import type { Db } from '../tables.js';
import { undated } from '../values.js';
import type { Days } from './usage.js';

// What a periodic report reads of the roll-up: only use of the days that it is about or earlier ones, and only use that somebody vouches
// for, so that neither later data nor a claim changes it. Persons are in the groups of the end of the days (`before`), so that who moves
// later changes nothing either. With a group: what persons of this group did.

/** Days, and the first instant behind them, milliseconds since 1970. */
export interface DaysUntil extends Days {
  before: number;
}

const vouched = sql`provenance in ('observed', 'reported')`;
const most = Number.MAX_SAFE_INTEGER;
const ofGroup = (group: string | undefined) =>
  group === undefined ? sql`true` : sql`(actor_kind = 'person' and actor_group = ${group})`;

/** A service in a range of days: as a whole, and of one account kind. */
export interface ServiceInPeriod {
  service: string;
  /** Null: all kinds together. */
  accountKind: AccountKind | null;
  events: number;
  attempts: number;
  bytesOut: number;
  /** Who used it, not only tried to: persons, and actors of all kinds. */
  people: number;
  actors: number;
  /** Nothing but look-ups of its name in DNS. */
  contactOnly: boolean;
  /** Where it was seen, in the order of the alphabet. */
  sources: string[];
}

/** Services that were used or tried, in the order of their ids and account kinds. */
export async function loadServicesIn(
  db: Db,
  { from, to, before }: DaysUntil,
  group?: string,
): Promise<ServiceInPeriod[]> {
  const { rows } = await sql<ServiceInPeriod>`
    select service, account_kind as "accountKind", least(sum(events), ${most})::bigint as events,
      least(sum(attempts), ${most})::bigint as attempts, least(sum(bytes_out), ${most})::bigint as "bytesOut",
      count(distinct actor) filter (where actor_kind = 'person' and events > 0) as people,
      count(distinct (actor_kind, actor)) filter (where events > 0) as actors,
      coalesce(bool_and(strength = 'contact') filter (where events > 0), false) as "contactOnly",
      array_agg(distinct source order by source) as sources
    from ${usageBefore(group === undefined ? undefined : before)} where day between ${from}::date and ${to}::date and ${vouched} and ${ofGroup(group)}
    group by grouping sets ((service), (service, account_kind)) order by service, account_kind nulls first`.execute(db);
  return rows;
}

/** Services with use or attempts of any kind in a range of days, in the order of their ids, each with its rows in the roll-up. */
export async function countRowsBetween(db: Db, { from, to }: Days): Promise<{ service: string; rows: number }[]> {
  const { rows } = await sql<{ service: string; rows: number }>`
    select service, count(*) as rows from usage
    where day between ${from}::date and ${to}::date group by service order by service`.execute(db);
  return rows;
}

/** Who used anything: persons, and actors of all kinds. */
export async function loadActorCounts(
  db: Db,
  { from, to, before }: DaysUntil,
  group?: string,
): Promise<{ people: number; actors: number }> {
  const { rows } = await sql<{ people: number; actors: number }>`
    select count(distinct actor) filter (where actor_kind = 'person') as people,
      count(distinct (actor_kind, actor)) as actors
    from ${usageBefore(group === undefined ? undefined : before)} where day between ${from}::date and ${to}::date and events > 0 and ${vouched} and ${ofGroup(group)}`.execute(
    db,
  );
  return rows[0] ?? { people: 0, actors: 0 };
}

/** First and last day on which each service was used, up to a day. */
export async function loadUsedDays(
  db: Db,
  { to, before }: Pick<DaysUntil, 'to' | 'before'>,
  group?: string,
): Promise<Map<string, { first: string; last: string }>> {
  const table = group === undefined ? sql`usage_day` : usageBefore(before);
  const { rows } = await sql<{ service: string; first: string; last: string }>`
    select service, min(day) as first, max(day) as last
    from ${table} where day > ${undated} and day <= ${to}::date and events > 0 and ${vouched} and ${ofGroup(group)}
    group by service order by service`.execute(db);
  return new Map(rows.map(({ service, first, last }) => [service, { first, last }]));
}

/** A group in a range of days: who of it used which services. A person counts in one group. */
export interface GroupInPeriod {
  group: string;
  people: number;
  services: string[];
}

/** Groups with people who used something; empty name: without a group. */
export async function loadGroupsIn(db: Db, { from, to, before }: DaysUntil): Promise<GroupInPeriod[]> {
  const { rows } = await sql<GroupInPeriod>`
    with used as (
      select actor, max(actor_group) over (partition by actor) as "group", service
      from ${usageBefore(before)}
      where day between ${from}::date and ${to}::date and actor_kind = 'person' and events > 0 and ${vouched}
    )
    select "group", count(distinct actor) as people, array_agg(distinct service order by service) as services
    from used group by "group" order by "group"`.execute(db);
  return rows;
}

/** One of the most active actors on a service with one kind of account. */
export interface ActiveActor {
  service: string;
  accountKind: AccountKind;
  kind: ActorKind;
  actor: string;
  group: string;
  events: number;
  attempts: number;
}

/** So many actors of each of these services and account kinds, the most active first. */
export async function loadActiveActors(
  db: Db,
  services: readonly string[],
  { from, to, before }: DaysUntil,
  each: number,
): Promise<ActiveActor[]> {
  if (services.length === 0) return [];
  const { rows } = await sql<ActiveActor>`
    select service, account_kind as "accountKind", actor_kind as kind, actor, actor_group as "group", events, attempts from (
      select service, account_kind, actor_kind, actor, max(actor_group) as actor_group,
        least(sum(events), ${most})::bigint as events, least(sum(attempts), ${most})::bigint as attempts,
        row_number() over (
          partition by service, account_kind order by sum(events) desc, sum(attempts) desc, actor_kind, actor
        ) as place
      from ${usageBefore(before)}
      where service = any(${services}::text[]) and day between ${from}::date and ${to}::date and ${vouched}
      group by service, account_kind, actor_kind, actor
    ) ranked where place <= ${each} order by service, account_kind, place`.execute(db);
  return rows;
}

/** What was paid in a range of days, by service and currency, minor units. */
export async function loadSpendIn(
  db: Db,
  { from, to }: Days,
): Promise<{ service: string; currency: string; amount: number }[]> {
  const { rows } = await sql<{ service: string; currency: string; amount: number }>`
    select u.service, s.key as currency, greatest(least(sum(s.value::numeric), ${most}), ${-most})::bigint as amount
    from usage u cross join lateral jsonb_each_text(u.spend) s
    where u.day between ${from}::date and ${to}::date and u.strength = 'payment' and ${vouched}
    group by 1, 2 order by 1, 2`.execute(db);
  return rows;
}
