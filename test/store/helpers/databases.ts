import { randomBytes } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import type pg from 'pg';
import { afterAll, describe } from 'vitest';
import { openDb } from '../../../src/store/db.js';
import type { Db } from '../../../src/store/tables.js';
import type { Answer, Asked, Shared } from '../../setup/servers.js';
import { administer, inDatabase } from './administer.js';

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

/** Runs the same tests on the embedded database and on the PostgreSQL server of this machine. */
export async function describeOnDatabases(name: string, tests: (server: TestServer) => void): Promise<void> {
  describe(`${name}, embedded database`, () => tests(testServer('embedded')));

  const answer = await ask('server');
  const title = `${name}, PostgreSQL server`;
  if (!('problem' in answer)) {
    describe(title, () => tests(testServer('server')));
  } else if (process.env.TEST_REQUIRE_ALL === '1') {
    throw new Error(`TEST_REQUIRE_ALL=1, and there is no PostgreSQL server: ${answer.problem}`);
  } else {
    process.stderr.write(`\nSKIPPED: ${title}: there is none (${answer.problem}); set TEST_DATABASE_URL\n\n`);
    describe.skip(title, () => tests(testServer('server')));
  }
}

/** Databases on one of the servers of this run, for the file or the `describe` that calls it. */
export function testServer(asked: Asked): TestServer {
  const made = madeDatabases(asked);
  let named: Promise<pg.PoolConfig> | undefined;
  return {
    emptyDatabase: async () => (await made('empty')).db,
    database: async () => (await made('up to date')).db,
    connection: () => {
      named ??= made('empty').then(({ connection }) => connection);
      return named;
    },
  };
}

/** Databases on the PostgreSQL server of this machine, with their URL: for commands. Dropped when the file is done. */
export function serverDatabases(): (tables: Tables) => Promise<{ url: string; db: Db }> {
  const made = madeDatabases('server');
  return async (tables) => {
    const { connection, db } = await made(tables);
    return { url: connection.connectionString ?? '', db };
  };
}

/** What is in a new database. */
type Tables = 'empty' | 'up to date';

function madeDatabases(asked: Asked): (tables: Tables) => Promise<{ connection: pg.PoolConfig; db: Db }> {
  const opened: { server: Shared; name: string; db: Db }[] = [];
  afterAll(async () => {
    for (const { server, name, db } of opened) {
      await db.destroy();
      await administer(server.connection, `drop database ${name} with (force)`);
    }
  });
  return async (tables) => {
    const server = await ask(asked);
    if ('problem' in server) throw new Error(`There is no database to test on (${asked}): ${server.problem}`);
    const name = `halflight_test_${randomBytes(8).toString('hex')}`;
    const template = tables === 'empty' ? 'template0' : server.template;
    await administer(server.connection, `create database ${name} encoding 'UTF8' template ${template}`);
    const connection = inDatabase(server.connection, name);
    const db = openDb(connection);
    opened.push({ server, name, db });
    return { connection, db };
  };
}

const answers = new Map<Asked, Promise<Answer>>();

/** Asks the setup of this run (test/setup/servers.ts) for a server, which it starts for the first who asks. */
function ask(asked: Asked): Promise<Answer> {
  const known = answers.get(asked) ?? askOnce(asked);
  answers.set(asked, known);
  return known;
}

async function askOnce(asked: Asked): Promise<Answer> {
  const socket = connect(process.env.TEST_SERVERS ?? '');
  socket.write(asked);
  return JSON.parse(await text(socket)) as Answer;
}
