import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';
import { afterAll, beforeAll, describe } from 'vitest';
import { openDb } from '../../../src/store/db.js';
import { type Embedded, startEmbedded } from '../../../src/store/embedded.js';
import { migrate } from '../../../src/store/migrate.js';
import type { Db } from '../../../src/store/tables.js';

const systemUrl = process.env.TEST_DATABASE_URL ?? 'postgresql://root@127.0.0.1:5432/postgres';

/** An empty folder for tests. Remove it with `removeFolder`. */
export function temporaryFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-test-'));
  // When root runs the tests, the server's user must be able to pass.
  chmodSync(folder, 0o755);
  return folder;
}
export const removeFolder = (folder: string): void => rmSync(folder, { recursive: true, force: true });

/** Makes databases that nobody else uses; all are dropped when the file is done. */
export interface TestServer {
  /** An empty database. */
  emptyDatabase(): Promise<Db>;
  /** A database with up-to-date tables. */
  database(): Promise<Db>;
  /** How to connect to one empty database of this file, for who does not work through the store. */
  connection(): Promise<pg.PoolConfig>;
}

// One server for each test file, started by its first test that needs it.
let embedded: Embedded | undefined;
let folder: string | undefined;
afterAll(async () => {
  await embedded?.stop();
  if (folder !== undefined) removeFolder(folder);
});

async function embeddedServer(): Promise<pg.PoolConfig> {
  folder ??= temporaryFolder();
  embedded ??= await startEmbedded(join(folder, 'data'));
  return { ...embedded.connection, user: 'app', database: 'postgres' };
}

/** Runs the same tests on the embedded database and on the PostgreSQL server of this machine. */
export async function describeOnDatabases(name: string, tests: (server: TestServer) => void): Promise<void> {
  describe(`${name}, embedded database`, () => tests(testServer(embeddedServer)));

  const problem = await probe();
  const title = `${name}, PostgreSQL server`;
  if (problem === undefined) {
    describe(title, () => tests(testServer(async () => ({ connectionString: systemUrl }))));
  } else if (process.env.TEST_REQUIRE_ALL === '1') {
    throw new Error(`TEST_REQUIRE_ALL=1, and no PostgreSQL server answers at ${systemUrl}: ${problem}`);
  } else {
    process.stderr.write(`\nSKIPPED: ${title}: none answers at ${systemUrl} (${problem}); set TEST_DATABASE_URL\n\n`);
    describe.skip(title, () => tests(testServer(async () => ({ connectionString: systemUrl }))));
  }
}

function testServer(connect: () => Promise<pg.PoolConfig>): TestServer {
  let connection: pg.PoolConfig = {};
  const opened: { db: Db; name: string }[] = [];
  beforeAll(async () => {
    connection = await connect();
  });
  afterAll(async () => {
    for (const { db, name } of opened) {
      await db.destroy();
      await administer(connection, `drop database ${name} with (force)`);
    }
  });
  const create = async (): Promise<{ db: Db; name: string }> => {
    const name = `halflight_test_${randomBytes(8).toString('hex')}`;
    await administer(connection, `create database ${name} encoding 'UTF8' template template0`);
    const made = { db: openDb(inDatabase(connection, name)), name };
    opened.push(made);
    return made;
  };
  const emptyDatabase = async (): Promise<Db> => (await create()).db;
  let named: Promise<pg.PoolConfig> | undefined;
  return {
    emptyDatabase,
    database: async () => {
      const db = await emptyDatabase();
      await migrate(db);
      return db;
    },
    connection: () => {
      named ??= create().then(({ name }) => inDatabase(connection, name));
      return named;
    },
  };
}

function inDatabase(connection: pg.PoolConfig, name: string): pg.PoolConfig {
  if (connection.connectionString === undefined) return { ...connection, database: name };
  const url = new URL(connection.connectionString);
  url.pathname = `/${name}`;
  return { connectionString: url.href };
}

async function administer(connection: pg.PoolConfig, statement: string): Promise<void> {
  const client = new pg.Client(connection);
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}

async function probe(): Promise<string | undefined> {
  const client = new pg.Client({ connectionString: systemUrl, connectionTimeoutMillis: 3000 });
  try {
    await client.connect();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message || error.name : String(error);
  } finally {
    await client.end().catch(() => {});
  }
}
