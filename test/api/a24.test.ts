import { beforeAll, describe, expect, it } from 'vitest';
import { routes } from '../../src/api/registry.js';
import type { Route } from '../../src/api/route.js';
import { seeded } from '../receivers/helpers/processes.js';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';
import { statuses, talk } from './helpers/raw.js';
import { noon, seed } from './helpers/seed.js';

const database = oneDatabase();

/** Content types, and whether a push takes them: by docs/api.md, not by the code. */
const types: readonly (readonly [string, boolean])[] = [
  ['text/plain', true],
  ['application/x-ndjson', true],
  ['application/ndjson', true],
  ['application/jsonl', true],
  ['application/json', true],
  ['text/csv', true],
  ['application/octet-stream', true],
  ['TEXT/Plain', true],
  ['text/plain;charset=UTF-8', true],
  ['text/plain; charset=utf-8', true],
  ['text/plain; charset="utf-8"', true],
  ['text/plain; charset=utf-7', false],
  ['text/plain; charset=utf-8; x=y', false],
  ['text/plain;', false],
  ['text/plain ', false],
  ['text/plain\tx', false],
  ['text/plain, application/json', false],
  ['text/plain;application/json', false],
  ['text/plainx', false],
  ['xtext/plain', false],
  ['text', false],
  ['/', false],
  ['*/*', false],
  ['', false],
  ['null', false],
  ['application/json\u00a0', false],
  ['application/x-www-form-urlencoded', false],
  ['multipart/form-data; boundary=x', false],
  ['application/xml', false],
  ['text/html', false],
  ['application/problem+json', false],
  ['application/gzip', false],
  ['a'.repeat(3000), false],
  [`text/plain; charset=${'x'.repeat(2000)}`, false],
  ['__proto__', false],
  ['constructor', false],
  ['application/json;__proto__=x', false],
];
const encodings = [
  undefined,
  'identity',
  'gzip',
  'zstd',
  'br',
  'deflate',
  'gzip, gzip',
  'x',
  '',
  'GZIP;q=1',
  'chunked',
];
const spoofs: readonly Record<string, string>[] = [
  {},
  { 'x-forwarded-for': '127.0.0.1' },
  { 'x-forwarded-for': '10.0.0.1, 127.0.0.1, ::1' },
  { 'x-forwarded-for': '<script>' },
  { 'x-forwarded-host': 'evil.example' },
  { 'x-forwarded-proto': 'https' },
  { 'x-forwarded-port': '0' },
  { forwarded: 'for=127.0.0.1;host=evil.example;proto=https' },
  { 'x-real-ip': '127.0.0.1' },
  { 'true-client-ip': '127.0.0.1' },
  { 'cf-connecting-ip': '127.0.0.1' },
  { 'x-original-url': '/healthz' },
  { 'x-rewrite-url': '/healthz' },
  { 'x-http-method-override': 'GET' },
  { 'x-method-override': 'DELETE' },
  { host: 'evil.example' },
  { host: '127.0.0.1@evil.example' },
  { host: '' },
  { origin: 'null' },
  { 'x-forwarded-user': 'admin' },
  { cookie: 'token=hlf_x; __proto__=1' },
  { 'x-request-id': 'spoofed' },
  { 'request-id': 'spoofed' },
  { accept: 'text/html' },
  { 'accept-version': '9.9.9' },
  { range: 'bytes=0-1' },
  { 'if-none-match': '*' },
  { upgrade: 'websocket' },
  { te: 'trailers' },
  { via: '1.1 x' },
];

interface Variant {
  type: readonly [string, boolean] | undefined;
  encoding: string | undefined;
  spoof: Record<string, string>;
  headers: Record<string, string>;
}

/** 2,000 different combinations, the same each time. */
function variants(): Variant[] {
  const random = seeded(24);
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)] as T;
  const found = new Map<string, Variant>();
  while (found.size < 2000) {
    const type = pick([undefined, ...types]);
    const encoding = pick(encodings);
    const spoof = { ...pick(spoofs), ...pick(spoofs), ...pick(spoofs) };
    const headers = {
      ...spoof,
      ...(type !== undefined && { 'content-type': type[0] }),
      ...(encoding !== undefined && { 'content-encoding': encoding }),
    };
    found.set(JSON.stringify(headers), { type, encoding, spoof, headers });
  }
  return [...found.values()];
}

const address: Record<string, string> = {
  '/v1/upload': '/v1/upload?name=x',
  '/v1/sources/:id': '/v1/sources/proxy',
  '/v1/chunks/:id': '/v1/chunks/1',
  '/v1/findings/:id': '/v1/findings/chatgpt/personal',
  '/v1/usage': '/v1/usage?service=chatgpt',
};

describe('A24 headers', () => {
  let api: TestApi;
  const readers: string[] = [];
  beforeAll(async () => {
    await seed(database());
    api = await startApi(database(), { now: () => noon });
    // A token has its rate.
    for (let i = 0; i < 4; i++) readers.push(await newToken(database(), 'read'));
    await api.tokens.refresh();
  });
  const stranger = '203.0.113.7';
  const plain = ({ instance: _instance, ...body }: Record<string, unknown>) => body;
  const ask = async (route: Route, headers: Record<string, string>, payload?: string, from = stranger) => {
    const answer = await api.app.inject({
      method: route.method,
      url: address[route.path] ?? route.path,
      headers,
      remoteAddress: from,
      ...(payload !== undefined && { payload }),
    });
    // Injected requests never give the timers a turn, which the service takes for a stall.
    await new Promise(setImmediate);
    const json = String(answer.headers['content-type']).includes('json');
    return { status: answer.statusCode, body: json ? plain(answer.json()) : undefined };
  };

  it('A24 of 2,000 kinds open nothing to who has no token: each route answers as it does without them', async () => {
    for (const route of routes.filter((each) => each.policy !== 'public')) {
      const bare = await ask(route, {});
      expect(bare.status).toBe(401);
      for (const { headers } of variants()) {
        const answer = await ask(route, headers);
        if (answer.status !== 401 || JSON.stringify(answer.body) !== JSON.stringify(bare.body))
          expect([route.path, headers, answer]).toEqual([route.path, headers, bare]);
      }
    }
  });

  it('A24 do not change what is read', async () => {
    const all = variants();
    for (const route of routes.filter((each) => each.method === 'GET')) {
      const bare = await ask(route, bearer(readers[0] ?? ''));
      for (let i = 0; i < all.length; i += 50) {
        const headers = all[i]?.headers ?? {};
        // One after the other from other strangers: some routes let each ask only so often.
        const from = `198.51.100.${(i / 50) % 250}`;
        const answer = await ask(route, { ...headers, ...bearer(readers[i % readers.length] ?? '') }, undefined, from);
        expect([route.path, headers, answer]).toEqual([route.path, headers, bare]);
      }
    }
  });

  it('A24 do not let a body pass by another type: a push is judged by its exact type, and never fails', async () => {
    const push = routes.find((route) => route.path === '/v1/push') as Route;
    for (const { headers, type, encoding } of variants()) {
      const { status } = await ask(push, { ...headers, ...bearer(api.push) }, 'a line\n');
      const packed = encoding !== undefined && encoding !== 'identity' && encoding !== '';
      if (type !== undefined && !type[1]) expect([headers, status]).toEqual([headers, 415]);
      else if (packed) expect([headers, status >= 400 && status < 500]).toEqual([headers, true]);
      else expect([headers, status]).toEqual([headers, 202]);
    }
    const sent = await api.spooled();
    expect(sent.length).toBeGreaterThan(50);
    for (const record of sent) {
      expect(record.source).toBe('proxy');
      expect(record.meta.remote).toBe(stranger);
    }
  });

  it('A24 that decide something and are there twice are refused', async () => {
    const port = await api.listen();
    for (const [name, first, second] of [
      ['Authorization', `Bearer ${api.read}`, `Bearer ${api.push}`],
      ['Authorization', `Bearer ${api.push}`, `Bearer ${api.push}`],
      ['Content-Type', 'text/plain', 'application/json'],
      ['Content-Encoding', 'identity', 'gzip'],
      ['Idempotency-Key', 'a', 'b'],
      ['Host', 'a', 'b'],
    ] as const) {
      const other = name === 'Authorization' ? '' : `Authorization: Bearer ${api.push}\r\n`;
      const { text } = await talk(
        port,
        `POST /v1/push HTTP/1.1\r\n${name === 'Host' ? '' : 'Host: x\r\n'}${other}${name}: ${first}\r\n${name}: ${second}\r\nConnection: close\r\nContent-Length: 2\r\n\r\na\n`,
      );
      expect([name, statuses(text)]).toEqual([name, [400]]);
    }
  });

  it('A24 that smuggle a second request get one 400 and the end of the connection', async () => {
    const port = await api.listen().catch(() => (api.app.server.address() as { port: number }).port);
    const second = `GET /v1/sources HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.read}\r\n\r\n`;
    const head = `POST /v1/push HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${api.push}\r\nContent-Type: text/plain\r\n`;
    for (const lines of [
      'Content-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\nContent-Length: 5\r\n\r\n0\r\n\r\n',
      'Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcde',
      'Content-Length: 5, 6\r\n\r\nabcde',
      'Content-Length: +5\r\n\r\nabcde',
      'Content-Length: -1\r\n\r\n',
      'Content-Length: 0x5\r\n\r\nabcde',
      'Content-Length : 5\r\n\r\nabcde',
      'Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked, identity\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding:\x0bchunked\r\n\r\n0\r\n\r\n',
      'Transfer-Encoding: chunked\r\n\r\nZZ\r\n',
      'Transfer-Encoding: chunked\r\n\r\nffffffffffffffffff\r\n',
      'X: a\r\n b: c\r\nContent-Length: 5\n\nabcde',
      'X: \x00\r\n\r\n',
    ]) {
      const { text, closed } = await talk(port, head + lines + second);
      expect([lines, closed]).toEqual([lines, true]);
      expect([lines, statuses(text).filter((status) => status < 400)]).toEqual([lines, []]);
      expect([lines, text.includes('"sources"')]).toEqual([lines, false]);
    }
  });

  it('A24 of a proxy are believed only when it is listed', async () => {
    const remotes: string[] = [];
    const listed = await startApi(database(), {
      config: { timezone: 'UTC', trustedProxies: ['10.1.0.0/16', '::1'] },
      push: async ({ remote }) => {
        remotes.push(remote);
        return { status: 200, body: { accepted: 0, id: 'x' } };
      },
    });
    const send = (remoteAddress: string, forwarded: string) =>
      listed.app.inject({
        method: 'POST',
        url: '/v1/push',
        remoteAddress,
        headers: { ...bearer(listed.push), 'x-forwarded-for': forwarded },
      });
    await send('10.1.2.3', '198.51.100.9');
    await send('::ffff:10.1.2.3', '198.51.100.9');
    await send('10.1.2.3', '6.6.6.6, 198.51.100.9, 10.1.9.9');
    await send('10.2.0.1', '198.51.100.9');
    expect(remotes).toEqual(['198.51.100.9', '198.51.100.9', '198.51.100.9', '10.2.0.1']);
  });

  it('A24 of who was passed on do not open the metrics as from loopback', async () => {
    const status = async (headers: Record<string, string>, remoteAddress: string) =>
      (await api.app.inject({ url: '/metrics', headers, remoteAddress })).statusCode;
    expect(await status({}, '127.0.0.1')).toBe(200);
    expect(await status({}, '::ffff:127.0.0.1')).toBe(200);
    expect(await status({}, '::1')).toBe(200);
    expect(await status({}, '10.0.0.1')).toBe(401);
    expect(await status({}, '::ffff:10.0.0.1')).toBe(401);
    for (const headers of [{ 'x-forwarded-for': '127.0.0.1' }, { forwarded: 'for=127.0.0.1' }, { via: '1.1 proxy' }])
      expect(await status(headers as Record<string, string>, '127.0.0.1')).toBe(401);
  });
});
