import { sql } from 'kysely';
import type { Db } from '../tables.js';

/**
 * All tables that are carried over, those that others refer to first. A test holds the list against the migrations. Left out:
 * `instance`, the processes that work on this database at this moment and will never work on the copy. (What they have in work
 * is released by the first sweep there.)
 */
export const carriedTables = [
  'chunk',
  'chunk_input',
  'chunk_reject_count',
  'chunk_usage',
  'usage',
  'usage_trace',
  'usage_day',
  'usage_service_day',
  'evidence',
  'chunk_use',
  'expense',
  'candidate',
  'candidate_decision',
  'quarantine',
  'source',
  'source_cursor',
  'source_record',
  'provider_state',
  'source_hour',
  'source_gap',
  'source_finding',
  'token',
  'push_key',
  'spool',
  'register',
  'finding',
  'finding_history',
  'reconcile_due',
  'outbox',
  'audit',
  'audit_tree',
  'audit_checkpoint',
  'legal_hold',
  'job_run',
  'device',
  'address_lease',
  'actor_resolution',
  'person_history',
  'alert',
  'alert_history',
  'alert_fact',
  'inventory_version',
  'inventory_load',
  'decision',
  'report',
  'blocklist_version',
  'blocklist_feed',
  'register_trouble',
  'nudge',
] as const;

/** A table as the database describes it. */
export interface Layout {
  name: string;
  columns: { name: string; type: string; identity: boolean }[];
  /** Columns of the primary key, in its order. */
  key: string[];
}

/** Layouts of those carried tables that the database has, in the order of `carriedTables`. */
export async function readLayouts(db: Db): Promise<Layout[]> {
  const { rows } = await sql<{
    table: string;
    column: string;
    type: string;
    identity: boolean;
    key: number | null;
  }>`
    select c.relname as table, a.attname as column, format_type(a.atttypid, a.atttypmod) as type,
      a.attidentity <> '' as identity, array_position(i.indkey::int2[], a.attnum) as key
    from pg_class c
    join pg_attribute a on a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped and a.attgenerated = ''
    left join pg_index i on i.indrelid = c.oid and i.indisprimary
    where c.relnamespace = current_schema()::regnamespace and c.relkind in ('r', 'p')
      and c.relname = any(${[...carriedTables]}::text[])
    order by c.relname, a.attnum`.execute(db);
  return carriedTables.flatMap((name) => {
    const own = rows.filter((row) => row.table === name);
    if (own.length === 0) return [];
    return {
      name,
      columns: own.map(({ column, type, identity }) => ({ name: column, type, identity })),
      key: own
        .filter((row) => row.key !== null)
        .sort((a, b) => (a.key ?? 0) - (b.key ?? 0))
        .map((row) => row.column),
    };
  });
}

/** Values are carried as the texts in which PostgreSQL writes them; these settings make the texts the same everywhere, and exact. */
export async function exactTexts(trx: Db): Promise<void> {
  await sql`
    select set_config('datestyle', 'ISO, YMD', true), set_config('timezone', 'UTC', true),
      set_config('bytea_output', 'hex', true), set_config('extra_float_digits', '1', true),
      set_config('intervalstyle', 'iso_8601', true), set_config('statement_timeout', '0', true),
      set_config('idle_in_transaction_session_timeout', '0', true)`.execute(trx);
}
