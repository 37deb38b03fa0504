import { beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/alerts/common/channel.js';
import { type AlertsConfig, alertsOf, alertsSchema } from '../../src/config/alerts.js';
import { acknowledgeKeyOf, readAcknowledgeToken } from '../../src/core/acknowledge-link.js';
import { alertNoticeKinds } from '../../src/core/alert.js';
import type { Notice } from '../../src/core/notice.js';
import { alertRound } from '../../src/jobs/alerts/round.js';
import { acknowledgeLinked, loadAlertHistory, loadAlerts } from '../../src/store/alerts.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, noon, push, setupOf, squidLine, testService } from './helpers.js';

const acknowledgeKey = acknowledgeKeyOf(Buffer.alloc(32, 7));
const alerts = (rules: unknown[]): AlertsConfig => alertsOf(alertsSchema.parse({ rules }));

await describeOnDatabases('alerts', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  /** A service with two channels that keep what they get. */
  async function alerting(rules: unknown[], change: object = {}) {
    const got: { channel: string; notice: Notice }[] = [];
    const links: (string | undefined)[] = [];
    const channel = (id: string): Channel => ({
      title: id,
      options: z.unknown(),
      send: async (notice, _, { acknowledgeUrl }) => {
        got.push({ channel: id, notice });
        links.push(acknowledgeUrl);
        return { outcome: 'sent' };
      },
      test: async () => [],
    });
    const setup = setupOf({
      channels: ['ops', 'boss'].map((id) => ({ id, kind: id, options: {}, notices: alertNoticeKinds })),
      alerts: alerts(rules),
      ...change,
    });
    const channels = new Map([
      ['ops', channel('ops')],
      ['boss', channel('boss')],
    ]);
    return { got, links, setup, service: await testService(db, { setup, channels, acknowledgeKey }) };
  }

  it('a new vendor in a log line is one notice on each channel, and no other one a minute later', async () => {
    const { got, service } = await alerting([{ id: 'new-vendor', kind: 'new-unapproved-vendor' }]);
    service.context.ring('ingest', String(await push(service, squidLine('chat.example'))));
    await service.answer();
    // Channels do not wait for each other: which is first does not matter.
    expect(
      got
        .map(({ channel, notice }) => [channel, notice.kind, notice.title])
        .sort(([a], [b]) => (a ?? '').localeCompare(b ?? '')),
    ).toEqual([
      ['boss', 'alert.opened', 'New: chat (chat Inc.) is in use, and nobody approved it'],
      ['ops', 'alert.opened', 'New: chat (chat Inc.) is in use, and nobody approved it'],
    ]);
    service.clock.now = noon + 60_000;
    await alertRound(service.context);
    await service.answer();
    expect(got).toHaveLength(2);
    const [alert] = await loadAlerts(db);
    expect(alert).toMatchObject({ state: 'open', service: 'chat', times: 1, notices: 1, channels: ['ops', 'boss'] });
    expect((await loadAlertHistory(db, alert?.id ?? '')).map(({ kind }) => kind)).toEqual(['opened', 'told']);
  });

  it('the link of a message ends reminders and escalation, and those told are told who has it', async () => {
    const { got, links, service } = await alerting(
      [
        {
          id: 'new-vendor',
          kind: 'new-unapproved-vendor',
          channels: ['ops'],
          remind: { every: '1h' },
          escalate: [{ after: '2h', channels: ['boss'] }],
        },
      ],
      { publicUrl: 'https://halflight.example' },
    );
    const round = async (hours: number): Promise<string[]> => {
      service.clock.now = noon + hours * 3_600_000;
      await alertRound(service.context);
      await service.answer();
      return got.splice(0).map(({ channel, notice }) => `${channel} ${notice.kind}`);
    };
    service.context.ring('ingest', String(await push(service, squidLine('chat.example'))));
    await service.answer();
    expect(await round(1)).toEqual(['ops alert.opened', 'ops alert.reminded']);
    const [first, reminder] = links;
    const read = (link: string | undefined) =>
      readAcknowledgeToken(acknowledgeKey, link?.split('/ack/')[1] ?? '', service.clock.now);
    expect(read(first)).toEqual({ alert: (await loadAlerts(db))[0]?.id, times: 1 });
    expect(read(reminder)).toEqual(read(first));
    const target = read(reminder);
    if (target === undefined) throw new Error('it holds');
    const ack = { who: 'link:Ada', why: 'by the link of a message', at: service.clock.now };
    expect(await acknowledgeLinked(db, target, ack)).toBe('acknowledged');
    expect(await acknowledgeLinked(db, target, ack)).toBe('already');
    expect(await acknowledgeLinked(db, { ...target, times: 2 }, ack)).toBe('unknown');
    expect(await round(1.1)).toEqual(['ops alert.acknowledged']);
    expect(links[2]).toBeUndefined();
    expect(await round(2)).toEqual([]);
    expect(await round(100)).toEqual([]);
  });

  it('rules and quiet hours that changed hold for alerts that are open already, too', async () => {
    const rule = { id: 'new-vendor', kind: 'new-unapproved-vendor', channels: ['ops'] };
    const { got, setup, service } = await alerting([rule]);
    const round = async (hours: number): Promise<string[]> => {
      service.clock.now = noon + hours * 3_600_000;
      await alertRound(service.context);
      await service.answer();
      return got.splice(0).map(({ channel, notice }) => `${channel} ${notice.kind}`);
    };
    service.context.ring('ingest', String(await push(service, squidLine('chat.example'))));
    await service.answer();
    expect(await round(0.1)).toEqual(['ops alert.opened']);
    expect(await round(5)).toEqual([]);
    // Nobody had asked for a reminder before: those that were missed are made up for by one.
    const remind = { every: '2h' };
    Object.assign(setup, { alerts: alerts([{ ...rule, remind }]) });
    expect(await round(5.1)).toEqual(['ops alert.reminded']);
    expect(await round(5.2)).toEqual([]);
    const quiet = { ...rule, remind, quiet_hours: [{ from: '00:00', to: '23:59' }] };
    Object.assign(setup, { alerts: alerts([quiet]) });
    expect(await round(5.3)).toEqual([]);
    expect(await round(7)).toEqual([]);
    Object.assign(setup, { alerts: alerts([{ ...quiet, quiet_hours: [] }]) });
    expect(await round(7.1)).toEqual(['ops alert.reminded']);
    // Quiet hours of all rules, which no rule names.
    const usual = { rules: [{ ...rule, remind }], quiet_hours: [{ from: '00:00', to: '23:59' }] };
    Object.assign(setup, { alerts: alertsOf(alertsSchema.parse(usual)) });
    expect(await round(9)).toEqual([]);
    Object.assign(setup, { alerts: alertsOf(alertsSchema.parse({ ...usual, quiet_hours: [] })) });
    expect(await round(9.1)).toEqual(['ops alert.reminded']);
  });
});
