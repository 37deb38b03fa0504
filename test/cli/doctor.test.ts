import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { examine } from '../../src/cli/common/doctor/doctor.js';
import { isAtLeast } from '../../src/cli/common/doctor/machine.js';
import { redisChecks } from '../../src/cli/common/doctor/redis.js';
import { serverChecks } from '../../src/cli/common/doctor/server.js';
import { defaultConfig } from '../../src/config/schema.js';
import type { Check } from '../../src/core/check.js';
import { appendAudit } from '../../src/store/audit.js';
import { registerInstance } from '../../src/store/instances.js';
import { migrate } from '../../src/store/migrate.js';
import type { ServerFacts } from '../../src/store/reads/server-facts.js';
import type { Db } from '../../src/store/tables.js';
import { seed } from '../api/helpers/seed.js';
import { halflight, root, temporaryFolder, writeFiles } from '../helpers/cli.js';
import { tcpServer } from '../helpers/http-server.js';
import { serverDatabases } from '../store/helpers/databases.js';
import { fillWhole } from '../store/helpers/whole.js';

const newDatabase = serverDatabases();

/** A folder with a configuration, closed to others; `files` are secrets. */
function installation(config: string, files: Record<string, string> = {}): string {
  const folder = temporaryFolder();
  chmodSync(folder, 0o755);
  const data = join(folder, 'data');
  mkdirSync(data, { mode: 0o700 });
  writeFiles(folder, { 'halflight.yaml': `data: ${data}\nserver: { port: 0 }\n${config}`, ...files });
  for (const name of Object.keys(files)) chmodSync(join(folder, name), 0o600);
  return join(folder, 'halflight.yaml');
}

const named = (checks: readonly Check[], name: string): Check | undefined =>
  checks.find((check) => check.name === name);
const outcomes = (checks: readonly Check[]) => Object.fromEntries(checks.map(({ name, outcome }) => [name, outcome]));
/** What fails must say what to do. */
const withoutRemedy = (checks: readonly Check[]) =>
  checks.filter(({ outcome, remedy }) => outcome !== 'ok' && remedy === '');

/** A database of its own on the server of this machine. */
function database(): { url: () => string; db: () => Db } {
  let made: { url: string; db: Db } | undefined;
  beforeAll(async () => {
    made = await newDatabase('up to date');
  });
  const opened = () => {
    if (made === undefined) throw new Error('not yet');
    return made;
  };
  return { url: () => opened().url, db: () => opened().db };
}

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

describe('a fresh machine', () => {
  it('is found in order, and nothing is made', async () => {
    const folder = temporaryFolder();
    const ran = await halflight(['doctor', '--json'], {
      cwd: folder,
      env: { HALFLIGHT_PORT: String(await freePort()) },
    });
    expect(ran.stderr).toBe('');
    const { ok, checks } = JSON.parse(ran.stdout) as { ok: boolean; checks: Check[] };
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect([ok, ran.code]).toEqual([true, 0]);
    expect(outcomes(checks)).toMatchObject({
      'Node.js': 'ok',
      clock: 'ok',
      configuration: 'ok',
      'time zone': 'ok',
      'data folder': 'ok',
      'embedded database': 'ok',
      database: 'ok',
      'server port': 'ok',
    });
    expect(readdirSync(folder)).toEqual([]);
  });

  it('a wrong configuration fails with its line and a remedy, one line each, and exit code 1', async () => {
    const folder = temporaryFolder({
      'halflight.yaml':
        'log: { level: loud }\nredis: { url: { env: NO_SUCH_VARIABLE } }\nsources: [{ id: a, kind: fodler }]\n',
    });
    const ran = await halflight(['doctor'], { cwd: folder });
    expect(ran.code).toBe(1);
    expect(ran.stdout).toMatch(
      /^FAILED {2}configuration +halflight\.yaml:1: log\.level: (?:.*\n +)+docs\/configuration\.md/m,
    );
    expect(ran.stdout).toMatch(/^FAILED {2}secret redis\.url +env NO_SUCH_VARIABLE gives nothing\n +Set it/m);
    expect(ran.stdout).toMatch(/did\s+you\s+mean\s+folder\?/);
    for (const line of ran.stdout.split('\n')) expect(line.length).toBeLessThanOrEqual(80);
    expect(ran.stdout).toMatch(/\d+ checks: \d+ failed, \d+ to look at\.\n$/);
    const missing = await halflight(['doctor', '--config', 'none.yaml'], { cwd: folder });
    expect([missing.code, missing.stdout]).toEqual([
      1,
      expect.stringContaining('none.yaml does not exist; check the path'),
    ]);
  });
});

describe('the data folder', () => {
  it('open to everybody, without a good key, after bad starts, is told', async () => {
    const file = installation('');
    const data = join(file, '../data');
    chmodSync(data, 0o777);
    writeFileSync(join(data, 'seal.key'), 'short', { mode: 0o600 });
    writeFileSync(join(data, 'starts-serve.json'), JSON.stringify(Array.from({ length: 5 }, () => Date.now() - 1000)));
    const checks = await examine(file);
    expect(named(checks, 'data folder')).toMatchObject({ outcome: 'warning', remedy: `Run: chmod o-rwx ${data}` });
    expect(named(checks, 'seal key')).toMatchObject({ outcome: 'failed' });
    expect(named(checks, 'safe mode')).toMatchObject({ outcome: 'failed', found: expect.stringContaining('5 starts') });
    expect(existsSync(join(data, 'postgres'))).toBe(false);
    chmodSync(join(data, 'seal.key'), 0o644);
    expect(named(await examine(file), 'seal key')?.found).toMatch(/may be read by everybody/);
  });
});

describe('a server', () => {
  const own = database();
  const config = () => installation('database: { url: { file: url } }\n', { url: own.url() });

  it('with up-to-date tables and no work is in order', async () => {
    const checks = await examine(config());
    expect(checks.filter(({ outcome }) => outcome === 'failed')).toEqual([]);
    expect(outcomes(checks)).toMatchObject({
      database: 'ok',
      encoding: 'ok',
      privileges: 'ok',
      tables: 'ok',
      fsync: 'ok',
      'clock of the database': 'ok',
      connections: expect.stringMatching(/ok|warning/),
      queue: 'ok',
      chunks: 'ok',
      quarantine: 'ok',
      'refused notices': 'ok',
      processes: 'warning',
    });
    expect(named(checks, 'audit log')).toMatchObject({ outcome: 'ok', found: 'all 0 records fit the chain' });
  });

  it('that a service left with trouble shows each of it, with what to do', async () => {
    await fillWhole(own.db());
    const checks = await examine(config());
    expect(named(checks, 'quarantine')).toMatchObject({ outcome: 'warning', found: expect.stringMatching(/^1 piece/) });
    expect(named(checks, 'refused notices')).toMatchObject({
      outcome: 'warning',
      found: expect.stringMatching(/^1; the last: a "b"/),
    });
    expect(named(checks, 'notices')).toMatchObject({ outcome: 'warning', found: expect.stringMatching(/^3 wait/) });
    expect(named(checks, 'chunks')).toMatchObject({
      outcome: 'warning',
      found: expect.stringMatching(/^2 wait, the oldest for/),
    });
    // A process that was registered and shows no life.
    expect(checks.filter(({ name }) => name === 'processes').map(({ found }) => found)).toEqual([
      'none runs',
      expect.stringMatching(/serve \(process \d+ on .*\) shows no life/),
    ]);
    expect(withoutRemedy(checks)).toEqual([]);
  });

  it('with a source that fails, is silent, or is new, says so', async () => {
    const file = installation(
      `database: { url: { file: url } }\nsources:\n  - { id: proxy, kind: folder, options: { path: ${root} } }\n  - { id: firewall, kind: syslog, options: { host: 127.0.0.1, port: 0 } }\n  - { id: fresh, kind: push }\n`,
      { url: own.url() },
    );
    const checks = await examine(file);
    expect(named(checks, 'configuration')).toMatchObject({ outcome: 'ok' });
    expect(named(checks, 'data of firewall')).toMatchObject({
      outcome: 'failed',
      found: expect.stringContaining('It does not listen.'),
    });
    expect(named(checks, 'data of proxy')).toMatchObject({
      outcome: 'failed',
      found: expect.stringContaining('a "b"'),
    });
    expect(named(checks, 'data of fresh')).toMatchObject({ outcome: 'warning' });
    expect(named(checks, 'source fresh')).toMatchObject({ outcome: 'ok' });
  });

  it('whose audit log was changed fails with the number of the record', async () => {
    const { db } = own;
    for (let n = 0; n < 5; n++)
      await appendAudit(db(), { at: 1, who: 'service', action: 'test', subject: String(n), details: {} });
    await sql`alter table audit disable trigger audit_no_change`.execute(db());
    const { rows } = await sql<{ seq: number }>`
      update audit set subject = 'other' where seq = (select max(seq) - 2 from audit) returning seq`.execute(db());
    await sql`alter table audit enable trigger audit_no_change`.execute(db());
    const checks = await examine(config());
    expect(named(checks, 'audit log')).toMatchObject({
      outcome: 'failed',
      found: `record ${rows[0]?.seq} does not fit the chain`,
    });
  });

  it('with tables of a newer program fails, and its work is not looked at', async () => {
    const { db } = own;
    await sql`insert into kysely_migration (name, timestamp) values ('2999-01-01-0001-later', '')`.execute(db());
    const checks = await examine(config());
    await sql`delete from kysely_migration where name like '2999%'`.execute(db());
    expect(named(checks, 'tables')).toMatchObject({
      outcome: 'failed',
      found: expect.stringContaining('2999-01-01-0001-later'),
    });
    expect(named(checks, 'work')).toMatchObject({ outcome: 'warning' });
  });

  it('that lets the user in and no more says which grants are missing', async () => {
    const role = `halflight_doctor_${process.pid}`;
    const closed = await newDatabase('empty');
    const url = new URL(closed.url);
    const name = url.pathname.slice(1);
    [url.username, url.password] = [role, 'x'];
    await sql`create role ${sql.id(role)} login password 'x'`.execute(closed.db);
    try {
      await sql`revoke create on schema public from public`.execute(closed.db);
      await migrate(closed.db);
      const checks = await examine(installation('database: { url: { file: url } }\n', { url: url.href }));
      expect(named(checks, 'privileges')).toMatchObject({
        outcome: 'failed',
        remedy: expect.stringContaining(`GRANT CREATE ON SCHEMA public TO ${role}`),
      });
      expect(named(checks, 'queue')).toMatchObject({
        outcome: 'failed',
        remedy: expect.stringContaining(`GRANT CREATE ON DATABASE ${name} TO ${role}`),
      });
    } finally {
      await sql`drop role ${sql.id(role)}`.execute(closed.db);
    }
  });

  it.each([
    ['version', { version: '13.9', major: 13 }, 'database'],
    ['standby', { standby: true }, 'database'],
    ['encoding', { encoding: 'SQL_ASCII' }, 'encoding'],
    ['tables of others', { foreignTables: 3 }, 'privileges'],
    ['no schema', { schema: null, mayCreateTables: false }, 'privileges'],
    ['fsync', { fsync: false }, 'fsync'],
    ['connections', { usedConnections: 96 }, 'connections'],
  ] satisfies [string, Partial<ServerFacts>, string][])('%s: failed', (_name, change, check) => {
    const good: ServerFacts = {
      version: '15.18',
      major: 15,
      encoding: 'UTF8',
      user: 'halflight',
      database: 'halflight',
      schema: 'public',
      mayCreateTables: true,
      mayCreateSchemas: true,
      foreignTables: 0,
      standby: false,
      fsync: true,
      maxConnections: 97,
      usedConnections: 5,
      longestTransaction: null,
      queueSchema: true,
      bytes: 1e9,
    };
    const context = { config: defaultConfig(), where: 'It' };
    expect(serverChecks(good, context).filter(({ outcome }) => outcome !== 'ok')).toEqual([]);
    const bad = serverChecks({ ...good, ...change }, context).filter(({ outcome }) => outcome === 'failed');
    expect(bad.map(({ name }) => name)).toEqual([check]);
    expect(withoutRemedy(bad)).toEqual([]);
  });
});

describe('Redis', () => {
  let redis: ChildProcess;
  let port: number;
  beforeAll(async () => {
    port = await freePort();
    redis = spawn(
      'redis-server',
      ['--port', String(port), '--save', '', '--maxmemory-policy', 'allkeys-lru', '--requirepass', 'canary-redis-1'],
      { stdio: ['ignore', 'pipe', 'inherit'], cwd: temporaryFolder() },
    );
    for await (const text of redis.stdout ?? []) if (String(text).includes('Ready to accept connections')) break;
    redis.stdout?.resume();
  });
  afterAll(() => void redis.kill());

  it('that may forget jobs fails; without persistence it is told', async () => {
    const checks = await examine(
      installation('redis: { url: { file: redis } }\n', { redis: `redis://:canary-redis-1@127.0.0.1:${port}` }),
    );
    expect(named(checks, 'Redis')).toMatchObject({ outcome: 'ok' });
    expect(named(checks, 'Redis eviction policy')).toMatchObject({ outcome: 'failed', found: 'allkeys-lru' });
    expect(named(checks, 'Redis persistence')).toMatchObject({ outcome: 'warning' });
    expect(named(checks, 'Redis access')).toMatchObject({
      outcome: 'ok',
      found: 'on this machine, no TLS, with password',
    });
    expect(JSON.stringify(checks)).not.toContain('canary-redis-1');
  });

  it('with a wrong password, or away, fails in words', async () => {
    const wrong = await examine(
      installation('redis: { url: { file: redis } }\n', { redis: `redis://:canary-wrong@127.0.0.1:${port}` }),
    );
    expect(named(wrong, 'Redis')?.found).toMatch(/WRONGPASS/);
    const away = await examine(
      installation('redis: { url: { file: redis } }\n', { redis: `redis://127.0.0.1:${await freePort()}` }),
    );
    expect(named(away, 'Redis')).toMatchObject({ outcome: 'failed', found: expect.stringContaining('ECONNREFUSED') });
  });

  it('of an old version, a replica, or nearly full is told', () => {
    const info = (change: string) =>
      `# Server\r\nredis_version:7.0.15\r\nrole:master\r\nmaxmemory_policy:noeviction\r\naof_enabled:1\r\nused_memory:10\r\nmaxmemory:100\r\n${change}\r\n`;
    const bad = (change: string) =>
      redisChecks(info(change), 'r:1')
        .filter(({ outcome }) => outcome !== 'ok')
        .map(({ name, outcome }) => [name, outcome]);
    expect(bad('')).toEqual([]);
    expect(bad('redis_version:6.0.16')).toEqual([['Redis', 'failed']]);
    expect(bad('role:slave')).toEqual([['Redis', 'failed']]);
    expect(bad('used_memory:95')).toEqual([['Redis memory', 'warning']]);
    expect([isAtLeast('6.10', '6.2'), isAtLeast('6.2', '6.2'), isAtLeast('20.18.9', '20.19')]).toEqual([
      true,
      true,
      false,
    ]);
  });
});

describe('what does not answer', () => {
  it('A31 ends in time, and no secret is in what is said', async () => {
    const mute = await tcpServer(() => {});
    const taken = await tcpServer((socket) => socket.destroy());
    const canaries = Array.from({ length: 6 }, (_, n) => `canary-${n}-zQ7xV${n}`);
    const at = `127.0.0.1:${mute.port}`;
    const file = installation(
      `database: { url: { file: database } }
redis: { url: { file: redis } }
net: { allow: [127.0.0.1], ports: [${mute.port}] }
sources:
  - { id: bucket, kind: s3, options: { bucket: logs, region: eu-central-1, endpoint: 'http://${at}', access_key_id: { file: key-id }, secret_access_key: { file: key } } }
  - { id: edge, kind: syslog, options: { protocol: tcp, host: 127.0.0.1, port: ${taken.port} } }
channels:
  - { id: hook, kind: webhook, options: { url: { file: hook }, secret: { file: hook-secret } } }
`,
      {
        database: `postgresql://halflight:${canaries[0]}@${at}/halflight`,
        redis: `redis://halflight:${canaries[1]}@${at}`,
        'key-id': canaries[2] ?? '',
        key: canaries[3] ?? '',
        hook: `http://${at}/${canaries[4]}`,
        'hook-secret': `whsec_${Buffer.from(`${canaries[5]}-and-more-to-be-long-enough`).toString('base64')}`,
      },
    );
    const began = performance.now();
    const checks = await examine(file);
    expect(performance.now() - began).toBeLessThan(30_000);
    await Promise.all([mute.close(), taken.close()]);
    expect(named(checks, 'database')).toMatchObject({ outcome: 'failed' });
    expect(named(checks, 'Redis')).toMatchObject({ outcome: 'failed' });
    expect(named(checks, 'source edge port')).toMatchObject({
      outcome: 'failed',
      found: `tcp ${taken.port} on 127.0.0.1 is in use by another program`,
    });
    expect(checks.filter(({ name }) => name.includes('bucket') && !name.startsWith('secret'))).not.toEqual([]);
    const said = JSON.stringify(checks);
    for (const canary of [
      ...canaries,
      Buffer.from(canaries[5] ?? '')
        .toString('base64')
        .slice(0, 12),
    ])
      expect(said, canary).not.toContain(canary);
    expect(withoutRemedy(checks)).toEqual([]);
  });
});

describe('beside a running service', () => {
  const own = database();

  it('sees its processes and its schedule, and that ports are its own', async () => {
    await seed(own.db());
    const port = await freePort();
    const file = installation(`database: { url: { file: url } }\n`, { url: own.url() });
    writeFiles(join(file, '..'), {
      'halflight.yaml': `data: ${join(file, '../data')}\nserver: { port: ${port} }\ndatabase: { url: { file: url } }\n`,
    });
    // Not a process of its own: a beat and the lock are all that doctor goes by.
    const id = await registerInstance(own.db(), 'serve', '0.0.0', Date.now());
    const beats = setInterval(() => {
      void own
        .db()
        .updateTable('instance')
        .set((eb) => ({ beat: eb('beat', '+', 1) }))
        .where('id', '=', id)
        .execute();
    }, 500);
    const listener = await tcpServer((socket) => socket.destroy(), '127.0.0.1', port);
    try {
      const without = await examine(file);
      expect(named(without, 'scheduler')).toMatchObject({ outcome: 'failed', found: 'nobody schedules' });
      expect(named(without, 'server port')).toMatchObject({
        outcome: 'ok',
        found: expect.stringContaining('is in use, and a service runs'),
      });
      const checks = await own
        .db()
        .connection()
        .execute(async (connection) => {
          await sql`select pg_advisory_lock(hashtextextended('halflight scheduler', 0))`.execute(connection);
          return examine(file);
        });
      expect(named(checks, 'processes')).toMatchObject({
        outcome: 'ok',
        found: expect.stringMatching(/^serve \(process/),
      });
      expect(named(checks, 'scheduler')).toMatchObject({ outcome: 'ok' });
    } finally {
      clearInterval(beats);
      await listener.close();
    }
  });
});
