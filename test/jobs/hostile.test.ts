import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type pg from 'pg';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { openQueue } from '../../src/jobs/bullmq.js';
import { drain } from '../../src/jobs/drain.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { type JobKind, jobKinds } from '../../src/jobs/queue.js';
import { Runtime } from '../../src/jobs/runtime.js';
import { undoneChunks } from '../../src/store/claims.js';
import { openDb } from '../../src/store/db.js';
import { loadTotals } from '../../src/store/ledger.js';
import { migrate } from '../../src/store/migrate.js';
import { openQueuePool } from '../../src/store/queue-pool.js';
import type { Db } from '../../src/store/tables.js';
import { loadUsage } from '../../src/store/usage.js';
import { random } from '../helpers/random.js';
import { draft, openSpool } from '../receivers/helpers/spools.js';
import { cuttingProxy } from '../store/helpers/cutting-proxy.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import {
  clear,
  dumpAll,
  noon,
  push,
  sealKey,
  services,
  setupOf,
  signer,
  sourceOf,
  squidLine,
  testService,
} from './helpers.js';

const hits = async (db: Db): Promise<number> => (await loadUsage(db)).reduce((sum, row) => sum + row.events, 0);
const inDatabase = (connection: pg.PoolConfig, database: string): pg.PoolConfig => {
  if (connection.connectionString === undefined) return { ...connection, database };
  const url = new URL(connection.connectionString);
  url.pathname = `/${database}`;
  return { connectionString: url.href };
};
const digest = (text: string): string => createHash('sha256').update(text).digest('hex');

let databases = 0;

await describeOnDatabases('hostile data', (server) => {
  const embedded = databases++ === 0;
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  it('A14 and A15 JSON that parses and cannot be stored: 20,000 lines, no failed commit, no changed prototype', async () => {
    const roll = random(14);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(roll() * from.length)] as T;
    const odd = (): string =>
      pick([
        JSON.stringify('a\u0000b'),
        '"\\ud800 lone"',
        '"\\udc00\\ud800"',
        '1e400',
        '-1e400',
        '123456789012345678901234567890',
        '-0',
        'null',
        '"\\u0000"',
        `"${'x'.repeat(300)}"`,
        `${'['.repeat(2000)}${']'.repeat(2000)}`,
        `${'{"a":'.repeat(500)}1${'}'.repeat(500)}`,
        '{"__proto__":{"polluted":1}}',
        '{"constructor":{"prototype":{"polluted":1}}}',
        '"\u202e\u2028"',
        '"\\\\u0000"',
        '[]',
        '""',
      ]);
    const keys = [
      'time',
      'user',
      'device',
      'src_ip',
      'host',
      'port',
      'url',
      'bytes_out',
      'bytes_in',
      'status',
      'method',
      'user_agent',
      'kind',
      'action',
      'cost_centre',
      'merchant',
      'amount',
      'currency',
    ];
    let good = 0;
    const line = (): string => {
      const values: Record<string, string> = {
        time: '"2026-10-05T10:00:00Z"',
        user: JSON.stringify(`u${Math.floor(roll() * 50)}`),
        host: '"chat.example"',
        kind: '"web"',
      };
      if (roll() < 0.2) {
        good++;
        return `{${Object.entries(values).map(([key, value]) => `"${key}":${value}`)}}`;
      }
      for (let n = 0; n < 3; n++) values[pick(keys)] = odd();
      const members = Object.entries(values).map(([key, value]) => `"${key}":${value}`);
      if (roll() < 0.3) members.push(`"__proto__":${odd()}`, `"${pick(keys)}":${odd()}`, `"toString":${odd()}`);
      // `mark` makes good lines findable: only they have nothing odd.
      let text = `{${members}}`;
      if (roll() < 0.15) text = text.slice(0, Math.floor(roll() * text.length)).replaceAll('\n', ' ');
      return text;
    };
    const json = setupOf({ sources: [sourceOf('proxy', { format: 'json-lines' })] });
    const made = await testService(db, { setup: json });
    const prototype = Object.getOwnPropertyNames(Object.prototype).join();
    const lines = Array.from({ length: 20_000 }, line);
    for (let from = 0; from < lines.length; from += 5000)
      await ingest(made.context, await push(made, `${lines.slice(from, from + 5000).join('\n')}\n`));
    await made.answer();
    const { rows } =
      await sql`select state, count(*)::int as n, sum(attempts)::int as attempts from chunk group by 1`.execute(db);
    expect(rows).toEqual([{ state: 'done', n: 4, attempts: 0 }]);
    const [total] = await loadTotals(db);
    expect(total?.received).toBe(20_000);
    expect((total?.landed ?? 0) + (total?.rejected ?? 0)).toBe(20_000);
    expect(await hits(db)).toBeGreaterThanOrEqual(good);
    expect(made.logged.filter((text) => /could not be worked on|ended its reader/.test(text))).toEqual([]);
    expect(Object.getOwnPropertyNames(Object.prototype).join()).toBe(prototype);
    expect(({} as { polluted?: unknown }).polluted).toBeUndefined();
  });

  it('A31 secrets and names in pushed lines are in no log, in no queue, and in quarantine only sealed', async () => {
    const canaries = Array.from({ length: 20 }, (_, n) => `canary-${digest(`${n}`).slice(0, 20)}`);
    const made = await testService(db, { poison: 'kill-me=throw' });
    const text = canaries
      .map((canary, n) =>
        squidLine('news.example', canary, noon + n, n === 7 ? `/kill-me?token=${canary}` : `/?key=${canary}`),
      )
      .join('');
    await ingest(made.context, await push(made, text));
    await made.answer();
    expect(await sql`select from quarantine`.execute(db).then(({ rows }) => rows.length)).toBe(1);
    // The raw bytes are kept for a replay, packed or not, and go with time.
    const dump = JSON.stringify(await dumpAll(db, ['chunk_input']));
    const hex = (canary: string): string => Buffer.from(canary).toString('hex');
    for (const canary of canaries) {
      expect(dump).not.toContain(canary);
      expect(dump).not.toContain(hex(canary));
      expect(made.logged.join('\n')).not.toContain(canary);
      expect(JSON.stringify(made.rings)).not.toContain(canary);
    }
  });

  it('F22 each push is sent one to five times with its key, before and after it was taken over: it counts once', async () => {
    const roll = random(22);
    const made = await testService(db);
    const spool = await openSpool();
    const stop = new AbortController();
    const draining = drain(made.context, spool, stop.signal);
    const sent: (() => Promise<unknown>)[] = [];
    let [once, plain] = [0, 0];
    for (let n = 0; n < 60; n++) {
      const text = squidLine('chat.example', `u${n}`, noon + n * 1000);
      const key = roll() < 0.8 ? { key: `key-${n}`, digest: digest(text) } : undefined;
      const times = 1 + Math.floor(roll() * 5);
      if (key === undefined) plain += times;
      else once++;
      for (let time = 0; time < times; time++)
        sent.push(() => spool.append(draft(text, { receivedAt: noon, meta: key ?? {} })));
    }
    sent.sort(() => roll() - 0.5);
    for (let at = 0; at < sent.length; at += 40) {
      await Promise.all(sent.slice(at, at + 40).map((send) => send()));
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
    await expect.poll(() => spool.stats().records, { timeout: 30_000 }).toBe(0);
    stop.abort();
    await draining;
    await made.answer();
    expect(await hits(db)).toBe(once + plain);
    await spool.close();
  });

  it('F10 what is pushed while the database is away is taken over when it is back, once', async () => {
    const made = await testService(db);
    const spool = await openSpool();
    const stop = new AbortController();
    let away = true;
    const { rows } = await sql<{ name: string }>`select current_database() as name`.execute(db);
    const proxy = await cuttingProxy(inDatabase(await server.connection(), rows[0]?.name ?? ''), () =>
      away ? 'lost' : 'pass',
    );
    const behind = openDb(proxy.connection);
    const draining = drain({ ...made.context, db: behind }, spool, stop.signal);
    for (let n = 0; n < 10; n++) await spool.append(draft(squidLine('chat.example', `u${n}`), { receivedAt: noon }));
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(await undoneChunks(db, noon, 10)).toEqual([]);
    away = false;
    await expect.poll(() => spool.stats().records, { timeout: 30_000 }).toBe(0);
    stop.abort();
    await draining;
    await made.answer();
    expect(await hits(db)).toBe(10);
    expect(proxy.cuts()).toBeGreaterThan(0);
    await spool.close();
    await behind.destroy();
    await proxy.close();
  });

  // It takes long, and the queue is kept in PostgreSQL either way.
  if (embedded)
    it('A30 somebody who writes, removes and repeats jobs at random changes nothing in the result', async () => {
      const connection = await server.connection();
      const own = openDb({ ...connection, max: 12 });
      await migrate(own);
      const pool = await openQueuePool(connection, 12);
      const queue = openQueue({ postgres: pool }, () => {});
      const setup = setupOf();
      const quiet = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
      const runtime = new Runtime({
        db: own,
        queue,
        log: quiet,
        version: '0',
        role: 'serve',
        setup,
        catalog: compileCatalog(services),
        collectors: new Map(),
        channels: new Map(),
        sealKey,
        signer,
        pseudonymKey: 'of this test alone',
        registerFiles: async () => ({ people: undefined, inventory: [] }),
      });
      const roll = random(30);
      try {
        const plain = await testService(own);
        await runtime.start({ work: true, schedule: true });
        const { rows: tables } = await sql<{ name: string }>`
        select c.relname as name from pg_class c join pg_namespace n on n.oid = c.relnamespace
        where n.nspname = 'bullmq' and c.relkind = 'r'`.execute(own);
        expect(tables.length).toBeGreaterThan(0);
        const forged = [
          '1',
          '7',
          '-1',
          '1e3',
          'retention@1',
          'recheck@99999999',
          'collect:proxy@5',
          '__proto__',
          'x'.repeat(150),
          'due',
        ];
        let going = true;
        const writer = (async () => {
          while (going) {
            const kind = jobKinds[Math.floor(roll() * jobKinds.length)] as JobKind;
            const id = roll() < 0.5 ? String(1 + Math.floor(roll() * 40)) : forged[Math.floor(roll() * forged.length)];
            await queue.enqueue(kind, id ?? '', { delay: roll() < 0.3 ? 1e6 : 0 }).catch(() => {});
            const table = tables[Math.floor(roll() * tables.length)]?.name ?? '';
            if (roll() < 0.3 && /job/.test(table))
              await sql`delete from ${sql.table(`bullmq.${table}`)} where ctid in (select ctid from ${sql.table(`bullmq.${table}`)} limit 5)`
                .execute(own)
                .catch(() => {});
            await new Promise((resolve) => setTimeout(resolve, 10));
          }
        })();
        for (let n = 0; n < 40; n++) {
          const text = Array.from({ length: 10 }, (_, at) => squidLine('chat.example', `u${at}`, noon + n * 1000)).join(
            '',
          );
          const id = await push(plain, text);
          runtime.context.ring('ingest', String(id));
        }
        await expect
          .poll(async () => (await sql`select from chunk where state <> 'done'`.execute(own)).rows.length, {
            timeout: 60_000,
            interval: 200,
          })
          .toBe(0);
        going = false;
        await writer;
        expect(await hits(own)).toBe(400);
        const { rows } =
          await sql`select sum(landed)::int as landed, sum(chunks)::int as chunks from source_hour`.execute(own);
        expect(rows).toEqual([{ landed: 400, chunks: 40 }]);
        // No slot was invented.
        const { rows: slots } = await sql`select from job_run where attempts > 0`.execute(own);
        expect(slots).toEqual([]);
      } finally {
        await runtime.stop(2000);
        await own.destroy();
        await pool.close();
      }
    });
});
