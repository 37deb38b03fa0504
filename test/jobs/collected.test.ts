import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Batch, Collector } from '../../src/collectors/common/collector.js';
import { SourceLoginError } from '../../src/core/chunk.js';
import { collect } from '../../src/jobs/collect.js';
import { loadStates, stateMark } from '../../src/store/collected.js';
import { resumePaused } from '../../src/store/sources.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, setupOf, sourceOf, squidLine, type TestService, testService } from './helpers.js';

// What a collector of an API hands over, on its way through the real database and scan.
await describeOnDatabases('records and states of a provider', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  /** A collector that yields what it is told. */
  const telling = (batches: () => readonly (Partial<Batch> | Error)[]): Collector => ({
    title: 'Told',
    every: 60,
    options: z.unknown(),
    async *collect() {
      for (const batch of batches()) {
        if (batch instanceof Error) throw batch;
        yield { chunks: [], cursor: new Map(), ...batch };
      }
    },
    open: () => Promise.reject(new Error('its chunks are kept')),
    test: () => Promise.resolve([]),
  });

  async function service(batches: () => readonly (Partial<Batch> | Error)[]): Promise<TestService> {
    const made = await testService(db, {
      setup: setupOf({
        sources: [sourceOf('api', { kind: 'told', role: 'collector', format: 'squid' })],
        channels: [{ id: 'soc', kind: 'webhook', notices: ['source.paused'], options: {} }],
      }),
    });
    made.context.collectors = new Map([['told', telling(batches)]]);
    return made;
  }
  const run = (made: TestService, byHand = false) =>
    collect(made.context, 'api', new AbortController().signal, { byHand });
  const record = (id: string, user: string, at = noon) => ({
    id,
    at,
    text: squidLine('chat.example', user, at).trim(),
  });
  const events = async (): Promise<Record<string, number>> => {
    const { rows } = await sql<{ actor: string; events: number }>`
      select actor, sum(events)::int as events from usage group by actor order by actor`.execute(db);
    return Object.fromEntries(rows.map((row) => [row.actor, row.events]));
  };

  it('a record counts once, however often and in whatever company it comes', async () => {
    const pages = [
      [record('1', 'ada'), record('2', 'bob'), record('1', 'ada')],
      [record('2', 'bob'), record('3', 'ada')],
      [record('3', 'ada'), record('1', 'ada')],
    ];
    const made = await service(() => pages.map((records) => ({ records: [{ name: 'sign-ins', records }] })));
    expect(await run(made)).toMatchObject({ records: 3, chunks: 2 });
    expect(await run(made)).toMatchObject({ records: 0, chunks: 0 });
    await made.answer();
    expect(await events()).toEqual({ ada: 2, bob: 1 });
  });

  it('a line break in a record makes no second one', async () => {
    const made = await service(() => [
      {
        records: [
          {
            name: 'r',
            records: [
              { ...record('1', 'ada'), text: `${squidLine('chat.example', 'ada')}${squidLine('chat.example', 'eve')}` },
            ],
          },
        ],
      },
    ]);
    await run(made);
    await made.answer();
    expect(Object.keys(await events())).not.toContain('eve');
  });

  it('ids are forgotten when the collector says that no window reaches them', async () => {
    let forgetBefore = 0;
    const made = await service(() => [
      { records: [{ name: 'r', records: [record('old', 'ada', noon - dayMs), record('new', 'bob')] }], forgetBefore },
    ]);
    await run(made);
    forgetBefore = noon;
    await run(made);
    const { rows } = await sql<{ left: number }>`select count(*)::int as left from source_record`.execute(db);
    expect(rows).toEqual([{ left: 1 }]);
  });

  it('a state is told when it is new, other or back, and is gone after two listings without it', async () => {
    let items = [
      ['g1', 'Mail.Read'],
      ['g2', 'Files.Read'],
    ];
    let listing = 0;
    const made = await service(() => [
      {
        states: [
          {
            kind: 'grant',
            run: `run-${listing++}`,
            items: items.map(([id = '', scope = '']) => ({
              id,
              body: { scope },
              text: record(id, `${id}-${scope}`).text,
            })),
            complete: true,
          },
        ],
      },
    ]);
    const list = async (next: string[][]) => {
      items = next;
      made.clock.now += dayMs;
      await run(made);
    };
    await run(made);
    const before = await stateMark(db, 'grant');
    await list([
      ['g1', 'Mail.Read'],
      ['g2', 'Files.Read'],
    ]);
    expect(await stateMark(db, 'grant')).toBe(before);
    await list([['g1', 'Mail.ReadWrite']]);
    expect(await stateMark(db, 'grant')).not.toBe(before);
    await list([['g1', 'Mail.ReadWrite']]);
    const held: unknown[] = [];
    for await (const page of loadStates(db, 'grant', { withGone: true, size: 1 })) held.push(...page);
    expect(held).toMatchObject([
      { id: 'g1', body: { scope: 'Mail.ReadWrite' }, firstAt: noon, goneAt: undefined },
      { id: 'g2', goneAt: made.clock.now },
    ]);
    await list([
      ['g1', 'Mail.ReadWrite'],
      ['g2', 'Files.Read'],
    ]);
    await made.answer();
    expect(await events()).toEqual({ 'g1-mail.read': 1, 'g1-mail.readwrite': 1, 'g2-files.read': 2 });
  });

  it('what stands is told again each week, so that a permission that nobody took back does not look like a thing of the past', async () => {
    const made = await service(() => [
      {
        states: [
          {
            kind: 'grant',
            run: `r${made.clock.now}`,
            items: [{ id: 'g', body: {}, text: record('g', 'ada', made.clock.now).text }],
            complete: true,
          },
        ],
      },
    ]);
    const marks = new Set<string>();
    for (let day = 0; day < 22; day++) {
      await run(made);
      marks.add(await stateMark(db, 'grant'));
      made.clock.now += dayMs;
    }
    await made.answer();
    expect(await events()).toEqual({ ada: 4 });
    expect(marks.size).toBe(1);
  });

  it('F25 a refused login pauses the source once, with a gap, a notice and an audit entry; a reload tries again', async () => {
    let answer: Error | Partial<Batch> = new SourceLoginError('The secret of the app expired: make a new one.');
    let asked = 0;
    const made = await service(() => {
      asked++;
      return [answer];
    });
    await run(made);
    await run(made);
    expect(asked).toBe(1);
    const { rows } = await sql`
      select (select state || ': ' || paused_why from source) as source, (select count(*)::int from source_gap) as gaps,
        (select count(*)::int from outbox where notice->>'kind' = 'source.paused') as notices,
        (select count(*)::int from audit where action = 'source.paused') as audited`.execute(db);
    expect(rows).toEqual([
      { source: 'paused: The secret of the app expired: make a new one.', gaps: 1, notices: 1, audited: 1 },
    ]);
    expect(await resumePaused(db)).toEqual(['api']);
    await run(made);
    expect(asked).toBe(2);
    // By hand it is tried at once, says why it failed, and goes on when it works.
    await expect(run(made, true)).rejects.toThrow('make a new one');
    answer = {};
    expect(await run(made, true)).toMatchObject({ chunks: 0 });
    expect((await sql`select state, paused_why from source`.execute(db)).rows).toEqual([
      { state: 'active', paused_why: null },
    ]);
  });
});
