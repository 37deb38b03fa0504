import { sql } from 'kysely';
import { describe, expect, it } from 'vitest';
import { linesOf, messageOf } from '../../src/alerts/common/message.js';
import { acknowledgeKeyOf, acknowledgeToken } from '../../src/core/acknowledge-link.js';
import { acknowledgeUrl } from '../../src/jobs/send-notice.js';
import { loadAlerts, saveAlert } from '../../src/store/alerts.js';
import { loadAudit } from '../../src/store/audit.js';
import { aNotice } from '../contracts/channel.js';
import { setupOf } from '../jobs/helpers.js';
import { alert } from '../store/helpers/alert.js';
import { startApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';

const key = acknowledgeKeyOf(Buffer.alloc(32, 7));
const db = oneDatabase();
const id = 'a_0123456789abcdef0123';
const day = 86_400_000;
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a link in a message acknowledges one alert', () => {
  it('only when its button is pressed: looking changes nothing, and shows nothing of the alert', async () => {
    const { app } = await startApi(db(), { acknowledgeKey: key });
    await saveAlert(db(), alert({ id, state: 'open', title: 'Otter: new', acknowledgedAt: null }));
    const notice = { ...aNotice, kind: 'alert.opened', at: Date.now(), details: { alert: id, times: 1 } };
    const url = acknowledgeUrl(
      { setup: () => setupOf({ publicUrl: 'https://halflight.acme.example/' }), acknowledgeKey: key },
      notice,
    );
    expect(linesOf(messageOf(notice, { acknowledgeUrl: url }))).toContainEqual(['Acknowledge', url]);
    const path = new URL(url ?? '').pathname;
    expect(path).toMatch(/^\/ack\/[\w.-]{60,90}$/);
    for (let scan = 0; scan < 3; scan++) {
      const page = await app.inject({ method: scan === 1 ? 'HEAD' : 'GET', url: path });
      expect([page.statusCode, page.headers['content-type']]).toEqual([200, 'text/html; charset=utf-8']);
      expect(page.headers['content-security-policy']).toBe(
        "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'",
      );
      expect(page.body).not.toMatch(/Otter|a_0123|<script|style=|src=|href=/);
    }
    expect((await loadAlerts(db(), { ids: [id] }))[0]?.state).toBe('open');

    const press = (who: string) =>
      app.inject({ method: 'POST', url: path, headers: form, payload: new URLSearchParams({ who }).toString() });
    expect((await press('  ')).body).toContain('Say who you are');
    expect((await loadAlerts(db(), { ids: [id] }))[0]?.state).toBe('open');
    const first = await press('Jane <script>\u202e');
    expect(first.body).toContain('It is acknowledged.');
    expect(first.body).not.toContain('Jane');
    const second = await press('Max');
    expect(second.body).toContain('Nothing was changed: somebody has it already');
    expect(second.body).not.toMatch(/Jane|Max/);
    const [now] = await loadAlerts(db(), { ids: [id] });
    expect(now).toMatchObject({ state: 'acknowledged', acknowledgedBy: 'link:Jane <script>\ufffd' });
    const audit = (await loadAudit(db())).filter(({ action }) => action === 'alert.acknowledged');
    expect(audit.map(({ who, subject }) => [who, subject])).toEqual([['link:Jane <script>\ufffd', id]]);
  });

  it('and a wrong, changed, foreign or old one answers in the same shape and changes nothing', async () => {
    const { app } = await startApi(db(), { acknowledgeKey: key });
    const other = 'a_ffffffffffffffffffff';
    await saveAlert(db(), alert({ id: other, state: 'open', acknowledgedAt: null }));
    const good = acknowledgeToken(key, { alert: other, times: 1 }, Date.now() + day) ?? '';
    const foreign =
      acknowledgeToken(acknowledgeKeyOf(Buffer.alloc(32, 8)), { alert: other, times: 1 }, Date.now() + day) ?? '';
    const old = acknowledgeToken(key, { alert: other, times: 1 }, Date.now() - 1000) ?? '';
    const gone = acknowledgeToken(key, { alert: 'a_00000000000000000000', times: 1 }, Date.now() + day) ?? '';
    // Of the time before: it was over since, and began again.
    const before = acknowledgeToken(key, { alert: other, times: 2 }, Date.now() + day) ?? '';
    const answers = [];
    for (const token of ['x', foreign, old, gone, before, `${good.slice(0, -1)}${good.endsWith('A') ? 'B' : 'A'}`]) {
      const { statusCode, headers, body } = await app.inject({
        method: 'POST',
        url: `/ack/${token}`,
        headers: form,
        payload: 'who=Jane',
      });
      const { date: _date, 'content-length': _length, ...rest } = headers;
      answers.push({ statusCode, rest, body });
    }
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
    expect(answers[0]?.statusCode).toBe(200);
    expect((await loadAlerts(db(), { ids: [other] }))[0]?.state).toBe('open');
    const right = await app.inject({ method: 'POST', url: `/ack/${good}`, headers: form, payload: 'who=Jane' });
    // The same page but for its sentence.
    const shape = (body: string): string => body.replace(/<p>.*<\/p>/, '<p></p>');
    expect(shape(right.body)).toBe(shape(answers[0]?.body ?? ''));
    expect(right.body).not.toBe(answers[0]?.body);
    const { rows } = await sql`select from audit where subject = ${other}`.execute(db());
    expect(rows).toHaveLength(1);
  });

  it('of a message that tells several takes note of all of them that are as they were then', async () => {
    const { app } = await startApi(db(), { acknowledgeKey: key });
    const thread = 'alerts/new-vendor/0123456789abcdef01234567';
    const open = { rule: 'new-vendor', thread, state: 'open', acknowledgedAt: null, toldAt: 5 } as const;
    const ids = ['1', '2', '3', '4', '5'].map((n) => `a_${n.repeat(20)}`);
    const changes = [
      {},
      {},
      { state: 'resolved' },
      { toldAt: null, times: 2 },
      { thread: 'alerts/new-vendor/x' },
    ] as const;
    for (const [n, change] of changes.entries()) await saveAlert(db(), alert({ ...open, id: ids[n] ?? '', ...change }));
    const url = acknowledgeUrl(
      { setup: () => setupOf({ publicUrl: 'https://h.example' }), acknowledgeKey: key },
      {
        ...aNotice,
        kind: 'alert.opened',
        at: Date.now(),
        subject: thread,
        details: { alerts: ids, rule: 'new-vendor' },
      },
    );
    const post = async () =>
      (await app.inject({ method: 'POST', url: new URL(url ?? '').pathname, headers: form, payload: 'who=Jane' })).body;
    expect(await post()).toContain('It is acknowledged.');
    const states = new Map((await loadAlerts(db(), { ids })).map((one) => [one.id, one.state]));
    expect(ids.map((one) => states.get(one))).toEqual(['acknowledged', 'acknowledged', 'resolved', 'open', 'open']);
    expect(await post()).toContain('Nothing was changed');
    expect((await loadAudit(db())).filter(({ subject }) => ids.includes(subject))).toHaveLength(2);
  });

  it('is rate limited, takes only its form, and a form without end costs nothing', async () => {
    const { app } = await startApi(db(), { acknowledgeKey: key });
    const post = (headers: Record<string, string>, payload: string) =>
      app.inject({ method: 'POST', url: '/ack/x', headers, payload });
    expect((await post({ 'content-type': 'application/json' }, '{"who":"Jane"}')).statusCode).toBe(415);
    expect((await post(form, `who=${'x'.repeat(5000)}`)).statusCode).toBe(413);
    const codes = [];
    for (let i = 0; i < 12; i++) codes.push((await post(form, 'who=Jane')).statusCode);
    expect(codes.filter((code) => code === 429).length).toBeGreaterThan(0);
  });

  it('stands in no message without a public address, or about another kind of news', () => {
    const notice = { ...aNotice, kind: 'alert.opened', details: { alert: id, times: 1 } };
    const parts = { setup: () => setupOf({ publicUrl: 'https://h.example' }), acknowledgeKey: key };
    expect(acknowledgeUrl(parts, notice)).toMatch(/^https:\/\/h\.example\/ack\//);
    expect(acknowledgeUrl(parts, notice)).toBe(acknowledgeUrl(parts, notice));
    expect(acknowledgeUrl({ ...parts, setup: () => setupOf() }, notice)).toBeUndefined();
    expect(acknowledgeUrl({ ...parts, acknowledgeKey: undefined }, notice)).toBeUndefined();
    expect(acknowledgeUrl(parts, { ...notice, kind: 'alert.resolved' })).toBeUndefined();
    expect(acknowledgeUrl(parts, { ...notice, details: { alerts: [id], rule: 'new' } })).toBeUndefined();
    expect(acknowledgeUrl(parts, { ...notice, details: { alert: '../x', times: 1 } })).toBeUndefined();
    expect(acknowledgeUrl(parts, { ...notice, details: { alert: id } })).toBeUndefined();
  });
});
