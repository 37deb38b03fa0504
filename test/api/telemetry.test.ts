import { Readable } from 'node:stream';
import { beforeAll, describe, expect, it } from 'vitest';
import { DeviceBook } from '../../src/api/devices.js';
import { hashToken } from '../../src/receivers/common/token.js';
import { assignDevice, type Device, loadDevices, revokeDevice } from '../../src/store/devices.js';
import type { Db } from '../../src/store/tables.js';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';
import { agent, batchOf, enrolment, on, sending } from './helpers/telemetry.js';

const database = oneDatabase();
const extensionId = 'ajhkehblebieocfkddeeikfkcecbcijn';

/** Lines of the newest record of the spool. */
async function newest(api: TestApi): Promise<Record<string, unknown>[]> {
  const record = (await api.spooled()).at(-1);
  return String(record?.payload ?? '')
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line));
}

let batches = 0;
const named = () => ({ batch: `batch-of-the-test-${++batches}` });

describe('a batch of telemetry', () => {
  let api: TestApi;
  let device: string;
  beforeAll(async () => {
    api = await startApi(database());
    device = (await api.app.inject(enrolment(api.telemetry))).json().key;
  });
  const send = (batch: unknown, key = device) => api.app.inject(sending(api.telemetry, key, batch));

  it('is on disk, stamped by the receiver, when 202 comes', async () => {
    const before = Date.now();
    const events = [
      on('chatgpt.com'),
      on('chatgpt.com', 'paste', { count: 2, bytes: 300, account_kind: 'personal' }),
      {
        ...on('x'),
        host: undefined,
        account_kind: undefined,
        type: 'extensions',
        extensions: [{ id: extensionId, enabled: true }],
      },
    ];
    const answer = await send(batchOf(events, named()));
    expect([answer.statusCode, answer.json()]).toEqual([
      202,
      { id: expect.any(String), events: 3, dropped: { other: 0, invalid: 0, unknown_fields: 0 } },
    ]);
    const lines = await newest(api);
    expect(lines).toMatchObject([
      {
        halflight_telemetry: '1',
        identity: 'reported',
        agent: 'halflight-extension/0.1.0 chromium',
        host: 'chatgpt.com',
      },
      { type: 'paste', count: 2, bytes: 300, account_kind: 'personal' },
      { type: 'extensions', extensions: [{ id: extensionId, enabled: true }] },
    ]);
    for (const line of lines) {
      expect(line.device).toBe(`browser-${device.slice(4, 16)}`);
      expect(line.received_at).toBeGreaterThanOrEqual(before);
    }
    expect((await api.spooled()).at(-1)?.source).toBe('browsers');
  });

  it('counts once, however often it is sent; other data under its id are refused', async () => {
    const batch = batchOf([on('chatgpt.com')], named());
    const before = (await api.spooled()).length;
    const first = await send(batch);
    for (let i = 0; i < 3; i++) expect((await send(batch)).json()).toEqual(first.json());
    expect((await api.spooled()).length).toBe(before + 1);
    expect((await send({ ...batch, sent_at: '2026-11-26T09:00:01.000Z' })).statusCode).toBe(422);
    // Another device has names of its own.
    const other = (await api.app.inject(enrolment(api.telemetry))).json().key;
    expect((await send({ ...batch, sent_at: '2026-11-26T09:00:02.000Z' }, other)).statusCode).toBe(202);
  });

  it('loses hosts and extensions of no service unseen: neither kept nor logged', async () => {
    const before = (await api.spooled()).length;
    const secret = 'payroll.intranet.example';
    const answer = await send(
      batchOf(
        [
          on(secret),
          on('api.chatgpt.com'),
          on('notchatgpt.com'),
          { ...on('x'), host: undefined, type: 'extensions', extensions: [{ id: 'my-diary', enabled: true }] },
        ],
        named(),
      ),
    );
    expect(answer.json()).toMatchObject({ events: 0, dropped: { other: 4, invalid: 0 } });
    expect((await api.spooled()).length).toBe(before);
    expect(api.logged.join()).not.toContain('payroll');
  });

  it('is kept without the fields and events that the schema does not have, and they are counted', async () => {
    const answer = await send(
      batchOf(
        [
          on('chatgpt.com', 'visit', { url: 'https://chatgpt.com/?q=secret', title: 'secret' }),
          on('chatgpt.com', 'paste', { count: 1, bytes: 10, content: 'secret' }),
          on('chatgpt.com', 'paste', { count: 1, bytes: -1 }),
          on('chatgpt.com', 'keystrokes'),
          on('ChatGPT.com'),
          on('chatgpt.com', 'visit', { account_kind: 'anna@acme.example' }),
          'secret',
        ],
        { ...named(), location: 'secret' },
      ),
    );
    expect(answer.json()).toMatchObject({ events: 2, dropped: { other: 0, invalid: 5, unknown_fields: 4 } });
    const [record] = (await api.spooled()).slice(-1);
    expect(String(record?.payload)).not.toContain('secret');
  });

  it('that is broken is a problem that names the field and nothing of what was sent', async () => {
    for (const [batch, words] of [
      ['{', 'no JSON object'],
      ['[]', 'The batch is not as'],
      [batchOf([], { batch: 'secret' }), 'In the batch, batch is not as'],
      [batchOf([], { ...named(), sent_at: 'secret' }), 'sent_at is not as'],
      [batchOf([], { ...named(), agent: { name: 'secret\u0000', version: '1' } }), 'agent.name is not as'],
      [batchOf(Array(501).fill(on('chatgpt.com')), named()), 'events is not as'],
      [batchOf([], { ...named(), halflight_telemetry: '2' }), 'halflight_telemetry is not as'],
      [`${'['.repeat(100_000)}`, 'no JSON object'],
    ] as const) {
      const answer = await send(batch);
      expect([answer.statusCode, answer.json().detail]).toEqual([422, expect.stringContaining(words)]);
      expect(answer.body).not.toContain('secret');
    }
    const large = batchOf([on('chatgpt.com', 'visit', { filler: 'x'.repeat(600_000) })], named());
    expect((await send(large)).statusCode).toBe(413);
  });

  it('may be packed, and may not unpack to more than it may have', async () => {
    const { gzipSync } = await import('node:zlib');
    const packed = (batch: unknown) => ({
      ...sending(api.telemetry, device, '', { 'content-encoding': 'gzip' }),
      payload: Readable.from([gzipSync(JSON.stringify(batch))]),
    });
    expect((await api.app.inject(packed(batchOf([on('otter.ai')], named())))).statusCode).toBe(202);
    const bomb = batchOf([on('otter.ai', 'visit', { filler: 'x'.repeat(20_000_000) })], named());
    expect((await api.app.inject(packed(bomb))).statusCode).toBe(413);
  });

  it('whose clock is days ahead counts by its receipt', async () => {
    await send(batchOf([on('chatgpt.com', 'visit', { at: '2999-01-01T00:00:00.000Z' })], named()));
    const [line] = await newest(api);
    expect(Math.abs(Date.parse(String(line?.at)) - Date.now())).toBeLessThan(60_000);
  });
});

describe('whose telemetry it is', () => {
  let db: Db;
  beforeAll(() => {
    db = database();
  });
  const start = async (identity: 'device' | 'managed-user' | 'anonymous') => {
    const api = await startApi(db, {}, {}, { identity });
    const enrol = async (more: object): Promise<string> =>
      (await api.app.inject(enrolment(api.telemetry, more))).json().key;
    /** What a batch of a device is stamped with. */
    const stampOf = async (key: string, more: object = {}) => {
      const answer = await api.app.inject(
        sending(api.telemetry, key, batchOf([on('chatgpt.com')], { ...named(), ...more })),
      );
      if (answer.statusCode !== 202) return answer.statusCode;
      const [{ identity: how, user, device } = {}] = await newest(api);
      return { identity: how, user, device };
    };
    return { api, enrol, stampOf };
  };
  const id = (key: string): string => key.slice(4, 16);
  const claims = { user: 'boss@acme.example', device: 'ACME-BOSS' };

  it('is said by the enrolment, never by the batch', async () => {
    const { enrol, stampOf } = await start('managed-user');
    const anna = await enrol({ user: 'anna@acme.example', device: 'ACME-LT-1' });
    const expected = { identity: 'reported', user: 'anna@acme.example', device: 'ACME-LT-1' };
    expect(await stampOf(anna)).toEqual(expected);
    expect(await stampOf(anna, { claims })).toEqual(expected);
    expect(await stampOf(anna, { user: 'boss@acme.example', device: 'ACME-BOSS', identity: 'observed' })).toEqual(
      expected,
    );
  });

  it('is a claim where only the batch says it, and marked so', async () => {
    const { enrol, stampOf } = await start('device');
    const nobody = await enrol({});
    expect(await stampOf(nobody)).toEqual({ identity: 'reported', device: `browser-${id(nobody)}` });
    expect(await stampOf(nobody, { claims })).toEqual({
      identity: 'claimed',
      user: claims.user,
      device: claims.device,
    });
  });

  it('is the machine alone where the source takes no users from policy', async () => {
    const { enrol, stampOf } = await start('device');
    const key = await enrol({ user: 'anna@acme.example', device: 'ACME-LT-2' });
    expect(await stampOf(key, { claims })).toEqual({ identity: 'reported', device: 'ACME-LT-2' });
    const [row] = (await loadDevices(db)).filter((device) => device.id === id(key));
    expect(row).toMatchObject({ identity: 'policy', user: undefined, name: 'ACME-LT-2' });
  });

  it('is nobody where the source is anonymous, whatever policy, claims or an administrator say', async () => {
    const { enrol, stampOf } = await start('anonymous');
    const key = await enrol({ user: 'anna@acme.example', device: 'ACME-LT-3' });
    await assignDevice(db, id(key), { user: 'anna@acme.example', name: 'ACME-LT-3' }, 'cli:test', Date.now());
    expect(await stampOf(key, { claims })).toEqual({ identity: 'reported', device: `browser-${id(key)}` });
  });

  it('is what an administrator has assigned', async () => {
    const { enrol, stampOf } = await start('device');
    const key = await enrol({});
    await assignDevice(db, id(key), { user: 'ben@acme.example', name: undefined }, 'cli:test', Date.now());
    expect(await stampOf(key, { claims })).toMatchObject({ identity: 'reported', user: 'ben@acme.example' });
  });

  it('cannot be forged: a key with another secret, of another source or none is refused', async () => {
    const { api, enrol, stampOf } = await start('managed-user');
    const anna = await enrol({ user: 'anna@acme.example' });
    const other = await enrol({ user: 'ben@acme.example' });
    const before = (await api.spooled()).length;
    for (const key of [
      `hld_${id(anna)}.${other.slice(17)}`,
      `hld_${id(anna)}.${'A'.repeat(43)}`,
      anna.replace('hld_', 'hlf_'),
      api.telemetry,
      `${anna}, ${anna}`,
      'hld_',
      '',
    ])
      expect([key.slice(0, 20), await stampOf(key)]).toEqual([key.slice(0, 20), 401]);
    // The header that names a device is taken once.
    const twice = await api.app.inject({
      ...sending(api.telemetry, anna, batchOf([], named())),
      headers: { ...bearer(api.telemetry), 'content-type': 'application/json', 'halflight-device': [anna, other] },
    });
    expect([400, 401]).toContain(twice.statusCode);
    await db.updateTable('device').set({ source: 'elsewhere' }).where('id', '=', id(other)).execute();
    expect(await stampOf(other)).toBe(401);
    expect((await api.spooled()).length).toBe(before);
  });

  it('ends with the device: one that is revoked is refused', async () => {
    const { enrol, stampOf } = await start('device');
    const key = await enrol({});
    expect(await revokeDevice(db, id(key), 'cli:test', Date.now())).toBe(true);
    expect(await stampOf(key)).toBe(401);
    expect(await revokeDevice(db, id(key), 'cli:test', Date.now())).toBe(false);
  });

  it('is written into the audit log, without names', async () => {
    const { enrol } = await start('managed-user');
    const key = await enrol({ user: 'anna@acme.example', device: 'ACME-LT-9' });
    const rows = await db.selectFrom('audit').selectAll().where('subject', '=', id(key)).execute();
    expect(rows.map(({ action }) => action)).toEqual(['device.enrolled']);
    expect(rows[0]?.details).toContain('"identity":"policy"');
    expect(JSON.stringify(rows)).not.toMatch(/anna|ACME-LT-9/);
  });
});

describe('the book of devices', () => {
  it('keeps those that were good while the database is away, and refuses those that nobody knows', async () => {
    const key = `hld_${'a'.repeat(12)}.${'b'.repeat(43)}`;
    const device: Device = {
      id: 'a'.repeat(12),
      source: 'browsers',
      hash: hashToken('b'.repeat(43)).toString('hex'),
      identity: 'none',
      user: undefined,
      name: undefined,
      agent: 'test/1',
      token: 't',
      enrolledAt: 0,
      lastAt: undefined,
      revokedAt: undefined,
    };
    let [clock, away, loads] = [0, false, 0];
    const load = async (id: string): Promise<Device | undefined> => {
      loads++;
      if (away) throw Object.assign(new Error('away'), { code: 'ECONNREFUSED' });
      return id === device.id ? device : undefined;
    };
    const book = new DeviceBook({ load, note: async () => {} }, { warn: () => {} }, Date.now, () => clock);
    const check = (text: string) => book.check(text, 'browsers', 'device');
    for (let i = 0; i < 5; i++) expect((await check(key)).device).toBe(device.id);
    expect(loads).toBe(1);
    [clock, away] = [60_000, true];
    expect((await check(key)).device).toBe(device.id);
    await expect(check(`hld_${'c'.repeat(12)}.${'b'.repeat(43)}`)).rejects.toMatchObject({ code: 'ECONNREFUSED' });
    away = false;
    await expect(check(`hld_${'c'.repeat(12)}.${'b'.repeat(43)}`)).rejects.toMatchObject({ status: 401 });
    book.close();
  });
});

describe('enrolling', () => {
  it('has a limit of devices, and of devices in an hour', async () => {
    const db = database();
    const all = await startApi(db, {}, {}, { max_devices: 1 });
    await db.deleteFrom('device').execute();
    expect((await all.app.inject(enrolment(all.telemetry))).statusCode).toBe(201);
    const full = await all.app.inject(enrolment(all.telemetry));
    expect([full.statusCode, full.json().detail, full.headers['retry-after']]).toEqual([
      429,
      expect.stringContaining('raise max_devices'),
      '3600',
    ]);
    await db.updateTable('device').set({ revoked_at: Date.now() }).execute();
    const hour = await startApi(db, {}, {}, { enrolments_per_hour: 1 });
    expect((await hour.app.inject(enrolment(hour.telemetry))).json().detail).toContain('in this hour');
  });

  it('takes nothing but what its schema has', async () => {
    const api = await startApi(database());
    for (const more of [{ email: 'x' }, { user: 'a\u0000b' }, { agent: {} }, { halflight_telemetry: '2' }])
      expect((await api.app.inject(enrolment(api.telemetry, more))).statusCode).toBe(422);
  });

  it('needs the token of a telemetry source', async () => {
    const api = await startApi(database());
    for (const token of [api.push, api.read]) {
      expect((await api.app.inject(enrolment(token))).statusCode).toBe(403);
      expect((await api.app.inject({ url: '/v1/telemetry/catalog', headers: bearer(token) })).statusCode).toBe(403);
    }
    const gone = await newToken(database(), 'push', 'removed');
    await api.tokens.refresh();
    expect((await api.app.inject(enrolment(gone))).statusCode).toBe(403);
  });
});

describe('what browsers ask', () => {
  it('is answered with 304 to who has it already', async () => {
    const api = await startApi(database());
    for (const url of ['/v1/telemetry/catalog', '/v1/telemetry/notices']) {
      const first = await api.app.inject({ url, headers: bearer(api.telemetry) });
      const etag = String(first.headers.etag);
      expect(etag).toBe(`"${first.json().version}"`);
      for (const header of [etag, `W/${etag}`, `"old", ${etag}`]) {
        const again = await api.app.inject({ url, headers: { ...bearer(api.telemetry), 'if-none-match': header } });
        expect([again.statusCode, again.body]).toEqual([304, '']);
      }
      const old = await api.app.inject({ url, headers: { ...bearer(api.telemetry), 'if-none-match': '"old"' } });
      expect(old.statusCode).toBe(200);
    }
  });

  it('holds the hosts that people visit and the extensions, and of APIs that they are none', async () => {
    const api = await startApi(database());
    const { hosts, extensions } = (
      await api.app.inject({ url: '/v1/telemetry/catalog', headers: bearer(api.telemetry) })
    ).json();
    expect(hosts).toEqual(['!api.chatgpt.com', 'chatgpt.com', 'otter.ai']);
    expect(extensions).toEqual([extensionId]);
  });

  it('may be asked by pages of browser extensions, and by no other page', async () => {
    const api = await startApi(database());
    const own = 'chrome-extension://abcdefghijklmnopabcdefghijklmnop';
    const ask = async (origin: string) => {
      const preflight = await api.app.inject({ method: 'OPTIONS', url: '/v1/telemetry', headers: { origin } });
      const real = await api.app.inject({
        url: '/v1/telemetry/catalog',
        headers: { ...bearer(api.telemetry), origin },
      });
      return [preflight, real].map((answer) => answer.headers['access-control-allow-origin']);
    };
    expect(await ask(own)).toEqual([own, own]);
    const gecko = 'moz-extension://0f3c2f4e-9f6e-4c67-8a4e-3a8a54ef12ab';
    expect(await ask(gecko)).toEqual([gecko, gecko]);
    for (const origin of ['https://chatgpt.com', 'null', 'https://chrome-extension.example', `${own}.example`])
      expect(await ask(origin)).toEqual([undefined, undefined]);
    // Nothing else of the API is open to them.
    const other = await api.app.inject({ url: '/v1/sources', headers: { ...bearer(api.read), origin: own } });
    expect(other.headers['access-control-allow-origin']).toBeUndefined();
    // Problems are told, too, and when to try again.
    const refused = await api.app.inject({
      ...sending(api.telemetry, 'hld_', batchOf([])),
      headers: { ...bearer(api.telemetry), 'content-type': 'application/json', origin: own },
    });
    expect([refused.statusCode, refused.headers['access-control-allow-origin']]).toEqual([401, own]);
    expect(refused.headers['access-control-expose-headers']).toContain('retry-after');
    expect(agent.name).toBe('halflight-extension');
  });
});
