import { sql } from 'kysely';
import { beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { Lives } from '../../src/jobs/lives.js';
import { retention } from '../../src/jobs/retention.js';
import { Leader, schedule } from '../../src/jobs/schedule.js';
import { cronSlots } from '../../src/jobs/slots.js';
import { appendAudit, loadAudit, verifyAudit } from '../../src/store/audit.js';
import { claimChunk, undoneChunks } from '../../src/store/claims.js';
import { exclusively, runSlot, unfinishedSlots } from '../../src/store/job-runs.js';
import type { Db } from '../../src/store/tables.js';
import { random } from '../helpers/random.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, push, setupOf, sourceOf, testService } from './helpers.js';

const minute = 60_000;

describe('the slots of a cron expression', () => {
  /** Runs a clock over some days, a look a minute, and gives how often each slot was seen. */
  const run = (expression: string, zone: string, from: number, days: number): Map<number, number> => {
    const slots = cronSlots(expression, zone);
    const seen = new Map<number, number>();
    const known = new Set<number>();
    let last = slots.at(from);
    for (let now = from + minute; now < from + days * dayMs; now += minute) {
      const at = slots.at(now);
      for (const slot of slots.between(last, at)) {
        // As the database does: a slot is run once.
        if (!known.has(slot)) seen.set(slot, (seen.get(slot) ?? 0) + 1);
        known.add(slot);
      }
      last = at;
    }
    return seen;
  };

  // 2026: Berlin 29 March 02:00 -> 03:00 and 25 October 03:00 -> 02:00; New York 8 March and 1 November, both at 02:00.
  for (const [zone, day] of [
    ['Europe/Berlin', '2026-03-29'],
    ['Europe/Berlin', '2026-10-25'],
    ['America/New_York', '2026-03-08'],
    ['America/New_York', '2026-11-01'],
  ] as const) {
    const from = Date.parse(`${day}T12:00:00Z`) - 2 * dayMs;
    it(`F17 at a fixed hour come once a day when clocks change in ${zone} on ${day}`, () => {
      for (const time of ['30 2', '10 3', '0 0', '59 23', '30 1', '0 3'])
        expect([...run(`${time} * * *`, zone, from, 4).values()], time).toEqual([1, 1, 1, 1]);
    });
    it(`F17 of every quarter of an hour come by real time when clocks change in ${zone} on ${day}`, () => {
      const slots = [...run('*/15 * * * *', zone, from, 4).keys()];
      expect(slots).toHaveLength(4 * 96 - 1);
      for (const [n, slot] of slots.entries()) if (n > 0) expect(slot - (slots[n - 1] ?? 0)).toBe(15);
    });
  }
});

await describeOnDatabases('the schedule', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const daily = setupOf({
    zone: 'Europe/Berlin',
    sources: [sourceOf('logs', { kind: 'folder', role: 'collector', schedule: '0 2 * * *' })],
  });
  const slotsOf = async (job: string): Promise<number[]> =>
    (await sql<{ slot: number }>`select slot from job_run where job = ${job} order by slot`.execute(db)).rows.map(
      (row) => row.slot,
    );
  const dayOfSlot = (slot: number): string => new Date(slot * minute).toISOString().slice(0, 16);

  it('F17 clocks that jump a day or ten years, either way, skip no slot and run none twice', async () => {
    const made = await testService(db, { setup: daily });
    const leader = new Leader(made.context, async () => {});
    const tick = async (at: string): Promise<void> => {
      made.clock.now = Date.parse(at);
      await leader.tick();
    };
    await tick('2026-10-01T12:00:00Z');
    for (const at of ['2026-10-02T12:00:00Z', '2026-10-01T12:00:00Z', '2026-10-02T11:00:00Z', '2026-10-03T12:00:00Z'])
      await tick(at);
    await tick('2036-10-03T12:00:00Z');
    await tick('2026-10-03T12:01:00Z');
    await tick('2016-10-03T12:00:00Z');
    await tick('2026-10-04T12:00:00Z');
    await tick('2026-10-05T12:00:00Z');
    const slots = (await slotsOf('collect:logs')).map(dayOfSlot).filter((day) => day.startsWith('2026'));
    expect(slots).toEqual(['01', '02', '03', '04', '05'].map((day) => `2026-10-${day}T02:00`));
    const rung = made.rings.filter(({ id }) => id.startsWith('collect:logs@')).map(({ id }) => id);
    expect(new Set(rung).size).toBe(rung.length);
  });

  it('F17 the audit log is in the order of its numbers, whatever the clock says', async () => {
    const roll = random(1);
    for (let n = 0; n < 30; n++)
      await appendAudit(db, {
        at: noon + Math.round((roll() - 0.5) * 20 * 365 * dayMs),
        who: 'service',
        action: 'test.done',
        subject: String(n),
        details: {},
      });
    expect((await loadAudit(db)).map((row) => row.subject)).toEqual(Array.from({ length: 30 }, (_, n) => String(n)));
    expect(await verifyAudit(db)).toMatchObject({ records: 30, badSeq: undefined });
  });

  it('F17 and F3 leases go by a clock that never jumps: a dead process is seen after ten seconds, a live one never', async () => {
    const clock = { wall: noon, steady: 0 };
    const made = await testService(db);
    const life = (name: string): Lives =>
      new Lives({ db, log: made.context.log, now: () => clock.wall }, name, '0', () => clock.steady);
    const [dead, alive, watcher] = [life('dead'), life('alive'), life('watcher')];
    for (const each of [dead, alive, watcher]) await each.begin();
    const id = await push(made, 'x');
    expect(await claimChunk(db, id, dead.id, noon)).toMatchObject({ attempts: 0 });
    const freed: number[] = [];
    const [deadId, aliveId] = [dead.id, alive.id];
    for (const [steady, jump] of [
      [0, 0],
      [2000, dayMs],
      [4000, -dayMs],
      [6000, 3650 * dayMs],
      [8000, -3650 * dayMs],
      [9900, 0],
    ] as const) {
      [clock.steady, clock.wall] = [steady, noon + jump];
      await alive.once(() => {});
      await watcher.once((chunks) => void freed.push(...chunks));
      expect(freed).toEqual([]);
    }
    clock.steady = 10_000;
    await alive.once((chunks) => void freed.push(...chunks));
    await watcher.once((chunks) => void freed.push(...chunks));
    expect(freed).toEqual([id]);
    const { rows } = await sql<{ id: string }>`select id from instance`.execute(db);
    expect(rows.map((row) => row.id)).toContain(aliveId);
    expect(rows.map((row) => row.id)).not.toContain(deadId);
    // Frozen and awake again: it goes on under another id, and its old lease is gone.
    await dead.once(() => {});
    expect(dead.id).not.toBe(deadId);
    expect(await undoneChunks(db, noon, 5)).toEqual([id]);
  });

  it('F20 two leaders, and leaders that die at each step of a tick: every slot is run exactly once', async () => {
    const made = await testService(db, { setup: daily });
    const ran = new Map<number, number>();
    const work = async (): Promise<void> => {
      for (const { job, slot } of await unfinishedSlots(db)) {
        if (job !== 'collect:logs') continue;
        const outcome = await runSlot(
          db,
          { job, slot },
          async () => {
            ran.set(slot, (ran.get(slot) ?? 0) + 1);
            return 'done';
          },
          () => made.clock.now,
        );
        expect(['done', 'skipped']).toContain(outcome);
      }
    };
    made.clock.now = Date.parse('2026-01-01T12:00:00Z');
    await new Leader(made.context, async () => {}).tick();
    const roll = random(20);
    const { listenToFaults } = await import('../../src/core/fault.js');
    try {
      for (let day = 1; day <= 60; day++) {
        made.clock.now = Date.parse('2026-01-01T12:00:00Z') + day * dayMs;
        const dieAt = ['schedule.tick', 'schedule.noted', ''][Math.floor(roll() * 3)];
        listenToFaults((point) => {
          if (point === dieAt) throw new Error('the leader dies');
        });
        await new Leader(made.context, async () => {}).tick().catch(() => {});
        listenToFaults(undefined);
        // Two that both believe they lead.
        await Promise.all([1, 2].map(() => new Leader(made.context, async () => {}).tick()));
        await Promise.all([work(), work()]);
      }
    } finally {
      listenToFaults(undefined);
    }
    await work();
    expect(ran.size).toBe(60);
    expect([...ran.values()].every((times) => times === 1)).toBe(true);
  });

  it('F20 what was missed while nobody led is made up for once, the first start with nothing', async () => {
    const made = await testService(db, { setup: daily });
    made.clock.now = Date.parse('2026-02-01T12:00:00Z');
    await new Leader(made.context, async () => {}).tick();
    expect(await unfinishedSlots(db)).toEqual([]);
    made.clock.now = Date.parse('2026-02-11T12:00:00Z');
    for (let again = 0; again < 3; again++) await new Leader(made.context, async () => {}).tick();
    const due = (await unfinishedSlots(db)).filter(({ job }) => job === 'collect:logs');
    expect(due.map(({ slot }) => dayOfSlot(slot))).toEqual(['2026-02-11T02:00']);
  });

  it('F20 one leads at a time; when it stops another takes over', async () => {
    const leading: string[] = [];
    const [first, second] = [new AbortController(), new AbortController()];
    const start = async (name: string, { signal }: AbortController): Promise<void> => {
      const made = await testService(db, { setup: daily });
      await schedule(made.context, signal, async (round) => {
        if (round === 'sweep') leading.push(name);
      });
    };
    const one = start('one', first);
    await expect.poll(() => leading, { timeout: 20_000 }).toEqual(['one']);
    const two = start('two', second);
    await new Promise((resolve) => setTimeout(resolve, 2500));
    expect(leading).toEqual(['one']);
    first.abort();
    await one;
    await expect.poll(() => leading, { timeout: 20_000 }).toEqual(['one', 'two']);
    second.abort();
    await two;
  });

  it('a task that fails is tried five times, and a slot that is done is not run again', async () => {
    const slot = { job: 'collect:logs', slot: 5 };
    await sql`insert into job_run (job, slot, state) values ('collect:logs', 5, 'queued')`.execute(db);
    const fail = async (): Promise<string> => {
      throw new Error('the server was away');
    };
    for (let n = 0; n < 5; n++) await expect(runSlot(db, slot, fail, () => noon)).rejects.toThrow('away');
    expect(await runSlot(db, slot, fail, () => noon)).toBe('skipped');
    const { rows } = await sql`select state, attempts, outcome from job_run`.execute(db);
    expect(rows).toEqual([{ state: 'failed', attempts: 5, outcome: 'the server was away' }]);
    expect(await exclusively(db, 'x', () => exclusively(db, 'x', async () => 1))).toEqual({
      ran: true,
      value: { ran: false },
    });
  });

  it('a task whose database goes away is tried again however often that happens', async () => {
    await sql`insert into job_run (job, slot, state) values ('collect:logs', 6, 'queued')`.execute(db);
    const slot = { job: 'collect:logs', slot: 6 };
    const fail = async (): Promise<string> => {
      throw Object.assign(new Error('terminating connection due to administrator command'), { code: '57P01' });
    };
    for (let n = 0; n < 8; n++) await expect(runSlot(db, slot, fail, () => noon)).rejects.toThrow('terminating');
    expect(
      await runSlot(
        db,
        slot,
        async () => 'two chunks',
        () => noon,
      ),
    ).toBe('done');
  });

  it('retention says in the audit log what it deleted, and nothing where it deleted nothing', async () => {
    const made = await testService(db, { setup: setupOf({ retention: { ...setupOf().retention, usage: dayMs } }) });
    expect(await retention(made.context)).toBe('0 rows deleted');
    expect(await loadAudit(db)).toEqual([]);
    await sql`insert into push_key (source, key, at) values ('proxy', 'k', 1)`.execute(db);
    expect(await retention(made.context)).toBe('1 rows deleted');
    expect((await loadAudit(db)).map((row) => [row.action, row.details])).toEqual([
      ['retention.applied', '{"deleted":{"push_key":1}}'],
    ]);
  });
});
