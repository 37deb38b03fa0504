import { type ChildProcess, execFileSync, spawn, spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readFileSync, writeFileSync } from 'node:fs';
import { type AddressInfo, connect, createServer } from 'node:net';
import { join } from 'node:path';
import { Queue, QueueEvents, Worker } from 'bullmq';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse } from 'yaml';
import { readDeploy, temporaryFolder } from './helpers.js';

const password = 'correct-horse';
let port = 0;
let server: ChildProcess;
const folder = temporaryFolder();

/** The configuration as it is shipped, with paths and port of this test. */
function shipped(tls: boolean): string {
  const acl = readDeploy('redis-users.acl').replace(
    'PASSWORD_SHA256',
    createHash('sha256').update(password).digest('hex'),
  );
  writeFileSync(join(folder, 'redis-users'), acl);
  const lines = readDeploy('redis.conf')
    .replace('dir /data', `dir ${folder}`)
    .replace('bind * -::*', 'bind 127.0.0.1')
    .replaceAll('/run/secrets', folder);
  if (!tls) return lines.replace('port 6379', `port ${port}`);
  return lines
    .replace(/^port 6379\n/m, '')
    .replaceAll(/^#tls /gm, '')
    .replace('tls-port 6379', `tls-port ${port}`);
}

async function start(tls: boolean): Promise<void> {
  port = await freePort();
  writeFileSync(join(folder, 'redis.conf'), shipped(tls));
  server = spawn('redis-server', [join(folder, 'redis.conf')], { stdio: ['ignore', 'pipe', 'inherit'] });
  await new Promise<void>((resolve, reject) => {
    let said = '';
    server.stdout?.on('data', (text: Buffer) => {
      said += text.toString();
      if (said.includes('Ready to accept connections')) resolve();
    });
    server.on('close', () => reject(new Error(`redis-server ended: ${said}`)));
  });
}
const stop = (): Promise<void> =>
  new Promise((resolve) => {
    server.on('close', () => resolve());
    server.kill('SIGTERM');
  });

const freePort = (): Promise<number> =>
  new Promise((resolve) => {
    const probe = createServer().listen(0, '127.0.0.1', () => {
      const { port: free } = probe.address() as AddressInfo;
      probe.close(() => resolve(free));
    });
  });

/** What comes back on a connection of somebody who just talks; empty where it is closed without a word. */
const raw = (line: string): Promise<string> =>
  new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1', () => socket.write(`${line}\r\n`));
    let said = '';
    const end = (): void => {
      socket.destroy();
      resolve(said);
    };
    socket.on('data', (text: Buffer) => {
      said += text.toString('latin1');
      end();
    });
    socket.on('error', end).on('close', end).setTimeout(3000, end);
  });

/** What Redis answers to a command, or the first word of its refusal. */
async function answer(client: Redis, command: string, ...args: readonly string[]): Promise<unknown> {
  try {
    return await client.call(command, ...args);
  } catch (error) {
    return error instanceof Error ? error.message.split(' ')[0] : error;
  }
}

describe('deploy/redis.conf', () => {
  let client: Redis;
  beforeAll(async () => {
    await start(false);
    client = new Redis({ host: '127.0.0.1', port, username: 'halflight', password });
  });
  afterAll(async () => {
    client.disconnect();
    await stop();
  });

  it('A30 lets nobody in without the password, and the service touch only what begins with its prefix', async () => {
    expect(await raw('PING')).toMatch(/^-NOAUTH /);
    expect(await raw('AUTH default ""')).toMatch(/^-WRONGPASS /);
    expect(await raw('GET halflight:x')).toMatch(/^-NOAUTH /);

    expect(await answer(client, 'set', 'halflight:x', '1')).toBe('OK');
    expect(await answer(client, 'set', 'other:x', '1')).toBe('NOPERM');
    expect(await answer(client, 'get', 'halflightx')).toBe('NOPERM');
    expect(await answer(client, 'eval', "return redis.call('set', 'other:x', '1')", '0')).not.toBe('OK');
    for (const command of [
      'flushall',
      'flushdb',
      'shutdown',
      'monitor',
      'keys *',
      'config get *',
      'config set dir /tmp',
      'acl list',
      'client list',
      'module list',
      'replicaof 10.0.0.1 1',
      'save',
    ]) {
      const [name = '', ...args] = command.split(' ');
      expect([command, await answer(client, name, ...args)]).toEqual([command, 'NOPERM']);
    }
  });

  it('is healthy for the check of compose.yaml, which knows no password', () => {
    const { services } = parse(readDeploy('compose.yaml'), { merge: true }) as {
      services: { redis: { healthcheck: { test: string[] } } };
    };
    const check = services.redis.healthcheck.test[1]?.replace('redis-cli', `redis-cli -p ${port}`) ?? 'false';
    expect(spawnSync('sh', ['-c', check]).status).toBe(0);
    expect(spawnSync('sh', ['-c', check.replace(String(port), '1')]).status).not.toBe(0);
  });

  it('keeps what is in it and never forgets jobs to make room', async () => {
    const memory = String(await answer(client, 'info', 'memory'));
    expect(memory).toMatch(/^maxmemory_policy:noeviction\r$/m);
    expect(memory).toMatch(/^maxmemory:268435456\r$/m);
    expect(String(await answer(client, 'info', 'persistence'))).toMatch(/^aof_enabled:1\r$/m);
  });

  it('lets the queue do all that it does: add, run, retry, delay, prioritise, count, remove', async () => {
    const connection = { host: '127.0.0.1', port, username: 'halflight', password };
    const errors: string[] = [];
    const queue = new Queue('ingest', { connection, prefix: 'halflight' });
    const events = new QueueEvents('ingest', { connection, prefix: 'halflight' });
    const done: string[] = [];
    const worker = new Worker(
      'ingest',
      async (job) => {
        await job.updateProgress(50);
        if (job.name === 'retry' && job.attemptsMade === 0) throw new Error('once more');
        done.push(job.name);
      },
      { connection, prefix: 'halflight', stalledInterval: 200 },
    );
    const note = (error: Error): void => void errors.push(error.message);
    queue.on('error', note);
    events.on('error', note);
    worker.on('error', note);
    const jobs = await Promise.all([
      queue.add('plain', {}, { jobId: 'ingest-1', removeOnComplete: true }),
      queue.add('retry', {}, { attempts: 2, backoff: { type: 'exponential', delay: 10 } }),
      queue.add('later', {}, { delay: 50, priority: 5 }),
    ]);
    await Promise.all(jobs.map((job) => job.waitUntilFinished(events, 10_000)));
    expect([...done].sort()).toEqual(['later', 'plain', 'retry']);
    expect(await queue.getJobCounts('waiting', 'prioritized', 'active', 'delayed')).toEqual({
      waiting: 0,
      prioritized: 0,
      active: 0,
      delayed: 0,
    });
    await queue.obliterate({ force: true });
    await Promise.all([worker.close(), events.close(), queue.close()]);
    expect(errors).toEqual([]);
  });
});

describe('deploy/redis.conf with TLS', () => {
  beforeAll(async () => {
    const [key, cert] = [join(folder, 'redis-key'), join(folder, 'redis-cert')];
    const name = ['-subj', '/CN=redis', '-addext', 'subjectAltName=IP:127.0.0.1'];
    execFileSync(
      'openssl',
      [
        'req',
        '-x509',
        '-newkey',
        'ec',
        '-pkeyopt',
        'ec_paramgen_curve:prime256v1',
        '-nodes',
        '-days',
        '2',
        '-keyout',
        key,
        '-out',
        cert,
        ...name,
      ],
      { stdio: 'pipe' },
    );
    await start(true);
  });
  afterAll(stop);

  it('A30 speaks TLS on its port, and nothing else', async () => {
    const ca = readFileSync(join(folder, 'redis-cert'));
    const client = new Redis({ host: '127.0.0.1', port, username: 'halflight', password, tls: { ca } });
    expect(await answer(client, 'ping')).toBe('PONG');
    client.disconnect();
    expect(await raw('PING')).not.toContain('PONG');
  });
});
