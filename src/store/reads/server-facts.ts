import { sql } from 'kysely';
import type { Db } from '../tables.js';

/** What `doctor` looks at of a PostgreSQL server. */
export interface ServerFacts {
  /** `15.18`. */
  version: string;
  major: number;
  encoding: string;
  user: string;
  database: string;
  /** Where our tables are; null: no schema of the search path can be used. */
  schema: string | null;
  mayCreateTables: boolean;
  mayCreateSchemas: boolean;
  /** Tables in the schema that belong to a role that this user is not: they cannot be brought up to date. */
  foreignTables: number;
  /** A copy that follows another server: nothing can be written. */
  standby: boolean;
  fsync: boolean;
  /** Superusers may use a few more. */
  maxConnections: number;
  usedConnections: number;
  /** Age in seconds of the oldest open transaction that this user can see; null: none. */
  longestTransaction: number | null;
  /** The queue's tables, which are in a schema of their own. */
  queueSchema: boolean;
  bytes: number;
}

export async function loadServerFacts(db: Db): Promise<ServerFacts> {
  const { rows } = await sql<ServerFacts>`
    select current_setting('server_version') as version,
      current_setting('server_version_num')::int / 10000 as major,
      current_setting('server_encoding') as encoding,
      current_user as "user", current_database() as database, current_schema() as schema,
      coalesce(has_schema_privilege(current_schema(), 'create'), false) as "mayCreateTables",
      has_database_privilege(current_database(), 'create') as "mayCreateSchemas",
      (select count(*) from pg_class where relnamespace = to_regnamespace(quote_ident(current_schema())) and relkind in ('r', 'p')
        and not pg_has_role(relowner, 'usage')) as "foreignTables",
      pg_is_in_recovery() as standby,
      current_setting('fsync')::boolean as fsync,
      current_setting('max_connections')::int - current_setting('superuser_reserved_connections')::int as "maxConnections",
      (select coalesce(sum(numbackends), 0)::int from pg_stat_database) as "usedConnections",
      (select extract(epoch from max(clock_timestamp() - xact_start))::int from pg_stat_activity
        where datname = current_database() and pid <> pg_backend_pid()) as "longestTransaction",
      to_regnamespace('bullmq') is not null as "queueSchema",
      pg_database_size(current_database()) as bytes`.execute(db);
  const [facts] = rows;
  if (facts === undefined) throw new Error('the server gave no answer');
  return facts;
}

/** Milliseconds by which the clock of the server is ahead of this machine's, and half the time of the question: the error at most. */
export async function clockAhead(db: Db, now: () => number): Promise<{ ahead: number; error: number }> {
  // The first question may have to connect.
  await sql`select 1`.execute(db);
  const before = now();
  const { rows } = await sql<{ at: string }>`
    select (extract(epoch from clock_timestamp()) * 1000)::text as at`.execute(db);
  const after = now();
  return { ahead: Number(rows[0]?.at) - (before + after) / 2, error: (after - before) / 2 };
}

/** Whether some process leads the schedule now: it holds the lock for it (`leadWhile`). */
export async function isLed(db: Db, lock: string): Promise<boolean> {
  const { rows } = await sql`
    select from pg_locks
    where locktype = 'advisory' and granted and objsubid = 1
      and database = (select oid from pg_database where datname = current_database())
      and (classid::bigint << 32) | objid::bigint = hashtextextended(${lock}, 0)`.execute(db);
  return rows.length > 0;
}
