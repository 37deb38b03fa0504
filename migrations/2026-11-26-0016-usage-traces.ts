import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** What each chunk gave to a number, when it cannot be scanned again any more: as long as the number is kept. */
export async function up(db: Kysely<unknown>): Promise<void> {
  // Shares of one row of `usage`, as many as were put together at a time: a row may have several of these. Only appended to.
  await sql`
    create table usage_trace (
      id bigint generated always as identity,
      day date not null,
      service text collate "C" not null,
      actor_kind text collate "C" not null,
      actor text collate "C" not null,
      actor_group text collate "C" not null,
      source text collate "C" not null,
      account_kind text collate "C" not null,
      strength text collate "C" not null,
      provenance text collate "C" not null check (provenance in ('unauthenticated', 'claimed', 'reported', 'observed')),
      -- Of the youngest chunk in it.
      received_at bigint not null,
      -- chunk,events,attempts,bytes out,bytes in; and the next; what is 0 is left out
      shares text collate "C" not null,
      -- Chunk -> currency -> minor units, of chunks with payments.
      spends jsonb,
      primary key (day, service, id)
    )`.execute(db);
  await sql`create index usage_trace_actor on usage_trace (actor)`.execute(db);
  await sql`create index usage_trace_received on usage_trace (received_at)`.execute(db);
  // A replay asks for all shares of the numbers that it changes, and whoever turned out to be another may be anybody.
  await sql`create index chunk_usage_actor on chunk_usage (actor)`.execute(db);
  await sql`drop index chunk_usage_unresolved`.execute(db);
  // In how many of these a chunk is named: as long as it is, it stays.
  await sql`alter table chunk add column traced bigint not null default 0`.execute(db);
}
