import { type RawBuilder, sql } from 'kysely';
import { notHeld } from './holds.js';
import type { Db } from './tables.js';
import { json, keyLengths, keyText } from './values.js';

/** What reports need to know of a person. */
export interface Member {
  /** As in the roll-up. */
  id: string;
  name: string;
  group: string;
  /** No member of a group: gone by then, or not there yet. */
  disabled?: true | undefined;
}

/** People as `notePeople` takes them: JSON text, since it goes from thread to thread and there may be very many. */
export const peopleText = (people: readonly Member[]): string =>
  json(
    people.map(({ id, name, group, disabled }) => ({
      person: keyText(id, keyLengths.actor),
      name,
      actor_group: keyText(group, keyLengths.group),
      active: disabled !== true,
    })),
  );

/**
 * Keeps what changed of people: who is new, who has another name or group, who left or is no longer listed. `people`: all there are now,
 * as `peopleText` writes them. The first people ever are taken to have been so before. Part of the transaction that keeps the register.
 */
export async function notePeople(trx: Db, people: string, at: number): Promise<void> {
  await sql`
    with now as (
      select distinct on (person) * from jsonb_to_recordset(${people}::jsonb)
        as r (person text, name text, actor_group text, active boolean)
      order by person
    ), last as (
      select distinct on (person) * from person_history order by person, since desc
    )
    insert into person_history (person, since, name, actor_group, active)
    select coalesce(n.person, l.person),
      case when exists (select from person_history) then greatest(${at}::bigint, l.since) else 0 end,
      coalesce(n.name, l.name), coalesce(n.actor_group, l.actor_group), coalesce(n.active, false)
    from now n full join last l on l.person = n.person
    where (l.person is null or n.person is not null or l.active)
      and (l.name, l.actor_group, l.active) is distinct from
        (coalesce(n.name, l.name), coalesce(n.actor_group, l.actor_group), coalesce(n.active, false))
    on conflict (person, since) do update
      set name = excluded.name, actor_group = excluded.actor_group, active = excluded.active`.execute(trx);
}

/** The row of each person that held at an instant; of who came later the first one. */
const rowsBefore = (end: number): RawBuilder<unknown> => sql`
  select distinct on (person) person, name, actor_group, active and since < ${end} as active from person_history
  order by person, since < ${end} desc, case when since < ${end} then -since else since end`;

/** The people just before an instant, in the order of their ids: also who came later, as no members, since what they did may be older. */
export async function peopleBefore(db: Db, end: number): Promise<Member[]> {
  const { rows } = await sql<{ person: string; name: string; actor_group: string; active: boolean }>`
    ${rowsBefore(end)}`.execute(db);
  return rows.map(({ person, name, actor_group, active }) => ({
    id: person,
    name,
    group: actor_group,
    ...(!active && { disabled: true as const }),
  }));
}

/**
 * The roll-up as a table of a query, with persons in the groups that they were in just before an instant; without one as it stands there:
 * by the group of when it was read or resolved.
 */
export const usageBefore = (end: number | undefined): RawBuilder<unknown> =>
  end === undefined
    ? sql`usage`
    : sql`(
        select u.service, u.day, u.actor_kind, u.actor,
          case when h.person is null then u.actor_group else h.actor_group end as actor_group, u.source, u.account_kind,
          u.strength, u.provenance, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in, u.spend, u.first, u.last,
          u.received_at
        from usage u left join (${rowsBefore(end)}) h on u.actor_kind = 'person' and h.person = u.actor
      ) usage`;

/**
 * Forgets who people were before an instant: rows that others have followed by then, and who was gone by then. It goes as the roll-up
 * does, without which no report is made of days so long ago.
 * @returns how many rows
 */
export async function forgetPeople(db: Db, before: number): Promise<bigint> {
  const { numAffectedRows } = await sql`
    delete from person_history t
    where (
        exists (select from person_history next where next.person = t.person and next.since > t.since and next.since < ${before})
        or (not t.active and t.since < ${before}
          and not exists (select from person_history next where next.person = t.person and next.since > t.since))
      ) and ${notHeld({ actor: sql`t.person` })}`.execute(db);
  return numAffectedRows ?? 0n;
}
