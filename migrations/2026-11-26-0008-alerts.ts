import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** Alerts: lasting states that rules make of what is known, and the facts that they were made of. */
export async function up(db: Kysely<unknown>): Promise<void> {
  const run = async (...statements: readonly string[]): Promise<void> => {
    for (const statement of statements) await sql.raw(statement).execute(db);
  };
  await run(
    `create table alert (
       id text collate "C" primary key,
       rule text collate "C" not null,
       kind text collate "C" not null,
       subject text collate "C" not null,
       -- What the facts were about by which it was opened: by this it is looked at again.
       scope text collate "C" not null,
       service text collate "C",
       source text collate "C",
       state text collate "C" not null check (state in ('open', 'acknowledged', 'resolved')),
       severity text collate "C" not null check (severity in ('info', 'warning', 'high')),
       title text collate "C" not null,
       text text collate "C" not null,
       details jsonb not null,
       opened_at bigint not null,
       changed_at bigint not null,
       acknowledged_at bigint,
       acknowledged_by text collate "C",
       acknowledged_why text collate "C",
       resolved_at bigint,
       -- How often it was opened.
       times integer not null default 1,
       -- Subject of its notices, by which channels keep them together; null while none was made.
       thread text collate "C",
       told_at bigint,
       channels jsonb not null default '[]',
       reminders integer not null default 0,
       escalations integer not null default 0,
       notices integer not null default 0,
       last_notice text collate "C",
       -- Why it is not told: another alert that stands for it.
       inhibited_by text collate "C",
       -- News that wait: kind and when each came.
       pending jsonb not null default '[]',
       -- When it is to be looked at again, whatever happens; null: time alone changes nothing.
       next_at bigint
     )`,
    `create index alert_next on alert (next_at) where next_at is not null`,
    `create index alert_scope on alert (scope)`,
    `create index alert_service on alert (service) where state <> 'resolved'`,
    `create index alert_rule_told on alert (rule, told_at)`,
    `create index alert_thread on alert (thread)`,
    `create table alert_history (
       id bigint generated always as identity primary key,
       alert_id text collate "C" not null references alert on delete cascade,
       at bigint not null,
       kind text collate "C" not null,
       why text collate "C" not null,
       who text collate "C",
       notice_id text collate "C"
     )`,
    `create index alert_history_alert on alert_history (alert_id, id)`,
    `create index alert_history_kind on alert_history (kind, id)`,
    // What rules are held against, a row whenever it is other than before: so that rules can be tried on what was.
    `create table alert_fact (
       id bigint generated always as identity primary key,
       scope text collate "C" not null,
       at bigint not null,
       facts jsonb not null
     )`,
    `create index alert_fact_scope on alert_fact (scope, id)`,
    `create index alert_fact_at on alert_fact (at)`,
  );
}
