import { type ChildProcess, spawn, spawnSync } from 'node:child_process';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

const program = join(import.meta.dirname, '../bin/halflight.js');

/** `embedded`: one process with a database of its own. `servers`: a process with API and two workers on PostgreSQL and Redis. */
export type SetUp = 'embedded' | 'servers';

/** A service that runs for a benchmark. */
export interface Running {
  url: string;
  folder: string;
  token(...args: string[]): string;
  /** Rows of the database, by a connection of our own. */
  query<T>(text: string, values?: readonly unknown[]): Promise<T[]>;
  /** Highest resident memory of all processes together, in MB, and their processor time in seconds. */
  cost(): { peak: number; cpu: number };
  stop(): Promise<void>;
}

/** Starts the service with these lines in its configuration. `{folder}` in them is its folder. */
export async function start(setUp: SetUp, sources: string, redisDb: number): Promise<Running> {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-service-'));
  chmodSync(folder, 0o755);
  const port = await freePort();
  const config = join(folder, 'halflight.yaml');
  writeFileSync(
    config,
    `server: { port: ${port} }\nwork: { concurrency: 2 }\nlog: { level: warn }\n${sources.replaceAll('{folder}', folder)}`,
  );
  const database = `halflight_bench_${process.pid}_${setUp}`;
  const env: NodeJS.ProcessEnv = { ...process.env, HALFLIGHT_CONFIG: config, HALFLIGHT_DATA: join(folder, 'data') };
  if (setUp === 'servers') {
    spawnSync('psql', ['-qh', '127.0.0.1', '-U', 'root', '-d', 'postgres', '-c', `create database ${database}`]);
    env.DATABASE_URL = `postgresql://root@127.0.0.1:5432/${database}`;
    env.REDIS_URL = `redis://127.0.0.1:6379/${redisDb}`;
  }
  const children: ChildProcess[] = [];
  const run = (...args: string[]): void => {
    children.push(spawn(process.execPath, [program, ...args], { env, stdio: ['ignore', 'ignore', 'inherit'] }));
  };
  const url = `http://127.0.0.1:${port}`;
  run('serve', ...(setUp === 'servers' ? ['--no-work'] : []));
  await answers(`${url}/readyz`);
  if (setUp === 'servers') for (let i = 0; i < 2; i++) run('work');
  const connection =
    setUp === 'servers' ? { connectionString: env.DATABASE_URL } : await embeddedConnection(join(folder, 'data'));
  const client = new pg.Client(connection);
  await client.connect();
  return {
    url,
    folder,
    token: (...args) =>
      spawnSync(process.execPath, [program, 'source', 'add-token', ...args], { env, encoding: 'utf8' }).stdout.trim(),
    query: async (text, values = []) => (await client.query(text, [...values])).rows,
    cost: () => costOf(children),
    async stop() {
      await client.end();
      for (const child of children) child.kill('SIGTERM');
      await Promise.all(children.map((child) => new Promise((resolve) => child.once('exit', resolve))));
      if (setUp === 'servers')
        spawnSync('psql', [
          '-qh',
          '127.0.0.1',
          '-U',
          'root',
          '-d',
          'postgres',
          '-c',
          `drop database ${database} with (force)`,
        ]);
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function embeddedConnection(data: string): Promise<pg.ClientConfig> {
  const { findRunning } = await import('../src/store/embedded.js');
  const found = await findRunning(data);
  if (found === undefined) throw new Error('the embedded database does not answer');
  return found.connection;
}

async function answers(url: string): Promise<void> {
  for (let tries = 0; tries < 600; tries++) {
    const ok = await fetch(url).then(
      (response) => response.ok,
      () => false,
    );
    if (ok) return;
    await sleep(100);
  }
  throw new Error(`${url} does not answer`);
}

function freePort(): Promise<number> {
  return new Promise((resolve) => {
    const server = createServer().listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

function costOf(children: readonly ChildProcess[]): { peak: number; cpu: number } {
  let [peak, cpu] = [0, 0];
  for (const { pid } of children) {
    const status = spawnSync('cat', [`/proc/${pid}/status`], { encoding: 'utf8' }).stdout;
    peak += Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024;
    const stat = spawnSync('cat', [`/proc/${pid}/stat`], { encoding: 'utf8' })
      .stdout.replace(/^.*\) /s, '')
      .split(' ');
    cpu += (Number(stat[11] ?? 0) + Number(stat[12] ?? 0)) / 100;
  }
  return { peak, cpu };
}
