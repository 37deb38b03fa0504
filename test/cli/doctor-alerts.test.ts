import { describe, expect, it } from 'vitest';
import { checkRules } from '../../src/cli/common/doctor/alerts.js';
import { checkDeliveries } from '../../src/cli/common/doctor/recipients.js';
import { alertsOf, alertsSchema } from '../../src/config/alerts.js';
import type { Check } from '../../src/core/check.js';
import type { Notice } from '../../src/core/notice.js';
import { registerInstance } from '../../src/store/instances.js';
import { addNotice, settleDelivery, takeDeliveries } from '../../src/store/outbox.js';
import { oneDatabase } from '../api/helpers/database.js';
import { aNotice } from '../contracts/channel.js';
import { halflight, temporaryFolder, writeFiles } from '../helpers/cli.js';

const channels = [
  { id: 'mail', kind: 'email', options: {}, notices: ['alert.opened'] },
  { id: 'siem', kind: 'syslog', options: {}, notices: ['finding.opened'] },
] as const;
const lines = (written: unknown, zone = 'Europe/Berlin', now = Date.UTC(2026, 9, 24, 23)) =>
  checkRules({ alerts: alertsOf(alertsSchema.parse(written)), channels, zone }, true, now).map(
    ({ name, outcome, found }) => `${outcome} ${name}: ${found}`,
  );

describe('doctor shows rules, channels, schedules and recipients', () => {
  it('each rule with what it looks for, whom it tells, and its quiet hours by the clock of the zone', () => {
    const night = [{ from: '20:00', to: '07:00' }];
    expect(
      lines({
        sensitive_groups: ['Legal'],
        quiet_hours: night,
        rules: [
          {
            id: 'vendors',
            kind: 'new-unapproved-vendor',
            when: { services: ['a', 'b', 'c', 'd', 'e', 'f'], people: 3 },
            group: { wait: '1m', within: '10m' },
            remind: { every: '7d', times: 4 },
            escalate: [{ after: '2d', channels: ['mail'] }],
            silenced_by: ['legal'],
            resolved: false,
          },
          { id: 'legal', kind: 'sensitive-group', severity: 'high' },
          { id: 'nobody', kind: 'silent-source', channels: ['siem'], quiet_hours: [] },
        ],
      }),
    ).toEqual([
      'ok alerts: 3 rules of the configuration',
      // The night in which summer time ends is an hour longer.
      'ok alert rule vendors: new-unapproved-vendor, warning; tells mail; services a, b, c, d, e and 1 more; people 3; quiet daily 20:00 to 07:00 (Europe/Berlin); quiet now, until 2026-10-25 07:00; the first waits 1m for others; further ones of 10m as one; silenced by legal; reminds every 7d, 4 times at most; after 2d also mail; its end is not told',
      'ok alert rule legal: sensitive-group, high; tells mail; groups Legal',
      'warning alert rule nobody: silent-source, warning; tells nobody',
    ]);
    expect(lines({ rules: [] })).toEqual(['ok alerts: off: the configuration has an empty list of rules']);
  });

  it('one warning where no channel takes alerts, and the rules that hold where none are written', async () => {
    const folder = temporaryFolder();
    const config = {
      data: `${folder}/data`,
      server: { port: 0 },
      channels: [
        {
          id: 'mail',
          kind: 'email',
          notices: [],
          options: { host: '127.0.0.1', port: 9, tls: 'none', from: 'a@acme.example', to: ['soc@acme.example'] },
        },
      ],
      reports: [
        { id: 'board', role: 'admin', channels: ['mail'], recipients: ['cfo@acme.example'], schedule: 'monthly' },
      ],
    };
    writeFiles(folder, { 'halflight.yaml': JSON.stringify(config) });
    const { stdout } = await halflight(['doctor', '--json'], { cwd: folder });
    const { checks } = JSON.parse(stdout) as { checks: Check[] };
    const found = new Map(checks.map((check) => [check.name, check]));
    expect(found.get('alerts')).toMatchObject({
      outcome: 'warning',
      found: '5 rules that hold where none are written, and no channel takes alerts: nobody is told',
    });
    expect(found.get('alert rule denied')?.found).toBe('denied-in-use, high; tells nobody');
    expect(found.get('route of mail')?.found).toBe('email to soc@acme.example; no notices of its own');
    expect(found.get('report board')?.found).toBe(
      'admin, monthly (UTC), about the last month; by mail to cfo@acme.example; mail, pdf',
    );
    expect(found.get('nudges')?.found).toBe('off: nobody is written to');
  }, 60_000);
});

describe('doctor shows how deliveries went', () => {
  const db = oneDatabase();

  it('of each channel: last sent, what waits, why the last try failed', async () => {
    const now = 1_790_000_000_000;
    const owner = await registerInstance(db(), 'test', '0', now);
    const put = async (id: string, channel: string, kind = 'alert.opened'): Promise<void> => {
      const notice: Notice = { ...aNotice, id, kind, subject: id };
      await addNotice(db(), notice, [channel], now);
    };
    const settle = async (channel: string, outcome: Parameters<typeof settleDelivery>[3]): Promise<void> => {
      for (const item of await takeDeliveries(db(), { channel, owner, now, limit: 10 }))
        await settleDelivery(db(), item.id, owner, outcome);
    };
    await put('n1', 'good');
    await settle('good', { state: 'sent', now: now - 300_000 });
    await put('n2', 'good', 'nudge');
    await settle('good', { nextAt: now + 60_000, why: 'not at this hour' });
    await put('n3', 'down');
    await settle('down', { nextAt: now + 60_000, why: 'smtp.acme.example answered 451: it cannot take it now.' });
    await put('n4', 'wrong');
    await settle('wrong', { state: 'refused', why: 'hooks answered 404.', now: now - 600_000 });
    const checks = await checkDeliveries(db(), ['good', 'down', 'wrong', 'new'], now);
    expect(checks.map(({ name, outcome, found }) => `${outcome} ${name}: ${found}`)).toEqual([
      'ok deliveries of good: last sent 5 min ago; 1 wait',
      'failed deliveries of down: 1 could not be delivered: smtp.acme.example answered 451: it cannot take it now. nothing was sent yet; 1 wait',
      'warning deliveries of wrong: nothing was sent yet; 0 wait; last refused 10 min ago: hooks answered 404.',
      'ok deliveries of new: nothing was to be sent yet',
    ]);
  });
});
