import { once } from 'node:events';
import { readdirSync, readFileSync } from 'node:fs';
import type { IncomingMessage } from 'node:http';
import { request } from 'node:https';
import { connect } from 'node:net';
import { join } from 'node:path';
import { setTimeout } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import { beforeAll, describe, expect, it } from 'vitest';
import { openDb } from '../../src/store/db.js';
import { seeded } from '../receivers/helpers/processes.js';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';
import { statuses, talk } from './helpers/raw.js';

const database = oneDatabase();
const problem = (text: string): Record<string, unknown> =>
  JSON.parse(text.slice(text.indexOf('{'), text.lastIndexOf('}') + 1));

describe('over a socket', () => {
  let api: TestApi;
  let port: number;
  let slow: Promise<{ text: string; seconds: number }>;
  beforeAll(async () => {
    api = await startApi(database());
    port = await api.listen();
    // Takes its 10 seconds beside the others.
    const begun = performance.now();
    slow = talk(port, 'GET /healthz HTTP/1.1\r\nHost: x\r\n').then(({ text }) => ({
      text,
      seconds: (performance.now() - begun) / 1000,
    }));
  });
  const head = (token: string, more: string, path = '/v1/push') =>
    `POST ${path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Type: text/plain\r\n${more}\r\n\r\n`;

  it('what is no request, or too large, gets a problem and the end', async () => {
    for (const [sent, status] of [
      ['nonsense\r\n\r\n', 400],
      ['GET / HTTP/1.1\r\n\r\n', 400],
      [`GET / HTTP/1.1\r\nHost: x\r\nX: ${'a'.repeat(17_000)}\r\n\r\n`, 431],
      [`GET /${'a'.repeat(5000)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 414],
      [`GET /v1/sources/${'a'.repeat(1500)} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`, 414],
      ['GET /v1/%zz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n', 400],
    ] as const) {
      const { text, closed } = await talk(port, sent);
      expect([sent.slice(0, 40), statuses(text), closed]).toEqual([sent.slice(0, 40), [status], true]);
      if (!text.includes('\r\n\r\n{')) continue;
      expect(problem(text)).toMatchObject({ status, type: expect.stringContaining('urn:halflight:problem:') });
      expect(text.toLowerCase()).toContain("content-security-policy: default-src 'none'");
    }
  });

  it('a body that declares too much is refused before it is sent', async () => {
    const { text } = await talk(port, head(api.push, `Content-Length: ${65 << 20}`), { until: /\}$/ });
    expect(statuses(text)).toEqual([413]);
  });

  it('a sender in the middle of a large body hears why it is refused', async () => {
    const megabyte = Buffer.alloc(1 << 20, 'a');
    for (const [token, status] of [
      ['hlf_x.y', 401],
      [api.read, 403],
    ] as const) {
      const { text } = await talk(
        port,
        Buffer.concat([Buffer.from(head(token, `Content-Length: ${6 << 20}`)), megabyte, megabyte]),
        {
          until: /\}$/,
        },
      );
      expect(statuses(text)).toEqual([status]);
    }
  });

  it('a body that unpacks to too much ends with 413 in its middle, and the connection still tells so', async () => {
    const bomb = gzipSync(Buffer.alloc(80 << 20));
    const { text } = await talk(
      port,
      Buffer.concat([
        Buffer.from(head(api.push, `Content-Encoding: gzip\r\nContent-Length: ${bomb.length + 1000}`)),
        bomb,
      ]),
      { until: /\}$/ },
    );
    expect(statuses(text)).toEqual([413]);
    expect(await api.spooled()).toEqual([]);
  });

  it('who asks before sending (Expect: 100-continue) is told first: go on, or why not', async () => {
    const asked = (token: string) =>
      talk(port, head(token, 'Content-Length: 7\r\nExpect: 100-continue\r\nConnection: close'), {
        after: (socket, seen) => {
          if (seen.endsWith('Continue\r\n\r\n')) socket.write('a line\n');
        },
      });
    expect(statuses((await asked('hlf_x.y')).text)).toEqual([401]);
    expect(statuses((await asked(api.push)).text)).toEqual([100, 202]);
  });

  it('pushes that are cut off in the middle keep nothing', async () => {
    const before = (await api.spooled()).length;
    for (let i = 0; i < 20; i++) {
      const socket = connect(port, '127.0.0.1');
      await once(socket, 'connect');
      socket.write(`${head(api.push, 'Content-Length: 1000')}half\n`);
      await setTimeout(10);
      socket.destroy();
    }
    await setTimeout(100);
    expect((await api.spooled()).length).toBe(before);
    const whole = head(api.push, 'Content-Length: 6\r\nConnection: close');
    expect(statuses((await talk(port, `${whole}whole\n`)).text)).toEqual([202]);
    expect((await api.spooled()).length).toBe(before + 1);
  });

  it('a connection is kept for the next request, also after a refusal with a small body', async () => {
    const refused = head('hlf_x.y', 'Content-Length: 5');
    const { text } = await talk(port, `${refused}abcdeGET /healthz HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n`);
    expect(statuses(text)).toEqual([401, 200]);
  });

  it('headers that never end get 408 after 10 seconds', async () => {
    const { text, seconds } = await slow;
    expect(statuses(text)).toEqual([408]);
    expect(seconds).toBeGreaterThan(9);
    expect(seconds).toBeLessThan(30);
  });
});

describe('TLS', () => {
  it('is said to be kept to (HSTS) only where the connection is TLS', async () => {
    const fixture = (name: string) => readFileSync(join(import.meta.dirname, '../fixtures/tls', name));
    const tls = { cert: fixture('server.pem'), key: fixture('server.key.pem') };
    const api = await startApi(database(), { config: { timezone: 'UTC', trustedProxies: [], tls } });
    const port = await api.listen();
    const sent = request({ port, host: '127.0.0.1', path: '/healthz', rejectUnauthorized: false, agent: false });
    sent.end();
    const [answer] = (await once(sent, 'response')) as [IncomingMessage];
    expect(answer.statusCode).toBe(200);
    expect(answer.headers['strict-transport-security']).toMatch(/^max-age=\d{8}/);
    answer.resume();
    const plain = await startApi(database());
    const without = await plain.app.inject({ url: '/healthz', headers: { 'x-forwarded-proto': 'https' } });
    expect(without.headers['strict-transport-security']).toBeUndefined();
  });
});

describe('a service in trouble', () => {
  it('takes pushes while its event loop is late, and asks readers to wait', async () => {
    const api = await startApi(database());
    const until = performance.now() + 3000;
    while (performance.now() < until);
    await setTimeout(20);
    const read = await api.app.inject({ url: '/v1/sources', headers: bearer(api.read) });
    expect([read.statusCode, read.headers['retry-after']]).toEqual([503, '5']);
    const push = await api.app.inject({ method: 'POST', url: '/v1/push', headers: bearer(api.push), payload: 'a\n' });
    expect(push.statusCode).toBe(202);
    const status = async () => (await api.app.inject({ url: '/v1/sources', headers: bearer(api.read) })).statusCode;
    await expect.poll(status, { timeout: 10_000, interval: 200 }).toBe(200);
  });

  it('takes pushes while the database is away, and says that it is not ready', async () => {
    const nobody = openDb({ connectionString: 'postgresql://root@127.0.0.1:1/none' });
    const up = await startApi(database());
    const api = await startApi(database(), { db: nobody, tokens: up.tokens });
    const push = await api.app.inject({ method: 'POST', url: '/v1/push', headers: bearer(up.push), payload: 'a\n' });
    expect(push.statusCode).toBe(202);
    const ready = await api.app.inject({ url: '/readyz' });
    expect([ready.statusCode, ready.json().detail]).toEqual([503, 'Not ready: the database does not answer.']);
    const read = await api.app.inject({ url: '/v1/sources', headers: bearer(up.read) });
    expect([read.statusCode, read.json().detail]).toEqual([
      503,
      'The database does not answer: try again in a few seconds.',
    ]);
    expect((await api.app.inject({ url: '/healthz' })).statusCode).toBe(200);
    const metrics = await api.app.inject({ url: '/metrics' });
    expect(metrics.body).toContain('halflight_database_up 0');
    await nobody.destroy();
  });

  it('is ready with a warning where something needs somebody soon', async () => {
    const said: string[] = [];
    const api = await startApi(database(), { warnings: () => said });
    expect((await api.app.inject({ url: '/readyz' })).json()).toEqual({ status: 'ready' });
    said.push('The catalog, version 12, expired on 2026-01-01.');
    const ready = await api.app.inject({ url: '/readyz' });
    expect([ready.statusCode, ready.json()]).toEqual([200, { status: 'ready', warnings: said }]);
  });

  it('that stops takes nothing new within its last answers, and is not ready', async () => {
    let stopping = false;
    const api = await startApi(database(), { isStopping: () => stopping });
    expect((await api.app.inject({ url: '/readyz' })).statusCode).toBe(200);
    stopping = true;
    const push = await api.app.inject({ method: 'POST', url: '/v1/push', headers: bearer(api.push), payload: 'a\n' });
    expect([push.statusCode, push.headers['retry-after'], push.headers.connection]).toEqual([503, '5', 'close']);
    expect((await api.app.inject({ url: '/v1/sources', headers: bearer(api.read) })).statusCode).toBe(503);
    expect((await api.app.inject({ url: '/readyz' })).json().detail).toBe('Not ready: it is stopping.');
    expect((await api.app.inject({ url: '/healthz' })).statusCode).toBe(200);
  });

  it('F13 whose spool is full answers 507, is still read, and takes again as soon as there is space', async () => {
    const api = await startApi(database(), {}, { size: 200_000, segmentBytes: 65_536 });
    const push = () =>
      api.app.inject({
        method: 'POST',
        url: '/v1/push',
        headers: bearer(api.push),
        payload: `${'x'.repeat(30_000)}\n`,
      });
    let taken = 0;
    let last = await push();
    for (; last.statusCode === 202; last = await push()) taken++;
    expect(taken).toBeGreaterThan(2);
    expect([last.statusCode, last.headers['retry-after'], last.json().type]).toEqual([
      507,
      expect.stringMatching(/^\d+$/),
      'urn:halflight:problem:full',
    ]);
    expect((await api.app.inject({ url: '/v1/sources', headers: bearer(api.read) })).statusCode).toBe(200);
    expect(await api.spooled()).toHaveLength(taken);
    await api.spool.release(api.spool.lastSequence);
    expect((await push()).statusCode).toBe(202);
  });
});

describe('A17 names of files', () => {
  it('A17 5,000 hostile names are kept as texts and touch no path', { timeout: 120_000 }, async () => {
    const api = await startApi(database());
    const tokens: string[] = [];
    for (let i = 0; i < 20; i++) tokens.push(await newToken(database(), 'push', `source-${i}`));
    await api.tokens.refresh();
    const outside = join(api.spool.folder, '..');
    const random = seeded(17);
    const pieces = [
      '..',
      '/',
      '\\',
      '%2e',
      '\0',
      'etc',
      'passwd',
      'C:',
      '~',
      '\r\n',
      '"',
      'é',
      '\u202e',
      '<b>',
      '.',
      'x'.repeat(90),
      '$(id)',
      '\u{1f600}',
    ];
    const names = Array.from(
      { length: 5000 },
      (_, n) =>
        Array.from({ length: 1 + Math.floor(random() * 6) }, () => pieces[Math.floor(random() * pieces.length)]).join(
          '',
        ) + n,
    ).map((name) => name.slice(-500));
    // As many at a time as are let in; each token has its rate.
    let next = 0;
    const send = async () => {
      for (let i = next++; i < names.length; i = next++) {
        const answer = await api.app.inject({
          method: 'POST',
          url: `/v1/upload?name=${encodeURIComponent(names[i] ?? '')}`,
          headers: bearer(tokens[i % tokens.length] ?? ''),
          payload: 'x',
        });
        if (answer.statusCode !== 202) throw new Error(`${names[i]}: ${answer.statusCode} ${answer.body}`);
      }
    };
    await Promise.all(Array.from({ length: 8 }, send));
    const kept = (await api.spooled()).map((record) => record.meta.name as string);
    expect(kept).toHaveLength(5000);
    expect(new Set(kept)).toEqual(new Set(names.map((name) => name.slice(0, 255))));
    expect(readdirSync(outside)).toEqual(['spool']);
    for (const file of readdirSync(api.spool.folder)) expect(file).toMatch(/^(owner|\d+\.\w+|[\w-]+(\.\w+)?)$/);
  });
});
