import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Who was called what, in which group, since when: so that a report of an earlier period knows the people of then. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table person_history (
      -- As in the roll-up.
      person text collate "C" not null,
      -- Until the next row of the same person. 0: as long as anything is known.
      since bigint not null,
      name text collate "C" not null,
      actor_group text collate "C" not null,
      -- False: at work in no directory any more.
      active boolean not null,
      primary key (person, since)
    )`.execute(db);
  // What is known now is taken to have been so before. Ids and groups too long for the roll-up's key come with the next change of people.
  await sql`
    insert into person_history (person, since, name, actor_group, active)
    select distinct on (r.id) r.id, 0, coalesce(r.name, ''), coalesce(r."group", ''), not coalesce(r.disabled, false)
    from register,
      jsonb_to_recordset(case jsonb_typeof(body) when 'array' then body else '[]' end) as r (id text, name text, "group" text, disabled boolean)
    where kind = 'people' and r.id is not null and length(r.id) <= 200 and length(coalesce(r."group", '')) <= 100
    order by r.id`.execute(db);
}
