import { createServer } from 'node:net';
import { join } from 'node:path';
import type pg from 'pg';
import { freePort, OwnPostgres, postgresPrograms } from '../kill/own-servers.js';
import { administer, inDatabase } from '../store/helpers/administer.js';
import { makeRunFolder } from './run-folder.js';

// The database servers that the test files of a run share. A file asks for one at a socket, and the first to ask has it started: a run
// of tests without a database starts none. Tests that stop, kill or cut off a server start one of their own.

/** What a test file may ask for: the embedded database, or the PostgreSQL server of this machine. */
export type Asked = 'embedded' | 'server';
/** How its administrator connects, and the name of a database with up-to-date tables, to be copied. */
export type Shared = { connection: pg.PoolConfig; template: string };
/** `problem`: why there is none. */
export type Answer = Shared | { problem: string };

interface Started {
  connection: pg.PoolConfig;
  stop(): Promise<void>;
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message || error.name : String(error));

/** vitest calls it before all tests, and what it returns behind them. */
export default async function setup(): Promise<() => Promise<void>> {
  const { folder, remove } = makeRunFolder();
  const starts: Record<Asked, () => Promise<Started>> = {
    embedded: () => startEmbeddedServer(join(folder, 'embedded')),
    server: () => startServer(join(folder, 'server')),
  };
  const stops: (() => Promise<void>)[] = [];
  const open = async (asked: Asked): Promise<Shared> => {
    const { connection, stop } = await starts[asked]();
    stops.push(stop);
    const template = `halflight_template_${process.pid}`;
    await makeTemplate(connection, template);
    stops.unshift(() => administer(connection, `drop database ${template} with (force)`));
    return { connection, template };
  };
  const opened = new Map<Asked, Promise<Answer>>();
  const answer = (asked: Asked): Promise<Answer> => {
    const known = opened.get(asked) ?? open(asked).catch((error: unknown) => ({ problem: messageOf(error) }));
    opened.set(asked, known);
    return known;
  };

  const listener = createServer((socket) => {
    socket.on('error', () => {});
    socket.once('data', async (asked) => socket.end(JSON.stringify(await answer(asked.toString() as Asked))));
  });
  process.env.TEST_SERVERS = join(folder, 'servers');
  await new Promise<void>((resolve) => listener.listen(process.env.TEST_SERVERS, resolve));
  return async () => {
    listener.close();
    await Promise.all(opened.values());
    for (const stop of stops) await stop();
    remove();
  };
}

async function startEmbeddedServer(folder: string): Promise<Started> {
  const { startEmbedded } = await import('../../src/store/embedded.js');
  const first = await startEmbedded(folder);
  const administrator = { ...first.connection, user: 'app', database: 'postgres' };
  // Two test files at a time, with pools of several databases each.
  await administer(administrator, 'alter system set max_connections = 300');
  await first.stop();
  const { stop } = await startEmbedded(folder);
  return { connection: administrator, stop };
}

/** The one that TEST_DATABASE_URL names; or one of this run, of the programs that are installed; or the one that runs here. */
async function startServer(folder: string): Promise<Started> {
  const given = process.env.TEST_DATABASE_URL;
  if (given === undefined && postgresPrograms() !== undefined) {
    const server = new OwnPostgres(folder, await freePort());
    server.init();
    await server.start();
    return { connection: { connectionString: server.url }, stop: () => server.stop('SIGINT') };
  }
  const connectionString = given ?? 'postgresql://root@127.0.0.1:5432/postgres';
  return { connection: { connectionString }, stop: async () => {} };
}

async function makeTemplate(connection: pg.PoolConfig, name: string): Promise<void> {
  const [{ openDb }, { migrate }] = await Promise.all([
    import('../../src/store/db.js'),
    import('../../src/store/migrate.js'),
  ]);
  await administer(connection, `create database ${name} encoding 'UTF8' template template0`);
  const db = openDb(inDatabase(connection, name));
  try {
    await migrate(db);
  } finally {
    await db.destroy();
  }
}
