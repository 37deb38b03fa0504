import { setTimeout as sleep } from 'node:timers/promises';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { until } from '../kill/site.js';
import { describeWithServers, TestSite } from './helpers/site.js';

describeWithServers('workers of their own', () => {
  const all = new TestSite('servers', 41);
  const { site } = all;
  beforeAll(() => all.start(['serve', 'schedule-1']));
  afterAll(() => all.close());

  it('F1 a worker killed between reading a log and keeping what it read loses no line and counts none twice', async () => {
    all.write(300);
    const victim = site.start('work-1', { HALFLIGHT_FAULTS: 'read=kill' });
    expect((await victim.ended).signal).toBe('SIGKILL');
    expect(await site.query(`select id from chunk where source = 'watched'`)).toEqual([]);
    await site.start('work-2').ready;
    expect(await all.wrong()).toEqual([]);
    await all.process('work-2').kill('SIGTERM');
  });

  it('F3 workers killed before their commit, at three points: another one repeats the chunks once their lease has ended', async () => {
    const points = ['work.claimed', 'work.scanned', 'commit.before'];
    const victims = points.map((point, i) => site.start(`work-${i + 3}`, { HALFLIGHT_FAULTS: `${point}=kill` }));
    await Promise.all(victims.map((victim) => victim.ready));
    // A chunk for each.
    for (const victim of victims) {
      if (!victim.alive) continue;
      while (victim.alive) {
        expect(await all.push(5)).toBe(202);
        await Promise.race([sleep(100), victim.ended]);
      }
    }
    for (const [i, victim] of victims.entries()) expect(victim.stage).toBe(points[i]);
    const leased = await site.query('select id from chunk where lease_owner is not null');
    expect(leased.length).toBeGreaterThanOrEqual(3);
    await site.start('work-6').ready;
    expect(await all.wrong()).toEqual([]);
    const repeated = await site.query(`select id from chunk where fence > 1 and state in ('done', 'split')`);
    expect(repeated.length).toBeGreaterThanOrEqual(leased.length);
    await all.process('work-6').kill('SIGTERM');
  });

  it('F4 a worker killed after its commit: the job is delivered again and changes nothing', async () => {
    const victim = site.start('work-7', { HALFLIGHT_FAULTS: 'commit.after=kill' });
    await victim.ready;
    expect(await all.push(20)).toBe(202);
    await victim.ended;
    expect(victim.stage).toBe('commit.after');
    const done = `select id::text, fence, scanned_at from chunk where state = 'done' order by id`;
    const before = await site.query<{ id: string }>(done);
    await site.start('work-8').ready;
    const last = before.at(-1)?.id ?? '';
    for (let i = 0; i < 5; i++) all.bell('ingest', last);
    await sleep(1000);
    expect(await all.wrong()).toEqual([]);
    expect(await site.query(done)).toEqual(before);
    await all.process('work-8').kill('SIGTERM');
  });

  it('F18 a worker that slept longer than its lease wakes up: its commit is refused, and its chunk was counted by another', async () => {
    const sleeper = site.start('work-9', { HALFLIGHT_FAULTS: 'commit.before=stall:3000' });
    await sleeper.ready;
    expect(await all.push(20)).toBe(202);
    await until('it is about to commit', () => sleeper.stage === 'commit.before');
    sleeper.signal('SIGSTOP');
    expect(await all.push(20)).toBe(202);
    const began = performance.now();
    await site.start('work-10').ready;
    expect(await all.wrong()).toEqual([]);
    expect(performance.now() - began).toBeLessThan(40_000);
    // It saw nothing of all this.
    sleeper.signal('SIGCONT');
    await until('its commit is refused', () => sleeper.log().includes('the lease was lost'));
    await until('it goes on', () => sleeper.log().includes('this process was taken for dead'));
    expect(await all.push(5)).toBe(202);
    expect(await all.wrong()).toEqual([]);
  });

  it('F20 of two schedulers one leads; when it dies with a slot noted and not rung, the other takes over and the slot runs once', async () => {
    await site.start('schedule-2').ready;
    const leads = (name: string): boolean => all.process(name).log().includes('this process schedules');
    // The serving process schedules too, and led until now.
    await all.process('serve').kill();
    await until('one leads', () => leads('schedule-1') || leads('schedule-2'));
    await sleep(2500);
    expect(leads('schedule-1') && leads('schedule-2')).toBe(false);
    // The leader dies; as if five slots were missed while nobody led, of which one is caught up with.
    await all.process('schedule-1').kill();
    await all.process('schedule-2').kill();
    await site.query(`delete from job_run where job = 'collect:timed'`);
    const [beginning] = await site.query<{ slot: number }>(
      `insert into job_run (job, slot, state) values ('collect:timed', $1, 'done') returning slot::int`,
      [Math.floor(Date.now() / 60_000) - 5],
    );
    const victim = site.start('schedule-3', { HALFLIGHT_FAULTS: 'schedule.noted=kill' });
    await victim.ended;
    expect(victim.stage).toBe('schedule.noted');
    const slots = `select slot::int, state, attempts from job_run where job = 'collect:timed' and slot > $1 order by slot`;
    const after = beginning?.slot ?? 0;
    expect(await site.query(slots, [after])).toMatchObject([{ state: 'queued' }]);
    await Promise.all(['schedule-4', 'schedule-5', 'work-11'].map((name) => site.start(name).ready));
    await until('somebody leads', () => leads('schedule-4') || leads('schedule-5'));
    expect(leads('schedule-4') && leads('schedule-5')).toBe(false);
    const undone = async (): Promise<number> =>
      (await site.query<{ state: string }>(slots, [after])).filter(({ state }) => state !== 'done').length;
    await until('the slot is done', async () => (await undone()) === 0, 40_000);
    const ran = await site.query<{ attempts: number }>(slots, [after]);
    // Another minute may have begun meanwhile: its slot is one more.
    expect(ran.length).toBeLessThanOrEqual(2);
    for (const { attempts } of ran) expect(attempts).toBe(1);
  });
});
