import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/alerts/common/channel.js';
import { alertsOf, alertsSchema } from '../../src/config/alerts.js';
import { alertNoticeKinds } from '../../src/core/alert.js';
import type { Notice } from '../../src/core/notice.js';
import { alertRound } from '../../src/jobs/alerts/round.js';
import { acknowledgeAlert, loadAlerts } from '../../src/store/alerts.js';
import type { Db } from '../../src/store/tables.js';
import { halflight, type Ran, temporaryFolder } from '../helpers/cli.js';
import { dayMs, push, setupOf, squidLine, testService } from '../jobs/helpers.js';
import { serverDatabases } from '../store/helpers/databases.js';

// 90 days of daily use through the whole service, on a real database; then what the commands say of it. Full size, as many people as a
// company has: ALERT_PEOPLE=500 vitest run test/cli/alert.test.ts

const people = Number(process.env.ALERT_PEOPLE ?? 5);
const days = 90;
const first = Date.UTC(2025, 2, 3, 12);
const newDatabase = serverDatabases();

let db: Db;
let url: string;
const folder = temporaryFolder();
beforeAll(async () => {
  ({ db, url } = await newDatabase('up to date'));
});

const rule = { id: 'new-vendor', kind: 'new-unapproved-vendor', remind: { every: '7d', times: 4 } };
const run = (...args: string[]): Promise<Ran> =>
  halflight(['alert', ...args], {
    cwd: folder,
    env: {
      DATABASE_URL: url,
      HALFLIGHT_DATA: join(folder, 'data'),
      HOOK: `whsec_${Buffer.alloc(32, 7).toString('base64')}`,
    },
  });
const configure = (rules: unknown[]): void =>
  writeFileSync(
    join(folder, 'halflight.yaml'),
    JSON.stringify({
      channels: [{ id: 'ops', kind: 'webhook', options: { url: 'https://hooks.example/x', secret: { env: 'HOOK' } } }],
      alerts: { rules },
    }),
  );

interface DryRun {
  facts: number;
  notices_total: number;
  by_rule: Record<string, Record<string, number>>;
  by_day: Record<string, Record<string, Record<string, number>>>;
  notices: { id: string; kind: string; channels: string[] }[];
  limits: string[];
}
const dryRun = async (...args: string[]): Promise<DryRun> => {
  const ran = await run('dry-run', '--json', ...args);
  expect(ran).toMatchObject({ code: 0, stderr: '' });
  return JSON.parse(ran.stdout) as DryRun;
};

describe('halflight alert', () => {
  const got: Notice[] = [];
  beforeAll(async () => {
    const channel: Channel = {
      title: 'ops',
      options: z.unknown(),
      send: async (notice) => {
        got.push(notice);
        return { outcome: 'sent' };
      },
      test: async () => [],
    };
    const service = await testService(db, {
      now: first,
      setup: setupOf({
        channels: [{ id: 'ops', kind: 'ops', options: {}, notices: alertNoticeKinds }],
        alerts: alertsOf(alertsSchema.parse({ rules: [rule] })),
      }),
      channels: new Map([['ops', channel]]),
    });
    for (let day = 0; day < days; day++) {
      service.clock.now = first + day * dayMs;
      const lines = Array.from({ length: people }, (_, n) =>
        squidLine('chat.example', `user${n}`, service.clock.now - n),
      );
      service.context.ring('ingest', String(await push(service, lines.join(''))));
      await service.answer();
      await alertRound(service.context);
      await service.answer();
    }
    // Somebody takes it a day later; nobody needs to hear of a second one.
    service.clock.now += dayMs;
    const [alert] = await loadAlerts(db);
    await acknowledgeAlert(db, { alert: alert?.id ?? '', who: 'cli:ada', why: 'I ask them.', at: service.clock.now });
    service.clock.now += 60_000;
    await alertRound(service.context);
    await service.answer();
  }, 300_000);

  it('90 days of use by all people was one alert: told once, reminded of four times, and taken', async () => {
    expect(got.map(({ kind }) => kind)).toEqual([
      'alert.opened',
      ...Array.from({ length: 4 }, () => 'alert.reminded'),
      'alert.acknowledged',
    ]);
    expect(new Set(got.map(({ id }) => id)).size).toBe(6);
    expect(got.map(({ at }) => Math.round((at - first) / dayMs))).toEqual([0, 7, 14, 21, 28, 90]);
  });

  it('list shows it, and the same as JSON', async () => {
    configure([rule]);
    const { code, stdout } = await run('list');
    expect(code).toBe(0);
    const [alert] = await loadAlerts(db);
    expect(stdout).toBe(
      [
        '2025-03-03 12:00Z  taken by cli:ada, warning, new-vendor, 6 notices',
        '    New: chat (chat Inc.) is in use, and nobody approved it',
        `    ${alert?.id}`,
        '',
      ].join('\n'),
    );
    const json = JSON.parse((await run('list', '--json')).stdout) as { alerts: object[] };
    expect(json.alerts).toMatchObject([{ id: alert?.id, state: 'acknowledged', acknowledgedWhy: 'I ask them.' }]);
  });

  it('dry-run of the rules that held tells the same notices as the service did, by their ids, and changes nothing', async () => {
    configure([rule]);
    const rows = async () =>
      (await db.selectFrom('alert_history').selectAll().orderBy('id').execute()).concat(
        (await db.selectFrom('outbox').selectAll().orderBy('id').execute()) as never[],
      );
    const before = await rows();
    const dry = await dryRun();
    expect(dry.notices.map(({ id, kind }) => [id, kind])).toEqual(got.map(({ id, kind }) => [id, kind]));
    expect(dry.notices.map(({ channels }) => channels)).toEqual(got.map(() => ['ops']));
    expect(dry.by_rule).toEqual({
      'new-vendor': { opened: 1, reminded: 4, escalated: 0, acknowledged: 1, resolved: 0 },
    });
    expect(await rows()).toEqual(before);
  });

  it('dry-run of other rules tells what these would have; the days that are asked for decide what is shown', async () => {
    configure([
      { ...rule, remind: { every: '1d', times: 3 } },
      { id: 'draw-only', kind: 'new-unapproved-vendor', when: { services: ['draw'] } },
    ]);
    const dry = await dryRun('--since', '2025-03-05', '--until', '2025-03-06');
    expect(dry.by_day).toEqual({
      '2025-03-05': { 'new-vendor': { opened: 0, reminded: 1, escalated: 0, acknowledged: 0, resolved: 0 } },
    });
    expect(dry.by_rule['draw-only']).toEqual({ opened: 0, reminded: 0, escalated: 0, acknowledged: 0, resolved: 0 });
    const { stdout } = await run('dry-run', '--until', '2025-04-01');
    expect(stdout).toContain('Nothing was told or changed.');
    expect(stdout.split('\n').filter((line) => line.length > 80)).toEqual([]);
    expect(stdout).toMatch(/^new-vendor +1 +3 +0 +0 +0$/m);
    expect(stdout).toMatch(/^2025-03-03 {2}new-vendor +1 +0 +0 +0 +0$/m);
    expect(stdout).toContain('What rules ask is kept since 2025-03-03.');
  });

  it('says what a wrong day is, and which order days have', async () => {
    configure([rule]);
    expect(await run('dry-run', '--since', '2025-02-30')).toMatchObject({ code: 2, stdout: '' });
    const ran = await run('dry-run', '--since', '2025-03-05', '--until', '2025-03-05');
    expect(ran).toMatchObject({ code: 2, stdout: '' });
    expect(ran.stderr).toContain('--since is a day that has begun, before --until');
  });
});
