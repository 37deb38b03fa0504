import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { Site, until } from '../kill/site.js';
import { Clock } from './clock.js';
import { Endpoint } from './endpoint.js';

// A whole service, killed at each of the places between what it decides to say and what is said; its clock alone is moved.

const minute = 60_000;
const hour = 60 * minute;

describe('what leaves the house, and kill -9', () => {
  const site = new Site({ kind: 'embedded' });
  const clock = new Clock(site.folder);
  const hook = new Endpoint('hook', () => clock.now, hour);
  beforeAll(async () => {
    await hook.open();
    site.configure({
      ports: [hook.port],
      channels: [
        {
          id: 'hook',
          kind: 'webhook',
          options: { url: `http://127.0.0.1:${hook.port}/`, secret: { env: 'HOOK_SECRET' } },
        },
      ],
      reports: [{ id: 'board', role: 'admin', schedule: '* * * * *', channels: ['hook'] }],
    });
    site.env = { ...clock.env, HOOK_SECRET: hook.secret };
    await site.prepare();
    await site.keepStarting('serve');
  });
  afterAll(async () => {
    await site.close();
    await hook.close();
  });

  const one = async (statement: string): Promise<Record<string, unknown>> => (await site.query(statement))[0] ?? {};
  /** Starts it so that it dies at a fault point, lets so much time go by, and waits for its death. */
  const dyingAt = async (point: string, ms: number): Promise<void> => {
    await site.processes.get('serve')?.kill();
    const victim = site.start('serve', { HALFLIGHT_FAULTS: `${point}=kill` });
    await victim.ready.catch(() => {});
    clock.move(ms);
    await until(`${point} is reached`, () => !victim.alive, 90_000);
    expect([(await victim.ended).signal, victim.stage]).toEqual(['SIGKILL', point]);
  };
  /** The database of a killed service lives until the next one has it. */
  const kept = (): Promise<Record<string, unknown>> =>
    one(`select (select count(*)::int from report) as reports,
           (select count(*)::int from outbox where notice->>'kind' = 'report.ready') as notices`);

  it('F7 a report, killed before it is kept and right after: none, and then one, told once', async () => {
    await dyingAt('report.before', minute);
    expect(await kept()).toEqual({ reports: 0, notices: 0 });
    await dyingAt('report.after', minute);
    expect(await kept()).toEqual({ reports: 1, notices: 1 });
  });

  it('F6 a notice, killed after the other side took it: it comes again under its id, and has one effect', async () => {
    const before = hook.deliveries;
    await dyingAt('send.after', minute);
    expect([hook.deliveries - before, hook.effects.size]).toEqual([1, 1]);
    const waiting = `select count(*)::int as n from outbox where state = 'pending'`;
    expect(await one(waiting)).toEqual({ n: 1 });
    await site.keepStarting('serve');
    await until('it is delivered', async () => (await one(waiting)).n === 0, 60_000);
    expect([hook.deliveries - before, hook.effects.size, hook.wrong]).toEqual([2, 1, []]);
    // The same slot and the next ones make no second report, and the log says that it was sent once.
    clock.move(minute);
    expect(await kept()).toEqual({ reports: 1, notices: 1 });
    expect(await one(`select count(*)::int as n from audit where action = 'notice.sent'`)).toEqual({ n: 1 });
  });

  it('F8 the checkpoint of an hour, killed before it is kept and before its file is: one root for each size, and each file is whole', async () => {
    // The command is killed at all four places in test/cli/audit.test.ts.
    for (const point of ['checkpoint.signed', 'checkpoint.kept']) await dyingAt(point, hour);
    await site.keepStarting('serve');
    const rows = `select epoch::text, size::int, root, note from audit_checkpoint order by id`;
    const before = (await site.query(rows)).length;
    clock.move(hour);
    await until('the next one is made', async () => (await site.query(rows)).length > before, 60_000);
    const folder = join(site.data, 'checkpoints');
    const notes = (): string[] =>
      (existsSync(folder) ? readdirSync(folder, { recursive: true, encoding: 'utf8' }) : [])
        .filter((name) => name.includes('.'))
        .map((name) => readFileSync(join(folder, name), 'utf8'));
    await until('all files are there', async () => notes().length === (await site.query(rows)).length, 60_000);
    const all = await site.query<{ epoch: string; size: number; root: string; note: string }>(rows);
    expect(all.length).toBeGreaterThan(1);
    expect(new Set(notes())).toEqual(new Set(all.map(({ note }) => note)));
    const roots = new Map<string, string>();
    for (const { epoch, size, root } of all) {
      expect(roots.get(`${epoch} ${size}`) ?? root).toBe(root);
      roots.set(`${epoch} ${size}`, root);
    }
  });
});
