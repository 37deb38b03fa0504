import { beforeAll, beforeEach, expect, it } from 'vitest';
import { acknowledgeAlert, acknowledgeFor, loadAlertHistory, loadAlerts, saveAlert } from '../../src/store/alerts.js';
import { loadAudit } from '../../src/store/audit.js';
import { applyRetention } from '../../src/store/retention.js';
import type { Db } from '../../src/store/tables.js';
import { clear } from '../jobs/helpers.js';
import { alert } from './helpers/alert.js';
import { describeOnDatabases } from './helpers/databases.js';
import { noon } from './helpers/results.js';

const compare = (a: string, b: string): number => (a < b ? -1 : 1);

await describeOnDatabases('alerts', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));
  const ack = { who: 'cli:ada', why: 'Legal looks at it.', at: noon + 1000 };

  it('are read back as they were kept', async () => {
    const kept = alert({
      state: 'acknowledged',
      acknowledgedAt: 5,
      acknowledgedBy: 'x',
      acknowledgedWhy: 'y',
      thread: 'alert/a',
      toldAt: 4,
      channels: ['ops', 'soc'],
      reminders: 2,
      escalations: 1,
      notices: 4,
      lastNotice: 'n_1',
      inhibitedBy: 'z',
      pending: [{ news: 'resolved', at: 9 }],
      nextAt: 10,
      details: { people: 3 },
    });
    await saveAlert(db, alert());
    await saveAlert(db, kept);
    expect(await loadAlerts(db)).toEqual([kept]);
  });

  it('are acknowledged once, with who and why in history and audit log; who was told is told that somebody has it', async () => {
    const told = alert({ toldAt: noon, thread: 'alert/x', channels: ['ops'], nextAt: noon + 9 });
    await saveAlert(db, told);
    expect(await acknowledgeAlert(db, { alert: told.id, ...ack })).toBe('acknowledged');
    expect(await acknowledgeAlert(db, { alert: told.id, ...ack, who: 'cli:bob' })).toBe('already');
    expect(await acknowledgeAlert(db, { alert: 'a_none', ...ack })).toBe('unknown');
    const [kept] = await loadAlerts(db);
    expect(kept).toEqual({
      ...told,
      state: 'acknowledged',
      changedAt: ack.at,
      acknowledgedAt: ack.at,
      acknowledgedBy: 'cli:ada',
      acknowledgedWhy: ack.why,
      pending: [{ news: 'acknowledged', at: ack.at }],
      nextAt: ack.at,
    });
    expect(await loadAlertHistory(db, told.id)).toEqual([
      { alert: told.id, at: ack.at, kind: 'acknowledged', why: ack.why, who: 'cli:ada', notice: undefined },
    ]);
    const audit = await loadAudit(db);
    expect(audit.map(({ who, action, subject }) => [who, action, subject])).toEqual([
      ['cli:ada', 'alert.acknowledged', told.id],
    ]);
  });

  it('that nobody was told of yet are told to nobody after they are acknowledged', async () => {
    await saveAlert(db, alert({ pending: [{ news: 'opened', at: noon }], nextAt: noon + 9 }));
    await acknowledgeAlert(db, { alert: alert().id, ...ack });
    expect((await loadAlerts(db))[0]).toMatchObject({ state: 'acknowledged', pending: [], nextAt: null });
  });

  it('about a service are acknowledged together; those of others and those that are over stay', async () => {
    await saveAlert(db, alert());
    await saveAlert(db, alert({ rule: 'uploads', subject: 'chatgpt/personal' }));
    await saveAlert(db, alert({ rule: 'denied', state: 'resolved', resolvedAt: noon }));
    await saveAlert(db, alert({ subject: 'service/otter', service: 'otter' }));
    const ids = [alert().id, alert({ rule: 'uploads', subject: 'chatgpt/personal' }).id].sort(compare);
    expect(await acknowledgeFor(db, { service: 'chatgpt', ...ack })).toEqual(ids);
    expect(await acknowledgeFor(db, { service: 'chatgpt', ...ack })).toEqual([]);
    const states = (await loadAlerts(db))
      .map(({ rule, service, state }) => `${rule} ${service} ${state}`)
      .sort(compare);
    expect(states).toEqual([
      'denied chatgpt resolved',
      'new-vendor chatgpt acknowledged',
      'new-vendor otter open',
      'uploads chatgpt acknowledged',
    ]);
  });

  it('are deleted when they are over for as long as history is kept, with their history', async () => {
    await saveAlert(db, alert({ state: 'resolved', resolvedAt: noon }));
    await saveAlert(db, alert({ rule: 'open' }));
    await saveAlert(db, alert({ rule: 'waits', state: 'resolved', resolvedAt: noon, nextAt: noon + 1 }));
    for (const [scope, at] of [
      ['service/a', 1],
      ['service/a', 2],
      ['service/b', 1],
      ['service/b', noon + 9],
    ] as const)
      await db.insertInto('alert_fact').values({ scope, at, facts: '{}' }).execute();
    const none = { input: undefined, usage: undefined, evidence: undefined, quarantine: undefined, pushKeys: 0 };
    expect(await applyRetention(db, { ...none, history: noon })).toEqual({ alert_fact: 2 });
    expect(await applyRetention(db, { ...none, history: noon + 1 })).toEqual({ alert: 1 });
    expect((await loadAlerts(db)).map(({ rule }) => rule).sort(compare)).toEqual(['open', 'waits']);
    const facts = await db.selectFrom('alert_fact').select(['scope', 'at']).orderBy('scope').execute();
    expect(facts).toEqual([
      { scope: 'service/a', at: 2 },
      { scope: 'service/b', at: noon + 9 },
    ]);
  });
});
