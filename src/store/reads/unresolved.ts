import { sql } from 'kysely';
import type { ActorSum } from '../../people/unresolved.js';
import type { Db } from '../tables.js';

/** Actors that are read one by one; the rest of many is in no list, and they are the least active. */
const mostActors = 50_000;

/** Who is nobody known, the most active first, and the events of everybody, in a range of days (both inclusive; undefined: all). */
export async function loadUnresolved(
  db: Db,
  { from = null, to = null }: { from?: string | null; to?: string | null } = {},
): Promise<{ sums: ActorSum[]; all: number }> {
  const within = sql`(${from}::date is null or day >= ${from}::date) and (${to}::date is null or day <= ${to}::date)`;
  const { rows } = await sql<ActorSum>`
    with open as (select service, count(*) as findings from finding where state <> 'resolved' group by service),
      used as (
        select actor_kind, actor, service, sum(events + attempts) as events, sum(bytes_out) as bytes_out, sum(bytes_in) as bytes_in
        from usage where actor_kind <> 'person' and ${within} group by actor_kind, actor, service
      )
    select u.actor_kind as kind, u.actor as id, least(sum(u.events), ${Number.MAX_SAFE_INTEGER})::bigint as events,
      least(sum(u.bytes_out), ${Number.MAX_SAFE_INTEGER})::bigint as "bytesOut",
      least(sum(u.bytes_in), ${Number.MAX_SAFE_INTEGER})::bigint as "bytesIn",
      count(*) as services, coalesce(sum(o.findings), 0)::bigint as findings
    from used u left join open o using (service)
    group by u.actor_kind, u.actor order by 3 desc, 1, 2 limit ${mostActors}`.execute(db);
  const total = await sql<{ all: number }>`
    select least(coalesce(sum(events + attempts), 0), ${Number.MAX_SAFE_INTEGER})::bigint as all
    from usage_day where ${within}`.execute(db);
  return { sums: rows.map((row) => ({ ...row, services: Number(row.services) })), all: total.rows[0]?.all ?? 0 };
}
