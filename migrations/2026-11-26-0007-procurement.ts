import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Payments, each by itself, so that one that stands in two exports counts once. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Only payments to services (hits); all others are forgotten. `usage` is the sum of `chunk_usage` and of those that count.
  await sql`
    create table expense (
      chunk_id bigint not null references chunk on delete cascade,
      position integer not null,
      identity text collate "C" not null,
      -- Of which file the chunk is a piece: what stands twice in one file is two payments.
      file text collate "C" not null,
      counted boolean not null,
      day date not null,
      service text collate "C" not null,
      actor_kind text collate "C" not null,
      actor text collate "C" not null,
      actor_group text collate "C" not null,
      source text collate "C" not null,
      account_kind text collate "C" not null,
      strength text collate "C" not null,
      provenance text collate "C" not null check (provenance in ('unauthenticated', 'claimed', 'reported', 'observed')),
      confidence text collate "C" not null check (confidence in ('low', 'medium', 'high')),
      events bigint not null,
      attempts bigint not null,
      bytes_out bigint not null,
      bytes_in bigint not null,
      spend jsonb not null default '{}',
      first bigint,
      last bigint,
      kind text collate "C" not null,
      primary key (chunk_id, position)
    )`.execute(db);
  await sql`create index expense_identity on expense (identity)`.execute(db);
  await sql`create index expense_day_service on expense (day, service)`.execute(db);

  // The list of contracts, with the services that they may be for.
  await sql`alter table register drop constraint register_kind_check`.execute(db);
  await sql`
    alter table register add constraint register_kind_check
      check (kind in ('inventory', 'people', 'people-file', 'people-summary', 'catalog', 'contracts'))`.execute(db);
}
