import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { chownSync, existsSync, mkdirSync, openSync, readdirSync, readFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';

/** A port that nobody uses at this moment. */
export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

/** Where the programs of PostgreSQL are; undefined: nowhere. */
export function postgresPrograms(): string | undefined {
  const given = process.env.TEST_POSTGRES_BIN;
  if (given !== undefined && given !== '') return given;
  const root = '/usr/lib/postgresql';
  const versions = existsSync(root) ? readdirSync(root).sort((a, b) => Number(b) - Number(a)) : [];
  return versions.map((version) => join(root, version, 'bin')).find((bin) => existsSync(join(bin, 'initdb')));
}

export function hasRedis(): boolean {
  try {
    execFileSync('redis-server', ['--version']);
    return true;
  } catch {
    return false;
  }
}

/** What is missing on this machine for a set-up with servers, as a sentence; undefined: nothing. */
export function missingServers(): string | undefined {
  if (postgresPrograms() === undefined)
    return 'no PostgreSQL server programs are in /usr/lib/postgresql: install postgresql, or set TEST_POSTGRES_BIN';
  return hasRedis() ? undefined : 'redis-server is not installed';
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid: number; gid: number } | undefined {
  if (process.getuid?.() !== 0) return undefined;
  const entry = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
    .find(([name]) => name === 'postgres' || name === 'nobody');
  return { uid: Number(entry?.[2] ?? 65534), gid: Number(entry?.[3] ?? 65534) };
}

const ended = (child: ChildProcess): Promise<void> =>
  child.exitCode !== null || child.signalCode !== null
    ? Promise.resolve()
    : new Promise((resolve) => child.once('exit', () => resolve()));

/** A PostgreSQL cluster of the test's own. */
export class OwnPostgres {
  #child: ChildProcess | undefined;
  readonly #bin = postgresPrograms() ?? '';
  readonly #user = unprivileged();

  readonly folder: string;
  readonly port: number;

  constructor(folder: string, port: number) {
    [this.folder, this.port] = [folder, port];
  }

  get url(): string {
    return `postgresql://halflight@127.0.0.1:${this.port}/postgres`;
  }

  get pid(): number {
    return this.#child?.pid ?? 0;
  }

  init(): void {
    mkdirSync(this.folder, { mode: 0o700 });
    if (this.#user !== undefined) chownSync(this.folder, this.#user.uid, this.#user.gid);
    const args = ['-D', join(this.folder, 'data'), '-U', 'halflight', '-A', 'trust', '--no-sync'];
    // As Debian makes its own: in the locale C letters beyond ASCII would have no case.
    execFileSync(join(this.#bin, 'initdb'), [...args, '-E', 'UTF8', '--locale=C.UTF-8'], {
      ...this.#user,
      cwd: '/',
      stdio: 'ignore',
    });
  }

  /** Starts it, as often as remains of a killed one stand in the way, and waits until it answers. */
  async start(): Promise<void> {
    const log = openSync(join(this.folder, 'log'), 'a');
    const args = ['-D', join(this.folder, 'data'), '-p', String(this.port), '-k', this.folder];
    const settings = ['-c', 'listen_addresses=127.0.0.1', '-c', 'max_connections=200'];
    const until = performance.now() + 60_000;
    while (performance.now() < until) {
      const child = spawn(join(this.#bin, 'postgres'), [...args, ...settings], {
        ...this.#user,
        cwd: '/',
        stdio: ['ignore', log, log],
      });
      this.#child = child;
      while (child.exitCode === null && child.signalCode === null) {
        if (await answers(this.url)) return;
        await sleep(50);
      }
      await sleep(200);
    }
    throw new Error(`PostgreSQL of the test does not start: see ${this.folder}/log`);
  }

  /** `SIGINT` fast, `SIGQUIT` immediate, `SIGKILL` the postmaster alone. Returns when it is gone. */
  async stop(signal: 'SIGINT' | 'SIGQUIT' | 'SIGKILL'): Promise<void> {
    if (this.#child === undefined) return;
    this.#child.kill(signal);
    await ended(this.#child);
  }
}

async function answers(url: string): Promise<boolean> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 });
  client.on('error', () => {});
  try {
    await client.connect();
    return true;
  } catch {
    return false;
  } finally {
    await client.end().catch(() => {});
  }
}

/** A Redis of the test's own that keeps nothing on disk: after a kill it is empty. */
export class OwnRedis {
  #child: ChildProcess | undefined;

  readonly folder: string;
  readonly port: number;

  constructor(folder: string, port: number) {
    [this.folder, this.port] = [folder, port];
  }

  get url(): string {
    return `redis://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    mkdirSync(this.folder, { recursive: true });
    const args = ['--port', String(this.port), '--bind', '127.0.0.1', '--dir', this.folder, '--save', ''];
    const child = spawn('redis-server', [...args, '--appendonly', 'no', '--maxmemory-policy', 'noeviction'], {
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    this.#child = child;
    await new Promise<void>((resolve, reject) => {
      child.stdout.on('data', (data: Buffer) => {
        if (data.toString().includes('Ready to accept connections')) resolve();
      });
      child.once('exit', () => reject(new Error('redis-server of the test does not start')));
    });
  }

  signal(signal: 'SIGSTOP' | 'SIGCONT'): void {
    this.#child?.kill(signal);
  }

  async kill(): Promise<void> {
    if (this.#child === undefined) return;
    this.#child.kill('SIGKILL');
    await ended(this.#child);
  }
}
