import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { ingest } from '../../../src/jobs/ingest/ingest.js';
import { undoneChunks } from '../../../src/store/claims.js';
import { openDb } from '../../../src/store/db.js';
import { takeOver } from '../../../src/store/intake.js';
import { checkSchema, migrate, migrateTo, stepNames } from '../../../src/store/migrate.js';
import type { Db } from '../../../src/store/tables.js';
import { loadUsage } from '../../../src/store/usage.js';
import { random } from '../../helpers/random.js';
import { noon, squidLine, testService } from '../../jobs/helpers.js';
import { type CuttingProxy, cuttingProxy } from '../helpers/cutting-proxy.js';
import { describeOnDatabases } from '../helpers/databases.js';

await describeOnDatabases('a connection that is cut', (server) => {
  let connection: pg.PoolConfig;
  const closing: (() => Promise<unknown>)[] = [];
  beforeAll(async () => {
    connection = await server.connection();
  });
  afterAll(async () => {
    for (const close of closing.reverse()) await close();
  });
  const open = (to: pg.PoolConfig): Db => {
    const db = openDb({ ...to, max: 4 });
    closing.push(() => db.destroy());
    return db;
  };
  const proxied = async (fateOf: Parameters<typeof cuttingProxy>[1]): Promise<CuttingProxy & { db: Db }> => {
    const proxy = await cuttingProxy(connection, fateOf);
    closing.push(proxy.close);
    return { ...proxy, db: open(proxy.connection) };
  };

  it('F21 while the tables are made or changed leaves nothing half done: the next start completes it', async () => {
    const straight = open(connection);
    const roll = random(21);
    let left = 0;
    const { db } = await proxied(() => (left-- === 0 ? (roll() < 0.5 ? 'lost' : 'unanswered') : 'pass'));
    const steps = stepNames();
    const tablesOf = async (): Promise<number> =>
      (await sql`select from pg_tables where schemaname = 'public' and tablename not like 'kysely%'`.execute(straight))
        .rows.length;
    let interrupted = 0;
    for (let n = 0; n < 20; n++) {
      left = Math.floor(roll() * 90);
      await migrate(db).catch(() => interrupted++);
      const { rows } = await sql<{
        there: boolean;
      }>`select to_regclass('kysely_migration') is not null as there`.execute(straight);
      const applied =
        rows[0]?.there === true ? (await sql`select name from kysely_migration`.execute(straight)).rows : [];
      // All or nothing: where the answer was lost, all may be done.
      expect([0, steps.length]).toContain(applied.length);
      expect((await tablesOf()) > 0).toBe(applied.length > 0);
      if (applied.length > 0)
        await sql`drop schema public cascade`.execute(straight).then(() => sql`create schema public`.execute(straight));
    }
    expect(interrupted).toBeGreaterThan(10);

    // The same with whole processes that are killed.
    const child = (statements: number): ChildProcess =>
      spawn(
        process.execPath,
        [
          '--import',
          'tsx',
          join(import.meta.dirname, 'migrating-child.ts'),
          JSON.stringify(connection),
          String(statements),
        ],
        {
          stdio: 'inherit',
        },
      );
    for (const statements of [20, 70]) {
      const ended = await new Promise((resolve) => child(statements).on('exit', (_code, signal) => resolve(signal)));
      expect(ended).toBe('SIGKILL');
    }
    left = -1;
    await migrate(db);
    await checkSchema(straight);
  });

  it('F21 an old program refuses the tables of a newer one in words', async () => {
    const db = open(connection);
    await sql`insert into kysely_migration (name, timestamp) values ('2999-01-01-0001-later', '')`.execute(db);
    await expect(migrate(db)).rejects.toThrow(/newer Halflight .*install that version or a later one/);
    await expect(checkSchema(db)).rejects.toThrow('newer Halflight');
    await sql`delete from kysely_migration where name like '2999%'`.execute(db);
  });

  it('F5 in the middle of a commit, fifty times: whatever became of it, each line counts once', async () => {
    const roll = random(5);
    let armed = false;
    const flaky = await proxied((statement) => {
      if (!armed || !/^commit\b/i.test(statement)) return 'pass';
      armed = roll() < 0.3;
      return roll() < 0.5 ? 'lost' : 'unanswered';
    });
    const made = await testService(flaky.db);
    const straight = open(connection);
    let sequence = 0;
    let lines = 0;
    while (flaky.cuts() < 50 || sequence < 20) {
      const text = squidLine('chat.example', `u${sequence % 5}`, noon + sequence * 1000);
      sequence++;
      lines++;
      const take = (): Promise<number[]> =>
        takeOver(
          flaky.db,
          '11111111-1111-4111-8111-111111111111',
          [{ sequence, source: 'proxy', pushKey: `k${sequence}` }],
          async () => [
            {
              source: 'proxy',
              key: `spool:${sequence}`,
              name: 'push',
              place: undefined,
              size: text.length,
              modified: noon,
              receivedAt: noon,
              parts: (async function* () {
                yield Buffer.from(text);
              })(),
            },
          ],
          noon,
        );
      armed = true;
      for (let done = false; !done; )
        await take().then(
          () => {
            done = true;
          },
          () => {},
        );
      armed = true;
      for (let tries = 0; tries < 20; tries++) {
        made.clock.now += 60_000;
        await made.context.inWork.giveBack(flaky.db, made.context.instance()).catch(() => []);
        const [id] = await undoneChunks(straight, made.clock.now, 1);
        if (id === undefined) break;
        await ingest(made.context, id).catch(() => {});
      }
    }
    expect((await loadUsage(straight)).reduce((sum, row) => sum + row.events, 0)).toBe(lines);
    const { rows } = await sql`
      select sum(received)::int as received, sum(landed)::int as landed, sum(chunks)::int as chunks from source_hour`.execute(
      straight,
    );
    expect(rows).toEqual([{ received: lines, landed: lines, chunks: lines }]);
    const { rows: states } =
      await sql`select state, count(*)::int as n, sum(attempts)::int as attempts from chunk group by 1`.execute(
        straight,
      );
    expect(states).toEqual([{ state: 'done', n: lines, attempts: 0 }]);
  });
});

await describeOnDatabases('the tables of the first release', (server) => {
  it('F21 keep what they hold when they are brought up to date: the sums are the same', async () => {
    const db = await server.emptyDatabase();
    await migrateTo(db, stepNames()[0] ?? '');
    await sql`
      insert into chunk (key, source, sha256, state, name, format, catalog_hash, records, with_events, events, scanned_at)
      select 'squid:' || n, 'squid', 's' || n, 'done', 'f' || n, 'squid', 'c', 10, 10, 10, ${noon}::bigint + n from generate_series(1, 5) n`.execute(
      db,
    );
    await sql`
      insert into usage (chunk_id, position, day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence,
        events, attempts, bytes_out, bytes_in, spend, first, last)
      select k.id, p, case when p = 9 then null else date '2026-10-01' + p % 3 end, 's' || p % 2, 'user', case when p = 8 then repeat('x', 900) else 'u' || p % 4 end,
        '', 'squid', 'unknown', 'visit', case when p = 1 then 'high' else 'low' end, p + 1, p, 10 * p, 5,
        case when p = 2 then '{"EUR": 150}'::jsonb else '{}'::jsonb end, ${noon}::bigint + p, ${noon}::bigint + 2 * p
      from chunk k, generate_series(0, 9) p`.execute(db);
    const sums = async (table: string): Promise<unknown> =>
      (
        await sql`select sum(events)::int as events, sum(attempts)::int as attempts, sum(bytes_out)::int as bytes_out,
          sum(bytes_in)::int as bytes_in, count(distinct service)::int as services from ${sql.table(table)}`.execute(db)
      ).rows;
    const before = await sums('usage');
    expect(before).toEqual([{ events: 275, attempts: 225, bytes_out: 2250, bytes_in: 250, services: 2 }]);
    await migrate(db);
    for (const table of ['usage', 'usage_day', 'chunk_usage']) expect(await sums(table), table).toEqual(before);
    const { rows } = await sql`select sum((spend->>'EUR')::int)::int as eur, min(first) as first, max(last) as last,
      count(*) filter (where day = '-infinity')::int as undated, max(received_at) as received from usage`.execute(db);
    expect(rows).toEqual([{ eur: 750, first: noon, last: noon + 18, undated: 1, received: noon + 5 }]);
    expect((await sql`select sum(hits)::int as n from chunk`.execute(db)).rows).toEqual([{ n: 500 }]);
  });
});
