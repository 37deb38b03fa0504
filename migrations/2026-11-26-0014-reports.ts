import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Periodic reports as they were made: from these they are delivered, and against these later ones are compared. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table report (
      id text collate "C" not null primary key,
      -- The distribution list that it was made for.
      list text collate "C" not null,
      role text collate "C" not null check (role in ('admin', 'security', 'auditor', 'manager')),
      -- Of a manager; empty for all others.
      actor_group text collate "C" not null default '',
      names boolean not null,
      period text collate "C" not null,
      period_from date not null,
      period_to date not null,
      -- 1 for the first, 2 for the first that corrects it, and so on.
      edition integer not null check (edition >= 1),
      catalog_hash text collate "C" not null,
      inventory_hash text collate "C" not null,
      -- JSON text, as it was hashed.
      document text collate "C" not null,
      hash text collate "C" not null,
      at bigint not null,
      unique (list, period, actor_group, edition)
    )`.execute(db);
  await sql`create index report_at on report (at)`.execute(db);
}
