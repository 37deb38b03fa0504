import { type ChildProcess, spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { sql } from 'kysely';
import type pg from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { openDb } from '../../src/store/db.js';
import { type Embedded, startEmbedded } from '../../src/store/embedded.js';
import { migrate } from '../../src/store/migrate.js';
import type { Db } from '../../src/store/tables.js';
import { type FakeGraph, fakeGraph } from '../helpers/fake-graph.js';
import { random } from '../helpers/random.js';
import { service } from '../helpers/service.js';
import { setupOf, sourceOf, testService } from '../jobs/helpers.js';
import { removeFolder, temporaryFolder } from '../store/helpers/databases.js';
import type { Collection } from './one-collection.js';
import { aiApps, population } from './population.js';

// Sign-ins from a Graph that repeats, shuffles, delays, throttles and breaks off, collected by processes that are killed at any page, into
// the real database and through the real scan. CI runs some thousands; `npm run test:api-chaos` a million (docs/reliability.md).
const [hour, day] = [3_600_000, 86_400_000];
const size = Number(process.env.CHAOS_SIGN_INS ?? 20_000);
const kills = Number(process.env.CHAOS_KILLS ?? 2);
const seed = Number(process.env.CHAOS_SEED ?? 10);
const isBig = size > 100_000;
/** Virtual hours between collections, and so many pages that a run is killed among. */
const [step, pageSize] = isBig ? [6, 1000] : [45, 400];

describe(`G10 ${size.toLocaleString('en-US')} sign-ins, ${kills} kills`, () => {
  let folder = '';
  let embedded: Embedded;
  let db: Db;
  let graph: FakeGraph;
  const connection = (): pg.PoolConfig => ({ ...embedded.connection });

  beforeAll(async () => {
    folder = temporaryFolder();
    embedded = await startEmbedded(join(folder, 'data'));
    db = openDb(connection());
    await migrate(db);
    graph = await fakeGraph();
  });
  afterAll(async () => {
    await graph.close();
    await db.destroy();
    await embedded.stop();
    removeFolder(folder);
  });

  it(
    'totals are exact by day, service and person, and memory is flat',
    async () => {
      const began = performance.now();
      const begin = Date.UTC(2026, 10, 26, 12);
      const tenant = population(size, begin, seed);
      const clock = { now: begin };
      const roll = random(seed + 1);
      let asked = 0;
      let child: ChildProcess | undefined;
      let killAt = Number.POSITIVE_INFINITY;
      graph.signIns = tenant;
      Object.assign(graph.settings, { now: () => clock.now, pageSize, shuffle: true, repeat: 0.1 });
      graph.settings.fault = ({ path }) => {
        if (!path.endsWith('signIns')) return undefined;
        asked++;
        if (--killAt <= 0) {
          killAt = Number.POSITIVE_INFINITY;
          // At some moment of what the page sets off: while it is sent, read or kept.
          setTimeout(() => child?.kill('SIGKILL'), roll() * 60);
        }
        const fate = roll();
        if (fate < 0.004) return { status: 503, headers: { 'retry-after': '0' } };
        if (fate < 0.006) return 'reset';
        return fate < 0.008 ? { cutAfter: 500 } : undefined;
      };

      const setup = setupOf({
        sources: [
          sourceOf('entra', {
            kind: 'entra',
            role: 'collector',
            options: { cloud: 'global', parts: ['sign_ins'], lookback: 30 * day, ...graph.options, ...slashes(graph) },
          }),
        ],
        net: { allow: ['127.0.0.1'], ports: [graph.port] },
      });
      const made = await testService(db, {
        setup,
        now: begin,
        services: aiApps.map(({ service: id, appId, name }) =>
          service({ id, hosts: [`${id}.example`], oauth_apps: [{ platform: 'entra', id: appId, name }] }),
        ),
      });

      const memory: number[] = [];
      /** One process. @returns whether it came to its end */
      const run = async (): Promise<boolean> => {
        const told: Collection = { connection: connection(), setup, source: 'entra', now: clock.now };
        const started = spawn(process.execPath, ['--import', 'tsx', join(import.meta.dirname, 'one-collection.ts')], {
          env: { ...process.env, CHAOS: JSON.stringify(told) },
          stdio: ['ignore', 'pipe', 'inherit'],
        });
        child = started;
        let isDone = false;
        const own: number[] = [];
        createInterface({ input: started.stdout }).on('line', (line) => {
          if (line === 'done') isDone = true;
          else if (line !== 'busy') own.push(Number(line));
        });
        await new Promise((resolve) => started.once('close', resolve));
        if (own.length > memory.length) memory.splice(0, memory.length, ...own);
        return isDone;
      };

      let killed = 0;
      const days = size / pageSize / 30;
      const steps = Math.ceil((12 * hour + 72 * hour) / (step * hour)) + 1;
      for (let turn = 0; turn <= steps; turn++) {
        // More of the kills in the first collection, which is the longest; the rest among the others.
        let left =
          turn === 0
            ? Math.ceil(kills / 2)
            : turn === steps
              ? kills - killed
              : Math.min(kills - killed, 1 + Math.floor(kills / 30));
        for (;;) {
          killAt = left > 0 ? 1 + Math.floor(roll() * days * (turn === 0 ? 8 : 3)) : Number.POSITIVE_INFINITY;
          const isDone = await run();
          if (isDone) break;
          killed++;
          left--;
        }
        clock.now += step * hour;
      }
      const collected = performance.now();

      made.clock.now = clock.now;
      const { rows: chunks } = await sql<{ id: number }>`select id from chunk order by id`.execute(db);
      for (const { id } of chunks) await ingest(made.context, Number(id));

      const { rows: all } = await sql<{ records: number; undone: number }>`
        select sum(records)::int as records, count(*) filter (where state <> 'done')::int as undone from chunk`.execute(
        db,
      );
      const { rows } = await sql<{ key: string; events: number; attempts: number }>`
        select day || ' ' || service || ' ' || actor as key, sum(events)::int as events, sum(attempts)::int as attempts
        from usage group by 1`.execute(db);
      const { rows: held } = await sql<{ ids: number }>`select count(*)::int as ids from source_record`.execute(db);
      const peaks = [memory.slice(0, memory.length >> 1), memory.slice(memory.length >> 1)].map(
        (part) => Math.max(0, ...part) / 2 ** 20,
      );
      process.stdout.write(
        `chaos: ${size} sign-ins, ${asked} pages asked for, ${killed} kills, ${Math.round((collected - began) / 1000)} s collecting, ` +
          `${Math.round((performance.now() - collected) / 1000)} s scanning; RSS peak ${peaks.map((peak) => `${Math.round(peak)} MiB`).join(' in the first half, then ')} ` +
          `of the longest collection; ${held[0]?.ids} ids held\n`,
      );

      expect(all).toEqual([{ records: size, undone: 0 }]);
      const expected = tenant.expected();
      const wrong = rows.filter(({ key, events, attempts }) => {
        const sum = expected.get(key);
        expected.delete(key);
        return sum?.events !== events || sum.attempts !== attempts;
      });
      expect(wrong).toEqual([]);
      expect([...expected]).toEqual([]);
      expect(killed).toBeGreaterThan(0);
      expect(peaks[1] ?? 0).toBeLessThan((peaks[0] ?? 0) * 1.25 + 40);
    },
    isBig ? 3_600_000 : 120_000,
  );
});

/** Options as the schema gives them: addresses end with a slash. */
const slashes = ({ url }: FakeGraph): Record<string, string> => ({ login_url: `${url}/`, graph_url: `${url}/` });
