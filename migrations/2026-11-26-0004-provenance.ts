import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later.

/**
 * How it is known who did what, with every row of use and every record of evidence. It is part of what rows are told apart by:
 * what somebody vouches for is never added to what anybody could have sent. What was kept before counts as observed.
 */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  const column = (table: string): string =>
    `alter table ${table} add column provenance text collate "C" not null default 'observed'
       constraint ${table}_provenance_check check (provenance in ('unauthenticated', 'claimed', 'reported', 'observed'))`;
  await run(
    column('chunk_usage'),
    column('usage'),
    column('usage_day'),
    column('evidence'),
    `alter table usage drop constraint usage_pkey`,
    `alter table usage add primary key
       (service, day, actor_kind, actor, actor_group, source, account_kind, strength, provenance)`,
    `alter table usage_day drop constraint usage_day_pkey`,
    `alter table usage_day add primary key (service, day, source, account_kind, strength, provenance)`,
    `update finding set body = body ||
       '{"provenance": "observed", "claimedOnly": false, "unverified": {"actors": 0, "events": 0, "attempts": 0}}'`,
  );
}
