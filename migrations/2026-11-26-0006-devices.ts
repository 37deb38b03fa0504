import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Browsers and other agents that are enrolled to send telemetry. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    // `hash`: hex SHA-256 of the secret of its key. `identity`: who says whose it is.
    `create table device (
       id text collate "C" primary key,
       source text collate "C" not null,
       hash text collate "C" not null,
       identity text collate "C" not null check (identity in ('policy', 'assigned', 'none')),
       user_name text collate "C",
       device_name text collate "C",
       agent text collate "C" not null,
       token text collate "C" not null,
       enrolled_at bigint not null,
       last_at bigint,
       revoked_at bigint,
       check (identity <> 'none' or (user_name is null and device_name is null))
     )`,
    `create index device_source on device (source, enrolled_at)`,
  );
}
