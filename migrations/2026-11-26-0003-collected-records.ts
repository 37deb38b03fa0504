import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** What collectors of APIs need: records that are known by the ids of their provider, and states that are compared with the day before. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    // Windows overlap, so the same record comes again and again: it counts the first time. `id` is a hash of the provider's id.
    `create table source_record (
       source text collate "C" not null references source on delete cascade,
       id bytea not null,
       at bigint not null,
       primary key (source, id)
     )`,
    `create index source_record_at on source_record (source, at)`,
    // What is so at a provider: grants, people, installed extensions. `missing` counts complete listings without it;
    // `told_at`: when its record was scanned last.
    `create table provider_state (
       source text collate "C" not null references source on delete cascade,
       kind text collate "C" not null,
       id text collate "C" not null,
       body jsonb not null,
       hash text collate "C" not null,
       first_at bigint not null,
       changed_at bigint not null,
       told_at bigint not null,
       run text collate "C" not null,
       missing integer not null default 0,
       gone_at bigint,
       primary key (source, kind, id)
     )`,
    `create index provider_state_kind on provider_state (kind, changed_at)`,
    // Paused by the service itself, as its login is refused: it is tried once more at each start and reload.
    `alter table source add column paused_by_service boolean not null default false`,
  );
}
