import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel, Delivery } from '../../src/alerts/common/channel.js';
import type { Notice } from '../../src/core/notice.js';
import type { InventoryEntry } from '../../src/core/register.js';
import { deliver } from '../../src/jobs/deliver.js';
import { checkSources } from '../../src/jobs/health.js';
import { silence, thinness } from '../../src/jobs/health-rules.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { recheck } from '../../src/jobs/recheck.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import { loadAudit } from '../../src/store/audit.js';
import { markDue } from '../../src/store/claims.js';
import { dueServices, loadFindingHistory, loadFindings, loadUse } from '../../src/store/findings.js';
import { addNotice } from '../../src/store/outbox.js';
import type { Db } from '../../src/store/tables.js';
import { random } from '../helpers/random.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, dumpAll, noon, push, services, setupOf, sourceOf, squidLine, testService } from './helpers.js';

const hourMs = 3_600_000;

describe('a source', () => {
  const day = Math.floor(noon / dayMs) * 24;
  /** So many records in every hour of the weeks before the last `quiet` hours. */
  const weekly = (perHour: number, quiet: number, recent = 0) =>
    Array.from({ length: 24 * 29 }, (_, back) => ({
      hour: day + 12 - 1 - back,
      received: back < quiet ? recent : perHour,
    }));
  const history = (hours: { hour: number; received: number }[], change: object) => ({
    now: noon,
    since: noon - 40 * dayMs,
    lastDataAt: undefined,
    expectEvery: undefined,
    hours,
    ...change,
  });

  it('is silent just after the silence that the configuration calls normal', () => {
    const at = (ms: number) => silence(history([], { expectEvery: hourMs, lastDataAt: noon - ms }));
    expect(at(hourMs)).toBeUndefined();
    expect(at(hourMs + 1)?.reason).toMatch(/^Nothing came for 60 minutes; 60 minutes without data is normal/);
    expect(silence(history([], { expectEvery: hourMs, since: noon - hourMs }))).toBeUndefined();
    expect(silence(history([], { expectEvery: hourMs, since: noon - 2 * hourMs }))).toBeDefined();
    // The clock went back: that is no silence.
    expect(silence(history([], { expectEvery: hourMs, lastDataAt: noon + dayMs }))).toBeUndefined();
  });

  it('is silent by its own history after six hours that had fifty records in earlier weeks', () => {
    const quiet = (hours: number, perHour: number) =>
      silence(history(weekly(perHour, hours), { lastDataAt: noon - (hours + 1) * hourMs }));
    expect(quiet(5, 100)).toBeUndefined();
    expect(quiet(6, 100)?.numbers).toEqual({ silent_hours: 7, usual_records: 600 });
    expect(quiet(6, 8)).toBeUndefined();
    expect(quiet(6, 9)?.numbers.usual_records).toBe(54);
  });

  it('stays silent for weeks', () => {
    for (const days of [2, 6, 7, 8, 15, 60]) {
      const quiet = days * 24;
      const hours = Array.from({ length: 24 * 29 + quiet }, (_, back) => ({
        hour: day + 11 - back,
        received: back < quiet ? 0 : 100,
      }));
      const from = noon - 120 * dayMs;
      expect(
        silence(history(hours, { since: from, lastDataAt: noon - (quiet + 1) * hourMs })),
        `${days}`,
      ).toBeDefined();
    }
  });

  it('is thin below a fifth of the same day of earlier weeks, where that had five hundred', () => {
    const now = (recent: number, perHour: number) => thinness(history(weekly(perHour, 24, recent), {}));
    expect(now(20, 100)).toBeUndefined();
    expect(now(19, 100)?.numbers).toEqual({ records: 24 * 19, usual_records: 2400 });
    expect(now(1, 20)).toBeUndefined();
    expect(now(1, 21)?.numbers).toEqual({ records: 24, usual_records: 504 });
    expect(now(0, 100)).toBeUndefined();
    // It was not there in earlier weeks.
    expect(thinness(history(weekly(100, 24, 1), { since: noon - 6 * dayMs }))).toBeUndefined();
  });
});

await describeOnDatabases('findings and news', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const signal = new AbortController().signal;
  /** A receiver that knows what it has had by its id, and answers as it is told. */
  const receiver = (answer: (notice: Notice, times: number) => Delivery) => {
    const got: string[] = [];
    const tries = new Map<string, number>();
    const channel: Channel = {
      title: 'Test',
      options: z.unknown(),
      send: async (notice) => {
        const times = (tries.get(notice.id) ?? 0) + 1;
        tries.set(notice.id, times);
        const delivery = answer(notice, times);
        if (delivery.outcome === 'sent' && !got.includes(notice.id)) got.push(notice.id);
        return delivery;
      },
      test: async () => [],
    };
    return { got, tries, channels: new Map([['hook', channel]]) };
  };
  const told = setupOf({
    channels: [
      {
        id: 'ops',
        kind: 'hook',
        options: {},
        notices: [
          'finding.opened',
          'finding.changed',
          'finding.resolved',
          'finding.reopened',
          'source.silent',
          'source.back',
        ],
      },
    ],
  });
  const entry = (change: Partial<InventoryEntry>): InventoryEntry => ({
    id: 'chat-entry',
    name: 'Chat',
    services: ['chat'],
    workspaces: [],
    allowed_account: 'any',
    allowed_groups: [],
    allowed_data_classes: [],
    approvers: [],
    integration_points: [],
    tools: [],
    systems_reached: [],
    data_categories: [],
    sensitive_sources: {},
    prompt_templates: [],
    status: 'approved',
    conditions: [],
    ...change,
  });

  it('a finding opens, is resolved by a decision without reading a log, and reopens when the decision goes', async () => {
    const { channels, got } = receiver(() => ({ outcome: 'sent' }));
    const made = await testService(db, { setup: told, channels });
    await syncRegisters(made.context, { people: undefined, inventory: [] });
    const id = await push(made, squidLine('chat.example'));
    await ingest(made.context, id);
    await made.answer();
    const [first] = await loadFindings(db);
    expect(first).toMatchObject({ id: 'chat/unknown', state: 'open', verdict: 'unregistered', events: 1 });
    // The bytes are gone: nothing can be read again.
    await sql`delete from chunk_input`.execute(db);
    for (const [inventory, state, verdict] of [
      [[entry({ approval_date: '2026-01-01' })], 'resolved', 'sanctioned'],
      [[entry({ status: 'denied' })], 'open', 'denied'],
      [[], 'open', 'unregistered'],
    ] as const) {
      made.clock.now += 60_000;
      await syncRegisters(made.context, { people: undefined, inventory });
      await made.answer();
      expect((await loadFindings(db))[0]).toMatchObject({ state, verdict });
    }
    const history = await loadFindingHistory(db, 'chat/unknown');
    expect(history.map((step) => step.kind)).toEqual(['opened', 'resolved', 'reopened', 'changed']);
    expect(history[0]?.chunkId).toBe(id);
    expect(got).toHaveLength(4);
    const changes = (await loadAudit(db)).filter(({ action }) => action === 'register.changed');
    expect(changes.map((row) => row.subject)).toEqual(['inventory', 'catalog', 'inventory', 'inventory', 'inventory']);
    // The same files again are no news.
    const before = await dumpAll(db);
    await syncRegisters(made.context, { people: undefined, inventory: [] });
    expect(await dumpAll(db)).toEqual(before);
  });

  it('days pass without data: what nobody uses any more is resolved, and use after the end of an exception is lapsed', async () => {
    const made = await testService(db);
    const exception = { until: '2026-10-20', controls: ['no customer data'] };
    await syncRegisters(made.context, { people: undefined, inventory: [entry({ status: 'in-review', exception })] });
    await ingest(made.context, await push(made, squidLine('chat.example') + squidLine('draw.example')));
    await made.answer();
    const states = async (): Promise<unknown> =>
      (await loadFindings(db)).map(({ id, state, verdict }) => [id, state, verdict]);
    expect(await states()).toEqual([
      ['chat/unknown', 'watched', 'excepted'],
      ['draw/unknown', 'open', 'unregistered'],
    ]);
    const wait = async (days: number): Promise<void> => {
      made.clock.now = noon + days * dayMs;
      expect(await recheck(made.context)).toBe('2 services to look at');
      await made.answer();
    };
    await wait(14);
    expect(await states()).toEqual([
      ['chat/unknown', 'watched', 'excepted'],
      ['draw/unknown', 'open', 'unregistered'],
    ]);
    await wait(29);
    expect(await states()).toContainEqual(['draw/unknown', 'open', 'unregistered']);
    await wait(31);
    expect(await states()).toEqual([
      ['chat/unknown', 'watched', 'excepted'],
      ['draw/unknown', 'resolved', 'unregistered'],
    ]);
    made.clock.now += 60_000;
    await ingest(made.context, await push(made, squidLine('chat.example', 'ada', noon + 17 * dayMs)));
    await made.answer();
    expect(await states()).toContainEqual(['chat/unknown', 'open', 'lapsed']);
  });

  it('undated use counts from when it came, beside dated use', async () => {
    const made = await testService(db);
    const insert = (day: string, account: string, received: number) =>
      sql`
      insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence, events, attempts,
        bytes_out, bytes_in, received_at) values (${day}, 'chat', 'user', 'ada', '', 'proxy', ${account}, 'visit', 'high', 2, 0, 0, 0, ${received})`.execute(
        db,
      );
    await insert('2026-10-05', 'unknown', noon);
    await insert('-infinity', 'personal', noon - dayMs);
    await insert('-infinity', 'enterprise', noon - 100 * dayMs);
    await sql`insert into usage_day (day, service, source, account_kind, strength, events, attempts, bytes_out, bytes_in, received_at)
      values ('2026-10-05', 'chat', 'proxy', 'unknown', 'visit', 2, 0, 0, 0, ${noon})`.execute(db);
    await markDue(db, ['chat'], noon, null);
    made.rings.push({ kind: 'reconcile', id: 'due', options: undefined });
    await made.answer();
    expect((await loadFindings(db)).map(({ id, state }) => [id, state])).toEqual([
      ['chat/personal', 'open'],
      ['chat/unknown', 'open'],
    ]);
  });

  it('of very much use the sums, the people and the days stay exact', async () => {
    await sql`
      insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence, events, attempts,
        bytes_out, bytes_in, received_at, first, last)
      select date '2026-09-01' + d, 'chat', 'person', 'p' || p, 'g' || p % 3, 'proxy', 'unknown', 'visit', 'high', 1, 0, 10, 1, 1, d, d
      from generate_series(0, 19) d, generate_series(1, 30) p where (d + p) % 2 = 0`.execute(db);
    const range = { from: '2026-09-01', to: '2026-09-20', receivedSince: 0 };
    const [exact, less] = [await loadUse(db, ['chat'], range), await loadUse(db, ['chat'], range, 100)];
    const of = (rows: typeof exact) => ({
      events: rows.reduce((sum, row) => sum + row.events, 0),
      bytes: rows.reduce((sum, row) => sum + row.bytesOut, 0),
      people: new Set(rows.map((row) => row.actor.id)).size,
      days: new Set(rows.map((row) => row.day)).size,
      first: Math.min(...rows.map((row) => row.first ?? 99)),
    });
    expect(exact).toHaveLength(300);
    expect(less.length).toBeLessThan(100);
    expect(of(less)).toEqual(of(exact));
    expect(of(exact)).toEqual({ events: 300, bytes: 3000, people: 30, days: 20, first: 0 });
  });

  it('services that have no finding yet are looked at first, decisions before them, then the longest waiting', async () => {
    const made = await testService(db);
    await ingest(made.context, await push(made, squidLine('chat.example')));
    await made.answer();
    for (const [name, at, chunk] of [
      ['chat', 1, 1],
      ['new-b', 3, 1],
      ['new-a', 2, 1],
      ['decided', 9, null],
    ] as const)
      await markDue(db, [name], at, chunk);
    expect((await dueServices(db, 10)).map(({ service }) => service)).toEqual(['decided', 'new-a', 'new-b', 'chat']);
  });

  it('F6 news of one subject come in their order and once each, however often their delivery fails or its outcome is lost', async () => {
    const roll = random(8);
    const { channels, got } = receiver((_notice, times) =>
      times < 3 && roll() < 0.5
        ? { outcome: 'retry', why: 'busy', ...(roll() < 0.5 && { afterSeconds: 30 }) }
        : { outcome: 'sent' },
    );
    const made = await testService(db, { setup: told, channels });
    const notice = (n: number): Notice => ({
      id: `n${n}`,
      kind: 'finding.changed',
      at: noon,
      title: 't',
      text: 'a \\u0000 b \u0000 \ud800 c',
      subject: `s${n % 4}`,
      severity: 'info',
      details: {},
    });
    for (let n = 0; n < 40; n++) {
      await addNotice(db, notice(n), ['ops'], noon);
      await addNotice(db, notice(n), ['ops'], noon);
    }
    const { listenToFaults } = await import('../../src/core/fault.js');
    try {
      for (let round = 0; round < 200 && got.length < 40; round++) {
        // Killed after it was sent and before that was kept: the receiver gets it again.
        listenToFaults((point) => {
          if (point === 'send.after' && roll() < 0.2) throw new Error('killed');
        });
        await deliver(made.context, signal).catch(() => {});
        await sql`update outbox set lease_owner = null`.execute(db);
        made.clock.now += 60_000;
      }
    } finally {
      listenToFaults(undefined);
    }
    await deliver(made.context, signal);
    for (let subject = 0; subject < 4; subject++)
      expect(got.filter((id) => Number(id.slice(1)) % 4 === subject)).toEqual(
        Array.from({ length: 10 }, (_, n) => `n${n * 4 + subject}`),
      );
    const { rows } =
      await sql`select state, count(*)::int as n, max(notice->>'text') as text from outbox group by 1`.execute(db);
    expect(rows).toEqual([{ state: 'sent', n: 40, text: 'a \\u0000 b \ufffd \ufffd c' }]);
  });

  it('a delivery that fails waits longer each time, holds up its own subject alone, and is refused once and for all', async () => {
    let refuse = false;
    const { channels, got, tries } = receiver(({ id }) =>
      id !== 'bad'
        ? { outcome: 'sent' }
        : refuse
          ? { outcome: 'refused', why: 'gone' }
          : { outcome: 'retry', why: 'down' },
    );
    const made = await testService(db, { setup: told, channels });
    const notice = (id: string, subject: string): Notice => ({
      ...{ id, subject, kind: 'test', at: noon, title: '', text: '', severity: 'info', details: {} },
    });
    for (const [id, subject] of [
      ['bad', 'a'],
      ['behind', 'a'],
      ['other', 'b'],
    ] as const)
      await addNotice(db, notice(id, subject), ['ops'], noon);
    const waits: number[] = [];
    for (let n = 0; n < 12; n++) {
      await deliver(made.context, signal);
      const ring = made.rings.at(-1);
      expect(tries.get('bad')).toBe(n + 1);
      waits.push(ring?.options?.delay ?? 0);
      made.clock.now += ring?.options?.delay ?? 0;
    }
    expect(got).toEqual(['other']);
    for (const [n, wait] of waits.entries()) {
      const doubled = Math.min(3_600_000, 5000 * 2 ** n);
      expect(wait).toBeGreaterThanOrEqual(doubled / 2);
      expect(wait).toBeLessThanOrEqual(doubled);
    }
    refuse = true;
    await deliver(made.context, signal);
    expect(got).toEqual(['other', 'behind']);
    const { rows } = await sql`select notice_id, state, why from outbox order by id`.execute(db);
    expect(rows[0]).toEqual({ notice_id: 'bad', state: 'refused', why: 'gone' });
  });

  it('a source that falls silent is told once, and once that it speaks again', async () => {
    const { channels, got } = receiver(() => ({ outcome: 'sent' }));
    const sources = [sourceOf('proxy', { expectEvery: hourMs }), sourceOf('calm')];
    const made = await testService(db, { setup: { ...told, sources }, channels });
    await ingest(made.context, await push(made, squidLine('news.example')));
    const look = async (at: number): Promise<unknown> => {
      made.clock.now = at;
      await checkSources(made.context);
      await made.answer();
      return (await sql`select source, kind, state, times from source_finding order by 1`.execute(db)).rows;
    };
    expect(await look(noon + hourMs)).toEqual([]);
    const open = [{ source: 'proxy', kind: 'silent', state: 'open', times: 1 }];
    expect(await look(noon + 2 * hourMs)).toEqual(open);
    expect(await look(noon + 3 * hourMs)).toEqual(open);
    await ingest(made.context, await push(made, squidLine('news.example')));
    expect(await look(noon + 3 * hourMs + 1)).toEqual([{ ...open[0], state: 'resolved' }]);
    expect(await look(noon + 9 * hourMs)).toEqual([{ ...open[0], times: 2 }]);
    expect(got).toHaveLength(3);
  });

  it('another catalog has only the services looked at again of which it says something else', async () => {
    const made = await testService(db);
    await syncRegisters(made.context, { people: undefined, inventory: undefined });
    await ingest(made.context, await push(made, squidLine('chat.example') + squidLine('draw.example')));
    await made.answer();
    expect(await dueServices(db, 9)).toEqual([]);
    const [chat, draw] = services;
    if (chat === undefined || draw === undefined) throw new Error('two services are needed');
    const next = await testService(db, { services: [chat, { ...draw, category: 'video' }] });
    await syncRegisters(next.context, { people: undefined, inventory: undefined });
    expect((await dueServices(db, 9)).map(({ service, urgent }) => [service, urgent])).toEqual([['draw', true]]);
  });
});
