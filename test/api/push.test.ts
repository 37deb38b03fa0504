import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { receivePush } from '../../src/receivers/common/push.js';
import { Quota } from '../../src/receivers/common/quota.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { bearer, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';

await describeOnDatabases('a push', (server) => {
  it('is on disk, under the source of the token, when 202 comes', async () => {
    const api = await startApi(await server.database());
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/push',
      headers: { ...bearer(api.push), 'content-type': 'application/x-ndjson' },
      payload: '{"a":1}\n{"a":2}\n',
    });
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ id: expect.any(String), bytes: 16, lines: 2 });
    const [record] = await api.spooled();
    expect(record?.source).toBe('proxy');
    expect(String(record?.payload)).toBe('{"a":1}\n{"a":2}\n');
  });
});

const database = oneDatabase();

describe('a push', () => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(database());
  });
  const push = (payload: string | Buffer, headers: Record<string, string> = {}) =>
    api.app.inject({ method: 'POST', url: '/v1/push', headers: { ...bearer(api.push), ...headers }, payload });
  const last = async () => String((await api.spooled()).at(-1)?.payload);

  it('may be packed with gzip or zstd', async () => {
    for (const [name, packed] of [
      ['gzip', gzipSync('packed with gzip\n')],
      ['zstd', execFileSync('zstd', ['-c'], { input: 'packed with zstd\n' })],
    ] as const) {
      const answer = await push(packed, { 'content-encoding': name });
      expect(answer.json()).toMatchObject({ bytes: 17, lines: 1 });
      expect(await last()).toBe(`packed with ${name}\n`);
    }
  });

  it('F22 with the same key counts once, however often it is sent; other data under the key are refused', async () => {
    const before = (await api.spooled()).length;
    const key = { 'idempotency-key': 'hour-10' };
    const first = await push('once\n', key);
    for (let i = 0; i < 4; i++) expect((await push('once\n', key)).json()).toEqual(first.json());
    expect((await api.spooled()).length).toBe(before + 1);
    expect((await push('other\n', key)).statusCode).toBe(422);
    expect((await push('x\n', { 'idempotency-key': 'é' })).statusCode).toBe(400);
  });

  it('that is broken is a problem that says what to do, and keeps nothing', async () => {
    const before = (await api.spooled()).length;
    for (const [payload, headers, status, words] of [
      ['SECRET-7', { 'content-encoding': 'gzip' }, 400, ''],
      ['SECRET-7', { 'content-encoding': 'br' }, 415, 'gzip'],
      ['SECRET-7', { 'content-type': 'application/x-www-form-urlencoded' }, 415, "curl: -H 'Content-Type: text/plain'"],
    ] as const) {
      const answer = await push(payload, headers as Record<string, string>);
      expect([headers, answer.statusCode]).toEqual([headers, status]);
      expect(answer.headers['content-type']).toMatch(/^application\/problem\+json(;|$)/);
      expect(answer.json().detail).toContain(words);
      expect(answer.json().detail).not.toContain(payload);
    }
    expect((await api.spooled()).length).toBe(before);
  });

  it('A20 beyond the quota of its source gets 429 and when to come again; another source goes on', async () => {
    const quota = new Quota(
      (source) => ({ requestsPerSecond: 0.01, burst: source === 'proxy' ? 3 : 100, bytesPerDay: 1e9 }),
      () => performance.now(),
    );
    const limited: TestApi = await startApi(database(), {
      push: (request) => receivePush(request, { spool: limited.spool, now: Date.now, quota }),
    });
    const send = () =>
      limited.app.inject({ method: 'POST', url: '/v1/push', headers: bearer(limited.push), payload: 'a\n' });
    for (let i = 0; i < 3; i++) expect((await send()).statusCode).toBe(202);
    const refused = await send();
    expect(refused.statusCode).toBe(429);
    expect(Number(refused.headers['retry-after'])).toBeGreaterThan(0);
    expect(await limited.spooled()).toHaveLength(3);
  });
});

describe('an upload', () => {
  it('is kept as it was sent, under a name that is only a text', async () => {
    const api = await startApi(database());
    const file = gzipSync('a line\n'.repeat(1000));
    const answer = await api.app.inject({
      method: 'POST',
      url: '/v1/upload?name=../../etc/passwd',
      headers: { ...bearer(api.push), 'content-type': 'application/gzip' },
      payload: file,
    });
    const sha256 = createHash('sha256').update(file).digest('hex');
    expect(answer.statusCode).toBe(202);
    expect(answer.json()).toEqual({ id: expect.any(String), bytes: file.length, sha256 });
    const [record] = await api.spooled();
    expect(record?.payload.equals(file)).toBe(true);
    expect(record?.meta).toMatchObject({ name: '../../etc/passwd', sha256 });
  });

  it('needs a name', async () => {
    const api = await startApi(database());
    for (const query of ['', '?name=', `?name=${'x'.repeat(501)}`, '?name=a&name=b', '?name=a&path=b']) {
      const answer = await api.app.inject({
        method: 'POST',
        url: `/v1/upload${query}`,
        headers: bearer(api.push),
        payload: 'x',
      });
      expect([query, answer.statusCode]).toEqual([query, 400]);
    }
  });
});
