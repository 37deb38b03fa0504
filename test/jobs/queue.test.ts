import { randomBytes } from 'node:crypto';
import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import pg from 'pg';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import { openQueue } from '../../src/jobs/bullmq.js';
import type { Queue, QueueBackend } from '../../src/jobs/queue.js';
import { openQueuePool, type QueuePool } from '../../src/store/queue-pool.js';
import { describeOnRedis } from '../helpers/redis.js';
import { describeOnDatabases } from '../store/helpers/databases.js';

/** What every backend must do; jobs carry nothing but ids. */
function contract(backend: () => QueueBackend): void {
  const open: Queue[] = [];
  const queue = (): Queue => {
    const made = openQueue(backend(), () => {});
    open.push(made);
    return made;
  };
  afterEach(async () => {
    await Promise.all(open.splice(0).map((made) => made.close(500)));
  });
  const until = async (holds: () => boolean | Promise<boolean>): Promise<void> => {
    for (let tries = 0; tries < 600; tries++) {
      if (await holds()) return;
      await sleep(50);
    }
    expect.fail('it did not happen within 30 s');
  };

  it('gives each id to a handler once', async () => {
    const seen: string[] = [];
    const made = queue();
    await made.consume('ingest', async (id) => void seen.push(id), { concurrency: 3 });
    for (let i = 0; i < 20; i++) await made.enqueue('ingest', String(i));
    await until(() => seen.length >= 20);
    expect(seen.map(Number).sort((a, b) => a - b)).toEqual(Array.from({ length: 20 }, (_, i) => i));
  });

  it('does not add an id twice while it waits, and takes it again when it is done', async () => {
    const made = queue();
    await made.enqueue('collect', 'a');
    await made.enqueue('collect', 'a');
    expect((await made.counts()).collect.waiting).toBe(1);
    const seen: string[] = [];
    await made.consume('collect', async (id) => void seen.push(id), { concurrency: 1 });
    await until(async () => seen.length === 1 && (await made.counts()).collect.active === 0);
    await made.enqueue('collect', 'a');
    await until(() => seen.length === 2);
  });

  it('takes the more urgent first', async () => {
    const made = queue();
    await made.enqueue('task', 'late', { priority: 20 });
    await made.enqueue('task', 'usual');
    await made.enqueue('task', 'first', { priority: 1 });
    const seen: string[] = [];
    await made.consume('task', async (id) => void seen.push(id), { concurrency: 1 });
    await until(() => seen.length === 3);
    expect(seen).toEqual(['first', 'usual', 'late']);
  });

  it('keeps a job back until its delay is over', async () => {
    const made = queue();
    const seen: string[] = [];
    await made.consume('deliver', async (id) => void seen.push(id), { concurrency: 1 });
    await made.enqueue('deliver', 'later', { delay: 1500 });
    await made.enqueue('deliver', 'now');
    await until(() => seen.length === 2);
    expect(seen).toEqual(['now', 'later']);
  });

  it('tries a job again whose handler throws', async () => {
    const made = queue();
    let tries = 0;
    await made.consume(
      'reconcile',
      async () => {
        if (++tries < 3) throw new Error('not yet');
      },
      { concurrency: 1 },
    );
    await made.enqueue('reconcile', 'again');
    await until(async () => tries === 3 && (await made.counts()).reconcile.delayed === 0);
  });

  it('runs no more handlers at once than it was told', async () => {
    const made = queue();
    let [running, most, done] = [0, 0, 0];
    await made.consume(
      'ingest',
      async () => {
        most = Math.max(most, ++running);
        await sleep(50);
        running--;
        done++;
      },
      { concurrency: 2 },
    );
    for (let i = 0; i < 8; i++) await made.enqueue('ingest', `c${i}`);
    await until(() => done === 8);
    expect(most).toBe(2);
  });

  it('reports progress, and counts what waits, runs and is delayed', async () => {
    const made = queue();
    const release = { now: () => {} };
    const held = new Promise<void>((resolve) => {
      release.now = resolve;
    });
    await made.consume(
      'task',
      async (_id, { progress }) => {
        await progress(0.5);
        await held;
      },
      { concurrency: 1 },
    );
    await made.enqueue('task', 'running');
    await until(async () => (await made.counts()).task.active === 1);
    await made.enqueue('task', 'waiting');
    await made.enqueue('task', 'delayed', { delay: 60_000 });
    expect((await made.counts()).task).toEqual({ waiting: 1, active: 1, delayed: 1 });
    release.now();
    await until(async () => (await made.counts()).task.waiting === 0);
  });

  it('F22 work that its process let go of stalls and is done by another', async () => {
    const first = queue();
    let begun = 0;
    await first.consume('ingest', () => new Promise(() => void begun++), { concurrency: 1 });
    await first.enqueue('ingest', 'stuck');
    await until(() => begun === 1);
    // The process is asked to stop and the handler never ends: it is cut off, and the job is not lost with it.
    await first.close(200);
    const second = queue();
    const seen: string[] = [];
    await second.consume('ingest', async (id) => void seen.push(id), { concurrency: 1 });
    for (let tries = 0; tries < 900 && seen.length === 0; tries++) await sleep(50);
    expect(seen).toEqual(['stuck']);
  }, 60_000);

  it('F37 stops within the grace time, tells running handlers, and takes nothing more', async () => {
    const made = queue();
    const seen: string[] = [];
    let told = false;
    await made.consume(
      'ingest',
      async (id, { signal }) => {
        seen.push(id);
        await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
        told = true;
      },
      { concurrency: 1 },
    );
    await made.enqueue('ingest', 'one');
    await made.enqueue('ingest', 'two');
    await until(() => seen.length === 1);
    await made.close(5000);
    expect(told).toBe(true);
    expect(seen).toEqual(['one']);
  });

  it('A30 takes no job that carries anything but a short id', async () => {
    const made = queue();
    const seen: unknown[] = [];
    await made.consume('ingest', async (id) => void seen.push(id), { concurrency: 1 });
    await made.enqueue('ingest', 'x'.repeat(300));
    await made.enqueue('ingest', 'good');
    await until(() => seen.length > 0);
    expect(seen).toEqual(['good']);
  });
}

await describeOnRedis('the queue on Redis', (url) => {
  let redis: Redis;
  let prefix = '';
  beforeAll(() => {
    redis = new Redis(url, { maxRetriesPerRequest: null });
  });
  afterEach(async () => {
    const keys = await redis.keys(`${prefix}:*`);
    if (keys.length > 0) await redis.del(...keys);
    prefix = '';
  });
  afterAll(() => redis.disconnect());
  contract(() => {
    prefix ||= `test-${randomBytes(6).toString('hex')}`;
    return { redis, prefix };
  });
});

await describeOnDatabases('the queue on PostgreSQL', (server) => {
  let pool: QueuePool;
  beforeAll(async () => {
    pool = await openQueuePool(await server.connection(), 30);
  });
  afterEach(async () => {
    const client = new pg.Client(await server.connection());
    await client.connect();
    const { rows } = await client.query<{ name: string }>(
      `select format('%I.%I', schemaname, tablename) as name from pg_tables where schemaname = 'bullmq' and tablename not like '%migration%'`,
    );
    await client.query(`truncate ${rows.map(({ name }) => name).join(', ')} cascade`).catch(() => {});
    await client.end();
  });
  afterAll(() => pool.close());
  contract(() => ({ postgres: pool }));
});
