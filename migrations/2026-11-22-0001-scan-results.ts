import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Text is compared by bytes (COLLATE "C"): the order of results
// must not depend on the locale of the server. Times are milliseconds since 1970.

/** What the scan of a chunk leaves behind: its counts, usage, evidence and candidates. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`
    create table chunk (
      id bigint generated always as identity primary key,
      key text collate "C" not null unique,
      source text collate "C" not null,
      sha256 text collate "C" not null,
      state text collate "C" not null default 'pending' check (state in ('pending', 'done')),
      name text collate "C" not null default '',
      format text collate "C" not null default '',
      catalog_hash text collate "C" not null default '',
      bytes bigint not null default 0,
      lines bigint not null default 0,
      records bigint not null default 0,
      with_events bigint not null default 0,
      events bigint not null default 0,
      skipped bigint not null default 0,
      rejected bigint not null default 0,
      first bigint,
      last bigint,
      scanned_at bigint not null default 0,
      constraint chunk_records_are_accounted_for check (records = with_events + skipped + rejected)
    )`.execute(db);

  await sql`
    create table chunk_reject_count (
      chunk_id bigint not null references chunk on delete cascade,
      reason text collate "C" not null,
      count bigint not null,
      primary key (chunk_id, reason)
    )`.execute(db);

  // One row for each chunk's share of a roll-up row: a replay of one chunk replaces its own rows and touches no other.
  await sql`
    create table usage (
      chunk_id bigint not null references chunk on delete cascade,
      position integer not null,
      day date,
      service text collate "C" not null,
      actor_kind text collate "C" not null,
      actor text collate "C" not null,
      actor_group text collate "C" not null,
      source text collate "C" not null,
      account_kind text collate "C" not null,
      strength text collate "C" not null,
      confidence text collate "C" not null check (confidence in ('low', 'medium', 'high')),
      events bigint not null,
      attempts bigint not null,
      bytes_out bigint not null,
      bytes_in bigint not null,
      spend jsonb not null default '{}',
      first bigint,
      last bigint,
      primary key (chunk_id, position)
    )`.execute(db);
  await sql`create index usage_day_service on usage (day, service)`.execute(db);

  await sql`
    create table evidence (
      chunk_id bigint not null references chunk on delete cascade,
      line bigint not null,
      service text collate "C" not null,
      actor_kind text collate "C" not null,
      actor text collate "C" not null,
      actor_group text collate "C" not null,
      account_kind text collate "C" not null,
      strength text collate "C" not null,
      attempt boolean not null,
      time bigint,
      signature text collate "C" not null,
      reason text collate "C" not null,
      confidence text collate "C" not null check (confidence in ('low', 'medium', 'high')),
      sha256 text collate "C" not null,
      sample text collate "C" not null,
      primary key (chunk_id, line, service)
    )`.execute(db);
  await sql`create index evidence_service_time on evidence (service, time)`.execute(db);

  await sql`
    create table candidate (
      chunk_id bigint not null references chunk on delete cascade,
      position integer not null,
      kind text collate "C" not null,
      subject text collate "C" not null,
      reason text collate "C" not null,
      events bigint not null,
      actors bigint not null,
      first bigint,
      last bigint,
      line bigint not null,
      sample text collate "C" not null,
      primary key (chunk_id, position)
    )`.execute(db);
}
