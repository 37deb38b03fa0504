import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** What is kept of mails to people who used what is not approved, for the limits: a pseudonym, the service, the day. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table nudge (
      person text collate "C" not null,
      service text collate "C" not null,
      day date not null,
      primary key (person, service)
    )`.execute(db);
  await sql`create index nudge_day on nudge (day)`.execute(db);
}
