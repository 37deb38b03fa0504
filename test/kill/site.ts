import { createHash, randomBytes } from 'node:crypto';
import {
  chmodSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import pg from 'pg';
import { freePort, OwnPostgres, OwnRedis } from './own-servers.js';
import { Halflight } from './process.js';

export type Kind = 'embedded' | 'servers';

export interface SiteOptions {
  kind: Kind;
  /** bin/halflight.js of the build that is tested. */
  bin?: string | undefined;
}

/** The part of its configuration that is the test's. */
export interface SiteConfig {
  sources?: readonly object[];
  channels?: readonly object[];
  /** Distribution lists of the periodic report. */
  reports?: readonly object[];
  /** File of the people directory. */
  people?: string;
  /** File of the vendor list. */
  contracts?: string;
  /** Ports of this machine that notices may go to. */
  ports?: readonly number[];
  /** Folder of signatures of its own. */
  signatures?: string;
}

/** Milliseconds until a process must do its work or have ended, on a busy machine. */
const mostForStart = 90_000;

const bin = process.env.TEST_BIN ?? resolve(import.meta.dirname, '../../bin/halflight.js');

/** An installation of Halflight of the test's own: its folder, its servers, its processes. */
export class Site {
  readonly kind: Kind;
  readonly folder: string;
  readonly data: string;
  readonly processes = new Map<string, Halflight>();
  postgres: OwnPostgres | undefined;
  redis: OwnRedis | undefined;
  url = '';
  /** What each process is started with, beside the usual: HALFLIGHT_FAULTS and so on. */
  env: Record<string, string> = {};
  /** Milliseconds that starts took, by process. */
  readonly starts: { name: string; ms: number }[] = [];
  readonly #options: SiteOptions;
  #config: SiteConfig = {};
  #pool: pg.Pool | undefined;

  constructor(options: SiteOptions) {
    this.#options = options;
    this.kind = options.kind;
    this.folder = mkdtempSync(join(tmpdir(), `halflight-${options.kind}-`));
    // When root runs the tests, the server's user must be able to pass.
    chmodSync(this.folder, 0o755);
    this.data = join(this.folder, 'data');
  }

  /** Before `prepare`. */
  configure(config: SiteConfig): void {
    this.#config = config;
  }

  /** Writes the configuration and starts the servers, but no process of Halflight. */
  async prepare(): Promise<void> {
    const port = await freePort();
    this.url = `http://127.0.0.1:${port}`;
    const { sources = [], channels = [], reports = [], ports = [], people, contracts, signatures } = this.#config;
    const config = {
      data: this.data,
      server: { listen: '127.0.0.1', port },
      inventory: join(this.folder, 'inventory.yaml'),
      ...(people !== undefined && { people }),
      ...(contracts !== undefined && { contracts }),
      net: { allow: ['127.0.0.1'], ports },
      sources,
      channels,
      reports,
      ...(signatures !== undefined && { signatures }),
    };
    this.inventory([]);
    writeFileSync(join(this.folder, 'halflight.yaml'), JSON.stringify(config, undefined, 1));
    if (this.kind === 'embedded') return;
    mkdirSync(this.data);
    this.postgres = new OwnPostgres(join(this.folder, 'postgres'), await freePort());
    this.postgres.init();
    await this.postgres.start();
    this.redis = new OwnRedis(join(this.folder, 'redis'), await freePort());
    await this.redis.start();
  }

  /** The register: these services are approved. */
  inventory(approved: readonly string[]): void {
    const entries = approved.map((service) => ({
      id: `entry-${service}`,
      name: service,
      kind: 'saas-copilot',
      description: 'Approved for a test.',
      environment: 'production',
      services: [service],
      business_owner: 'e1001',
      vendor: service,
      data_categories: ['internal'],
      fallback: 'work without it',
      risk_tier: 2,
      status: 'approved',
      approval_date: '2026-01-02',
      review_date: '2099-01-01',
    }));
    const draft = join(this.folder, 'inventory.new');
    writeFileSync(draft, JSON.stringify({ entries }, undefined, 1));
    renameSync(draft, join(this.folder, 'inventory.yaml'));
  }

  /** Starts a process by its name: `serve`, `work-1`, `schedule-2`. Settle its `ready` to know that it works. */
  start(name: string, env: Readonly<Record<string, string>> = {}): Halflight {
    const [role = ''] = name.split('-');
    // Five starts without a good end are a crash loop for it, and a night's work for this test.
    if (role === 'serve') rmSync(join(this.data, 'starts-serve.json'), { force: true });
    return this.launch(name, env);
  }

  /** As `start`, but what is known of earlier crashes stays. */
  launch(name: string, env: Readonly<Record<string, string>> = {}): Halflight {
    const [role = ''] = name.split('-');
    const process = new Halflight({
      bin: this.#options.bin ?? bin,
      args: [role, ...(role === 'serve' && this.kind === 'servers' ? ['--no-work'] : [])],
      env: { ...this.env, ...this.#addresses(), ...env },
      folder: this.folder,
      name,
      ready: role === 'serve' ? 'ready' : 'started',
    });
    process.ready.then(
      (ms) => this.starts.push({ name, ms }),
      () => {},
    );
    this.processes.set(name, process);
    return process;
  }

  /** Starts a process again until it works: when its database is away a start fails, as with any supervisor. */
  async keepStarting(name: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
    const until = performance.now() + 600_000;
    for (;;) {
      const process = this.start(name, env);
      const outcome = await Promise.race([
        process.ready.then(
          () => 'works',
          () => 'ended',
        ),
        sleep(mostForStart, 'hangs'),
      ]);
      if (outcome === 'works') return;
      if (outcome === 'hangs') throw new Error(`${name} neither works nor ends: see ${process.logFile}`);
      if (performance.now() > until) throw new Error(`${name} cannot be started: see ${process.logFile}`);
      await sleep(200);
    }
  }

  #addresses(): Record<string, string> {
    return this.postgres === undefined || this.redis === undefined
      ? {}
      : { DATABASE_URL: this.postgres.url, REDIS_URL: this.redis.url };
  }

  /** Process id of the embedded database's server. */
  postmaster(): number {
    const file = join(this.data, 'postgres', 'postmaster.pid');
    return existsSync(file) ? Number(readFileSync(file, 'utf8').split('\n')[0]) : 0;
  }

  get connection(): pg.PoolConfig {
    if (this.postgres !== undefined) return { connectionString: this.postgres.url };
    return { host: join(this.data, 'run'), port: 5432, user: 'halflight', database: 'halflight' };
  }

  /** Asks its database directly. @throws when it is away */
  async query<R extends pg.QueryResultRow>(statement: string, values: unknown[] = []): Promise<R[]> {
    if (this.#pool === undefined) {
      this.#pool = new pg.Pool({ ...this.connection, max: 3, connectionTimeoutMillis: 2000, application_name: 'test' });
      this.#pool.on('error', () => {});
      this.#pool.on('connect', (client) => client.on('error', () => {}));
    }
    return (await this.#pool.query<R>(statement, values)).rows;
  }

  /** A token with which is pushed to a source; null: one that reads. */
  async token(source: string | null): Promise<string> {
    const id = randomBytes(9).toString('base64url');
    const secret = randomBytes(32).toString('base64url');
    const hash = createHash('sha256').update(secret).digest('hex');
    await this.query(
      `insert into token (id, scope, source, hash, created_at, created_by) values ($1, $4, $2, $3, 1, 'test')`,
      [id, source, hash, source === null ? 'read' : 'push'],
    );
    return `hlf_${id}.${secret}`;
  }

  /** Living processes by process id that have a chunk in work, as the database says. Empty while it is away. */
  async inWork(): Promise<Set<number>> {
    const rows = await this.query<{ pid: number }>(
      `select distinct i.pid from chunk c join instance i on i.id = c.lease_owner where c.state = 'pending'`,
    ).catch(() => []);
    const alive = new Set([...this.processes.values()].filter((process) => process.alive).map(({ pid }) => pid));
    return new Set(rows.map(({ pid }) => pid).filter((pid) => alive.has(pid)));
  }

  /** Ends everything; `keep`: the folder stays. */
  async close(keep = false): Promise<void> {
    await this.#pool?.end().catch(() => {});
    for (const process of this.processes.values()) {
      process.signal('SIGCONT');
      await process.kill();
    }
    const postmaster = this.kind === 'embedded' ? this.postmaster() : 0;
    if (postmaster > 1) await endPostmaster(postmaster);
    await this.postgres?.stop('SIGQUIT');
    this.redis?.signal('SIGCONT');
    await this.redis?.kill();
    if (!keep) rmSync(this.folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 200 });
  }
}

async function endPostmaster(pid: number): Promise<void> {
  try {
    process.kill(pid, 'SIGQUIT');
    for (let i = 0; i < 100; i++) {
      process.kill(pid, 0);
      await sleep(50);
    }
  } catch {
    // It is gone.
  }
}

/** Waits until something is so. @throws Error with the sentence when it is not in time */
export async function until(
  sentence: string,
  condition: () => Promise<boolean> | boolean,
  timeoutMs = 20_000,
): Promise<void> {
  const end = performance.now() + timeoutMs;
  while (!(await condition())) {
    if (performance.now() > end) throw new Error(`not within ${timeoutMs} ms: ${sentence}`);
    await sleep(50);
  }
}
