import { beforeAll, beforeEach, expect, it } from 'vitest';
import { z } from 'zod';
import type { Channel } from '../../src/alerts/common/channel.js';
import { type AlertsConfig, alertsOf, alertsSchema } from '../../src/config/alerts.js';
import { alertNoticeKinds } from '../../src/core/alert.js';
import type { Notice } from '../../src/core/notice.js';
import { alertRound } from '../../src/jobs/alerts/round.js';
import { loadAlertHistory, loadAlerts } from '../../src/store/alerts.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, noon, push, setupOf, squidLine, testService } from './helpers.js';

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
    const channel = (id: string): Channel => ({
      title: id,
      options: z.unknown(),
      send: async (notice) => {
        got.push({ channel: id, notice });
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
    return { got, service: await testService(db, { setup, channels }) };
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
});
