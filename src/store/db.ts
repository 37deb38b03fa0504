import { Kysely, PostgresDialect, sql } from 'kysely';
import pg from 'pg';
import { findRunning, startEmbedded } from './embedded.js';
import { describeUrl, explainDatabaseError, StoreError } from './errors.js';
import { checkSchema, migrate } from './migrate.js';
import type { Db, Tables } from './tables.js';

/** Where the database is: in a folder of ours, or on a PostgreSQL server of the organisation. */
export type StoreLocation = { dataDir: string } | { url: string };

export interface Store {
  db: Db;
  /** For other users of the same database, such as the queue. */
  connection: pg.PoolConfig;
  /** False: another process runs the embedded database, and this one works beside it. */
  owned: boolean;
  /** Ends all connections and, where it is embedded, the server. Safe to call twice. */
  close(): Promise<void>;
}

export interface StoreOptions {
  /** Bring the tables up to date (the default). If false, tables that are not up to date are an error. */
  migrate?: boolean;
  /** Where a service runs the embedded database, work beside it instead of being refused. */
  join?: boolean;
  /** Connections at most. */
  pool?: number;
}

/** Oldest PostgreSQL that the SQL of this folder runs on. */
const oldestServer = 14;

/**
 * Opens the store: starts the embedded database where `dataDir` is given, and brings the tables up to date.
 * @throws StoreError one sentence with the remedy, when the database cannot be used
 */
export async function openStore(location: StoreLocation, options: StoreOptions = {}): Promise<Store> {
  const embedded = 'dataDir' in location;
  const where = embedded ? `The database in ${location.dataDir}` : describeUrl(location.url);
  const running = embedded && options.join === true ? await runningService(location.dataDir) : undefined;
  const server =
    running !== undefined
      ? { connection: running, stop: async () => {} }
      : embedded
        ? await startEmbedded(location.dataDir)
        : { connection: { connectionString: location.url } as pg.PoolConfig, stop: async () => {} };
  const db = openDb({ ...server.connection, ...(options.pool !== undefined && { max: options.pool }) });
  let closing: Promise<void> | undefined;
  const close = (): Promise<void> => {
    closing ??= db.destroy().finally(() => server.stop());
    return closing;
  };
  try {
    await checkServer(db, where);
    await (options.migrate === false ? checkSchema(db) : migrate(db));
    return { db, connection: server.connection, owned: running === undefined, close };
  } catch (error) {
    await close().catch(() => {});
    throw error instanceof StoreError ? error : explainDatabaseError(error, where);
  }
}

/**
 * The database of a service that runs in a folder. One that a short command has open is not joined: it ends with that command, in the
 * middle of whatever else is done.
 */
async function runningService(folder: string): Promise<pg.PoolConfig | undefined> {
  const found = await findRunning(folder);
  if (found === undefined) return undefined;
  const db = openDb({ ...found.connection, max: 1 });
  try {
    const service = await db.selectFrom('instance').select('id').where('pid', '=', found.owner).executeTakeFirst();
    return service === undefined ? undefined : found.connection;
  } catch {
    // Its tables are not there yet.
    return undefined;
  } finally {
    await db.destroy();
  }
}

/** Kysely over a pool that reads `bigint` as number and `date` as `YYYY-MM-DD`. Connects at the first query. */
export function openDb(connection: pg.PoolConfig): Db {
  const pool = new pg.Pool({
    application_name: 'halflight',
    connectionTimeoutMillis: 10_000,
    keepAlive: true,
    // A process that fails to close the store still ends.
    allowExitOnIdle: true,
    ...connection,
    types: { getTypeParser },
  });
  // The pool replaces a connection that breaks while idle (server restarted); without a listener that would end the process.
  pool.on('error', () => {});
  // Nor does it listen to connections that are in use, and some are held for long without a query: those of locks.
  pool.on('connect', (client) => client.on('error', () => {}));
  return new Kysely<Tables>({ dialect: new PostgresDialect({ pool }) });
}

// For our pools alone: pg.types.setTypeParser would change every user of pg in the process.
const getTypeParser: pg.CustomTypesConfig['getTypeParser'] = (oid, format) => {
  if (format !== 'binary') {
    if (oid === pg.types.builtins.INT8) return readBigint;
    if (oid === pg.types.builtins.DATE) return (value: string) => value;
  }
  return pg.types.getTypeParser(oid, format);
};

function readBigint(value: string): number {
  const number = Number(value);
  if (!Number.isSafeInteger(number)) throw new Error(`${value} is too large to be read without loss`);
  return number;
}

async function checkServer(db: Db, where: string): Promise<void> {
  const { rows } = await sql<{ version: string; encoding: string }>`
    select current_setting('server_version_num') as version, current_setting('server_encoding') as encoding`.execute(
    db,
  );
  const major = Math.floor(Number(rows[0]?.version) / 10000);
  if (major < oldestServer) {
    throw new StoreError(
      `${where} runs PostgreSQL ${major}, and Halflight needs ${oldestServer} or later: upgrade it, or name another one in DATABASE_URL.`,
    );
  }
  if (rows[0]?.encoding !== 'UTF8') {
    throw new StoreError(
      `${where} stores text as ${rows[0]?.encoding}, and Halflight needs UTF8: create a database with "CREATE DATABASE halflight ENCODING 'UTF8' TEMPLATE template0" and name it in DATABASE_URL.`,
    );
  }
}
