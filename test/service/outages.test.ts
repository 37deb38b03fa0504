import { setTimeout as sleep } from 'node:timers/promises';
import { Redis } from 'ioredis';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { until } from '../kill/site.js';
import { describeWithServers, TestSite } from './helpers/site.js';

/** Writes and pushes for a while; all pushes are taken. */
async function load(all: TestSite, ms: number): Promise<void> {
  const end = performance.now() + ms;
  while (performance.now() < end) {
    all.write(10);
    expect(await all.push(5)).toBe(202);
    await sleep(100);
  }
}

describeWithServers('Redis and PostgreSQL that go away', () => {
  const all = new TestSite('servers', 42);
  const { site } = all;
  beforeAll(() => all.start(['serve', 'work-1', 'work-2', 'schedule-1']));
  afterAll(() => all.close());

  it('F9 Redis emptied, killed, started anew and frozen under load: nothing is lost, and the sweeper catches up', async () => {
    const { redis } = site;
    if (redis === undefined) throw new Error('no Redis');
    await load(all, 1000);
    const client = new Redis(redis.url);
    await client.flushall();
    client.disconnect();
    await load(all, 1000);
    await redis.kill();
    await load(all, 3000);
    await redis.start();
    await load(all, 500);
    redis.signal('SIGSTOP');
    await load(all, 4000);
    redis.signal('SIGCONT');
    expect(await all.wrong()).toEqual([]);
  });

  it('F9 while Redis stays away the workers go on by themselves', async () => {
    await site.redis?.kill();
    try {
      await load(all, 1000);
      expect(await all.wrong()).toEqual([]);
    } finally {
      await site.redis?.start();
    }
  });

  it('F10 PostgreSQL stopped for 10 s: pushes are taken meanwhile and land afterwards', async () => {
    await site.postgres?.stop('SIGINT');
    try {
      await load(all, 10_000);
    } finally {
      await site.postgres?.start();
    }
    expect(await all.wrong()).toEqual([]);
    for (const name of ['serve', 'work-1', 'work-2', 'schedule-1']) expect(all.process(name).alive).toBe(true);
  });

  it('F10 the postmaster killed, and connections ended at random: no chunk stays behind, no process ends', async () => {
    for (let i = 0; i < 5; i++) {
      await load(all, 300);
      await site.query(
        `select pg_terminate_backend(pid) from pg_stat_activity where application_name <> 'test' and random() < 0.7`,
      );
    }
    await load(all, 300);
    await site.postgres?.stop('SIGKILL');
    await load(all, 500);
    await site.postgres?.start();
    await load(all, 500);
    expect(await all.wrong()).toEqual([]);
    for (const name of ['serve', 'work-1', 'work-2', 'schedule-1']) expect(all.process(name).alive).toBe(true);
  });
});

describe('the embedded database that goes away', () => {
  const all = new TestSite('embedded', 43);
  const { site } = all;
  beforeAll(() => all.start(['serve']));
  afterAll(() => all.close());

  it('F10 its postmaster killed under load: it is started again at once, and what was pushed meanwhile lands', async () => {
    for (const signal of ['SIGKILL', 'SIGQUIT', 'SIGKILL'] as const) {
      await load(all, 500);
      const before = site.postmaster();
      process.kill(before, signal);
      const began = performance.now();
      await load(all, 500);
      await until('it answers again', async () => {
        const rows = await site.query('select 1').catch(() => []);
        return rows.length > 0 && site.postmaster() !== before;
      });
      expect(performance.now() - began).toBeLessThan(10_000);
    }
    expect(await all.wrong()).toEqual([]);
    expect(all.process('serve').alive).toBe(true);
  });
});
