import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** What the service needs: chunks as work, the merged roll-up, sources, findings, the outbox and the audit chain. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };

  // A chunk is now also work to be done. Without `place` its bytes are in chunk_input, or (scans of the command line)
  // nowhere here. `fence` grows with each claim; who commits must still hold the fence that it claimed.
  await run(
    `alter table chunk drop constraint chunk_state_check`,
    `alter table chunk add constraint chunk_state_check
       check (state in ('pending', 'done', 'split', 'quarantined', 'duplicate', 'lost'))`,
    `alter table chunk
       add column place jsonb,
       add column prime text collate "C",
       add column modified bigint not null default 0,
       add column received_at bigint not null default 0,
       add column stored_bytes bigint not null default 0,
       add column attempts integer not null default 0,
       add column fence integer not null default 0,
       add column lease_owner uuid,
       add column not_before bigint not null default 0,
       add column parent_id bigint references chunk on delete cascade,
       add column part_start bigint,
       add column part_end bigint,
       add column error text collate "C",
       add column hits bigint not null default 0`,
    `update chunk set received_at = scanned_at`,
    `update chunk k set hits = s.hits from (
       select chunk_id, sum(events + attempts) as hits from usage group by chunk_id) s where s.chunk_id = k.id`,
    `create index chunk_pending on chunk (not_before, id) where state = 'pending'`,
    `create index chunk_leased on chunk (lease_owner) where lease_owner is not null`,
    `create index chunk_source_received on chunk (source, received_at)`,
    `create index chunk_parent on chunk (parent_id) where parent_id is not null`,
    `create index chunk_not_done on chunk (state, id) where state <> 'done'`,
    // Raw bytes of pushed data, in parts; they are gone when nobody needs to read them again.
    `create table chunk_input (
       chunk_id bigint not null references chunk on delete cascade,
       part integer not null,
       bytes bytea not null,
       primary key (chunk_id, part)
     )`,
    `alter table chunk_input alter column bytes set storage external`,
    // Records that ended their worker: the raw bytes are encrypted with a key that is not in the database.
    `create table quarantine (
       id bigint generated always as identity primary key,
       chunk_id bigint not null references chunk on delete cascade,
       source text collate "C" not null,
       part_start bigint not null,
       part_end bigint not null,
       reason text collate "C" not null,
       sealed bytea not null,
       at bigint not null
     )`,
    `create index quarantine_source_at on quarantine (source, at)`,
    `create index quarantine_chunk on quarantine (chunk_id)`,
  );

  // A chunk's share of the roll-up (what `usage` was) is kept as long as the chunk can be replayed; `usage` is the sum.
  await run(
    `alter table usage rename to chunk_usage`,
    `drop index usage_day_service`,
    `alter index usage_pkey rename to chunk_usage_pkey`,
    `update chunk_usage set day = '-infinity' where day is null`,
    `alter table chunk_usage alter column day set not null`,
    `create function add_spend(a jsonb, b jsonb) returns jsonb language sql immutable as $$
       select coalesce(jsonb_object_agg(key, total), '{}') from (
         select key, sum(value::numeric) as total
         from (select * from jsonb_each_text(a) union all select * from jsonb_each_text(b)) both_sides
         group by key order by key) sums
     $$`,
    `create function subtract_spend(a jsonb, b jsonb) returns jsonb language sql immutable as $$
       select coalesce(jsonb_object_agg(key, total) filter (where total <> 0), '{}') from (
         select key, sum(value) as total from (
           select key, value::numeric from jsonb_each_text(a)
           union all select key, -value::numeric from jsonb_each_text(b)) both_sides
         group by key order by key) sums
     $$`,
    `create aggregate sum_spend(jsonb) (sfunc = add_spend, stype = jsonb, initcond = '{}')`,
    // Undated use has the day -infinity and lives in the default partition.
    `create table usage (
       day date not null,
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
       -- Of the youngest chunk in it: retention goes by receipt, whatever the records say.
       received_at bigint not null,
       primary key (service, day, actor_kind, actor, actor_group, source, account_kind, strength)
     ) partition by range (day)`,
    `create table usage_default partition of usage default`,
    `create index usage_actor_day on usage (actor, day)`,
    `create table usage_day (
       day date not null,
       service text collate "C" not null,
       source text collate "C" not null,
       account_kind text collate "C" not null,
       strength text collate "C" not null,
       events bigint not null,
       attempts bigint not null,
       bytes_out bigint not null,
       bytes_in bigint not null,
       received_at bigint not null,
       primary key (service, day, source, account_kind, strength)
     )`,
    // Of a service on a day, whatever the rest: what a page over all services adds up.
    `create table usage_service_day (
       day date not null,
       service text collate "C" not null,
       events bigint not null,
       attempts bigint not null,
       bytes_out bigint not null,
       bytes_in bigint not null,
       primary key (day, service)
     )`,
    `insert into usage
       select day, service, actor_kind, left(actor, 200), left(actor_group, 100), source, account_kind, strength,
         case when bool_or(confidence = 'high') then 'high' when bool_or(confidence = 'medium') then 'medium' else 'low' end,
         sum(events), sum(attempts), sum(bytes_out), sum(bytes_in), sum_spend(spend), min(first), max(last),
         max((select received_at from chunk k where k.id = chunk_id))
       from chunk_usage group by 1, 2, 3, 4, 5, 6, 7, 8`,
    `insert into usage_day
       select day, service, source, account_kind, strength, sum(events), sum(attempts), sum(bytes_out), sum(bytes_in),
         max((select received_at from chunk k where k.id = chunk_id))
       from chunk_usage group by 1, 2, 3, 4, 5`,
    `insert into usage_service_day
       select day, service, sum(events), sum(attempts), sum(bytes_out), sum(bytes_in) from usage_day group by 1, 2`,
  );

  // Sources: what the configuration says stays there; here is what was seen of them.
  await run(
    `create table source (
       id text collate "C" primary key,
       kind text collate "C" not null,
       state text collate "C" not null default 'active' check (state in ('active', 'paused', 'removed')),
       paused_why text collate "C",
       expect_every bigint,
       since bigint not null,
       last_data_at bigint,
       last_event_at bigint,
       last_run_at bigint,
       last_error text collate "C",
       last_error_at bigint,
       lease_owner uuid,
       fence integer not null default 0
     )`,
    `create table source_cursor (
       source text collate "C" not null references source on delete cascade,
       key text collate "C" not null,
       value text collate "C" not null,
       primary key (source, key)
     )`,
    // The coverage ledger: received = landed + rejected + quarantined + lost, by hour of receipt.
    `create table source_hour (
       source text collate "C" not null,
       hour bigint not null,
       chunks bigint not null default 0,
       bytes bigint not null default 0,
       received bigint not null default 0,
       landed bigint not null default 0,
       rejected bigint not null default 0,
       quarantined bigint not null default 0,
       refused bigint not null default 0,
       missing bigint not null default 0,
       hits bigint not null default 0,
       primary key (source, hour)
     )`,
    `create table source_gap (
       id bigint generated always as identity primary key,
       source text collate "C" not null,
       at bigint not null,
       why text collate "C" not null,
       lines bigint,
       bytes bigint
     )`,
    `create index source_gap_source on source_gap (source, at)`,
    // Silence is a finding of its own: no data is never no use.
    `create table source_finding (
       source text collate "C" not null,
       kind text collate "C" not null check (kind in ('silent', 'thin')),
       state text collate "C" not null check (state in ('open', 'resolved')),
       reason text collate "C" not null,
       numbers jsonb not null,
       opened_at bigint not null,
       changed_at bigint not null,
       resolved_at bigint,
       times integer not null default 1,
       primary key (source, kind)
     )`,
    `create table token (
       id text collate "C" primary key,
       scope text collate "C" not null check (scope in ('push', 'read')),
       source text collate "C",
       hash text collate "C" not null,
       created_at bigint not null,
       created_by text collate "C" not null,
       revoked_at bigint,
       check ((scope = 'push') = (source is not null))
     )`,
    `create table push_key (
       source text collate "C" not null,
       key text collate "C" not null,
       at bigint not null,
       primary key (source, key)
     )`,
    `create index push_key_at on push_key (at)`,
    // How far each spool was taken over; a spool that does it again begins behind.
    `create table spool (
       id uuid primary key,
       drained bigint not null
     )`,
  );

  await run(
    `create table register (
       kind text collate "C" primary key check (kind in ('inventory', 'people', 'catalog')),
       hash text collate "C" not null,
       body jsonb not null,
       loaded_at bigint not null
     )`,
    `create table finding (
       id text collate "C" primary key,
       service text collate "C" not null,
       state text collate "C" not null check (state in ('open', 'watched', 'resolved')),
       verdict text collate "C" not null,
       risk integer not null,
       first_seen bigint,
       last_seen bigint,
       updated_at bigint not null,
       body jsonb not null
     )`,
    `create index finding_service on finding (service)`,
    `create index finding_state on finding (state, risk desc)`,
    `create table finding_history (
       id bigint generated always as identity primary key,
       finding_id text collate "C" not null references finding on delete cascade,
       at bigint not null,
       kind text collate "C" not null,
       verdict_before text collate "C",
       verdict text collate "C" not null,
       reason text collate "C" not null,
       chunk_id bigint,
       inventory_hash text collate "C" not null,
       catalog_hash text collate "C" not null
     )`,
    `create index finding_history_finding on finding_history (finding_id, id)`,
    `create index finding_history_chunk on finding_history (chunk_id) where chunk_id is not null`,
    // Services to look at again. Only appended to, so that commits of chunks never wait for each other here.
    `create table reconcile_due (
       id bigint generated always as identity primary key,
       service text collate "C" not null,
       chunk_id bigint,
       at bigint not null
     )`,
  );

  // Candidates: a score with its reasons, who and how much, and what of the subject was seen.
  await run(
    `alter table candidate
       add column score integer not null default 50,
       add column reasons jsonb not null default '[]',
       add column bytes_out bigint not null default 0,
       add column bytes_in bigint not null default 0,
       add column traces jsonb not null default '[]',
       add column who jsonb not null default '[]'`,
    `update candidate set reasons = jsonb_build_array(jsonb_build_object('rule', 'before', 'points', 50, 'why', reason))`,
    `alter table candidate drop column reason`,
    `create index candidate_chunk_subject on candidate (md5(subject), kind)`,
    // What people decided about candidates. Chunks come and go; decisions stay.
    `create table candidate_decision (
       kind text collate "C" not null,
       subject_hash text collate "C" not null,
       subject text collate "C" not null,
       action text collate "C" not null check (action in ('dismissed', 'attached', 'asked')),
       -- Whom a question is for; empty in other decisions.
       about text collate "C" not null default '',
       -- Why, to which service, or the question.
       body jsonb not null,
       who text collate "C" not null,
       at bigint not null,
       primary key (kind, subject_hash, action, about)
     )`,
  );

  // How services are used: a few rows for each chunk, service and day, whoever used it.
  await run(
    `create table chunk_use (
       chunk_id bigint not null references chunk on delete cascade,
       position integer not null,
       day date not null,
       service text collate "C" not null,
       account_kind text collate "C" not null,
       kind text collate "C" not null,
       model text collate "C" not null,
       events bigint not null,
       primary key (chunk_id, position)
     )`,
    `create index chunk_use_service_day on chunk_use (service, day)`,
  );

  await run(
    `create table outbox (
       id bigint generated always as identity primary key,
       notice_id text collate "C" not null,
       channel text collate "C" not null,
       subject text collate "C" not null,
       notice jsonb not null,
       state text collate "C" not null default 'pending' check (state in ('pending', 'sent', 'refused')),
       attempts integer not null default 0,
       next_at bigint not null,
       created_at bigint not null,
       done_at bigint,
       why text collate "C",
       lease_owner uuid,
       unique (notice_id, channel)
     )`,
    `create index outbox_pending on outbox (channel, subject, id) where state = 'pending'`,
    `create table audit (
       seq bigint primary key,
       at bigint not null,
       who text collate "C" not null,
       action text collate "C" not null,
       subject text collate "C" not null,
       details text collate "C" not null,
       previous text collate "C" not null,
       hash text collate "C" not null unique
     )`,
    `create function audit_is_append_only() returns trigger language plpgsql as $$
       begin raise exception 'the audit log is append-only'; end $$`,
    `create trigger audit_no_change before update or delete on audit for each row execute function audit_is_append_only()`,
    `create trigger audit_no_truncate before truncate on audit for each statement execute function audit_is_append_only()`,
    `create table legal_hold (
       id bigint generated always as identity primary key,
       scope jsonb not null,
       reason text collate "C" not null,
       who text collate "C" not null,
       at bigint not null,
       released_at bigint,
       released_by text collate "C"
     )`,
  );

  // Processes that live, seen by their beat; and which slots of the schedule were run.
  await run(
    `create table instance (
       id uuid primary key,
       role text collate "C" not null,
       host text collate "C" not null,
       pid integer not null,
       version text collate "C" not null,
       beat bigint not null default 0,
       started_at bigint not null
     )`,
    `create table job_run (
       job text collate "C" not null,
       slot bigint not null,
       state text collate "C" not null check (state in ('queued', 'running', 'done', 'failed')),
       attempts integer not null default 0,
       started_at bigint,
       finished_at bigint,
       outcome text collate "C",
       primary key (job, slot)
     )`,
    `create index job_run_slot on job_run (slot)`,
  );
}
