import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { createApi } from '../../src/api/app.js';
import { serverLimits } from '../../src/api/limits.js';
import { problemSchema } from '../../src/api/problem.js';
import { routes } from '../../src/api/registry.js';
import { checkRoute, none, type Route, route } from '../../src/api/route.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { serveList } from './helpers/lists.js';
import { keepReport, reportOfSeed } from './helpers/reports.js';
import { noon, seed } from './helpers/seed.js';
import { enrolment } from './helpers/telemetry.js';

/** An address of each route that answers with success. */
const addresses: Record<string, { url: string; payload?: string }> = {
  'POST /v1/push': { url: '/v1/push', payload: 'a line\n' },
  'POST /v1/upload': { url: '/v1/upload?name=a.log', payload: 'a file\n' },
  'POST /v1/telemetry': {
    url: '/v1/telemetry',
    payload:
      '{"halflight_telemetry":"1","batch":"0123456789abcdef","sent_at":"2026-11-25T12:00:00Z","agent":{"name":"a","version":"1"},"events":[]}',
  },
  'POST /v1/telemetry/devices': {
    url: '/v1/telemetry/devices',
    payload: '{"halflight_telemetry":"1","agent":{"name":"a","version":"1"}}',
  },
  'GET /v1/telemetry/catalog': { url: '/v1/telemetry/catalog' },
  'GET /v1/telemetry/notices': { url: '/v1/telemetry/notices' },
  'GET /v1/sources': { url: '/v1/sources' },
  'GET /v1/sources/:id': { url: '/v1/sources/proxy' },
  'GET /v1/chunks': { url: '/v1/chunks?source=proxy&state=done' },
  'GET /v1/chunks/:id': { url: '/v1/chunks/1' },
  'GET /v1/findings': { url: '/v1/findings?state=open' },
  'GET /v1/findings/:id': { url: '/v1/findings/chatgpt/personal' },
  'GET /v1/usage': { url: '/v1/usage?service=chatgpt' },
  'GET /v1/usage/top': { url: '/v1/usage/top' },
  'GET /v1/subscriptions': { url: '/v1/subscriptions' },
  'GET /v1/people': { url: '/v1/people' },
  'GET /v1/reports': { url: '/v1/reports' },
  'GET /v1/reports/:file': { url: `/v1/reports/${reportOfSeed}.html` },
  'GET /v1/blocklists': { url: '/v1/blocklists' },
  'GET /v1/blocklists/:file': { url: '/v1/blocklists/squid' },
  'GET /ack/:token': { url: '/ack/no-link' },
  'POST /ack/:token': { url: '/ack/no-link', payload: 'who=Jane' },
  'GET /healthz': { url: '/healthz' },
  'GET /readyz': { url: '/readyz' },
  'GET /metrics': { url: '/metrics' },
};
const typeOf = ({ policy, page }: Route): string =>
  page === true ? 'application/x-www-form-urlencoded' : policy === 'telemetry' ? 'application/json' : 'text/plain';
const nameOf = ({ method, path }: Route): string => `${method} ${path}`;
const addressOf = (one: Route) => addresses[nameOf(one)] ?? { url: 'missing' };

/** What every answer has, whatever its status; written from the OWASP list of headers, not from the code. */
const headers = {
  'content-security-policy': expect.stringContaining("default-src 'none'"),
  'x-content-type-options': 'nosniff',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'x-frame-options': 'DENY',
};

await describeOnDatabases('every route of the registry', (server) => {
  let api: TestApi;
  let db: Db;
  let device: string;
  beforeAll(async () => {
    db = await server.database();
    await seed(db);
    await serveList(db, { format: 'squid', body: '.jasper.ai\n' });
    await keepReport(db);
    api = await startApi(db, { now: () => noon });
    device = (await api.app.inject(enrolment(api.telemetry))).json().key;
  });
  const ask = (one: Route, token: string | undefined, change: object = {}) =>
    api.app.inject({
      method: one.method,
      ...addressOf(one),
      headers: {
        ...(token !== undefined && bearer(token)),
        ...(one.schema.body !== undefined && { 'content-type': typeOf(one) }),
        ...(one.path === '/v1/telemetry' && { 'halflight-device': device }),
      },
      remoteAddress: '203.0.113.7',
      ...change,
    });

  const tokenFor = ({ policy }: Route): string =>
    policy === 'push' ? api.push : policy === 'telemetry' ? api.telemetry : api.read;

  it('is tried here', () => expect(new Set(Object.keys(addresses))).toEqual(new Set(routes.map(nameOf))));

  it('answers what its schema says, and nothing beside', async () => {
    for (const one of routes) {
      const answer = await ask(one, tokenFor(one));
      expect([nameOf(one), answer.statusCode]).toEqual([nameOf(one), one.schema.status ?? 200]);
      if (one.file === true) {
        // A file may be kept by who fetched it, and is asked for anew each time.
        expect(answer.headers).toMatchObject({ ...headers, 'cache-control': 'private, no-cache' });
        continue;
      }
      expect(answer.headers).toMatchObject(headers);
      if (one.schema.text !== undefined) {
        expect(answer.headers['content-type']).toBe(one.schema.text);
        continue;
      }
      expect(answer.headers['content-type']).toBe('application/json; charset=utf-8');
      const body: unknown = answer.json();
      expect(one.schema.answer.parse(body)).toEqual(body);
    }
  });

  it('answers 401 to who has no token, unless it is public', async () => {
    for (const one of routes.filter((each) => each.policy !== 'public')) {
      for (const authorization of [
        undefined,
        'Bearer',
        `Bearer hlf_${'a'.repeat(12)}.${'b'.repeat(43)}`,
        `Basic ${api.read}`,
      ]) {
        const answer = await api.app.inject({
          method: one.method,
          ...addressOf(one),
          remoteAddress: '203.0.113.7',
          headers: authorization === undefined ? {} : { authorization },
        });
        expect([nameOf(one), answer.statusCode]).toEqual([nameOf(one), 401]);
        expect(answer.headers['www-authenticate']).toContain('Bearer');
        expect(problemSchema.parse(answer.json())).toEqual(answer.json());
      }
    }
  });

  it('takes a token from the header alone, never from the address', async () => {
    for (const name of ['token', 'access_token', 'authorization'])
      expect((await api.app.inject({ url: `/v1/sources?${name}=${api.read}` })).statusCode).toBe(401);
  });

  it('A20 a token of a source reaches its own push and upload, and nothing else', async () => {
    const reached: string[] = [];
    for (const one of routes) {
      const answer = await ask(one, api.push);
      if (one.policy === 'public') continue;
      if (answer.statusCode === 202) reached.push(nameOf(one));
      else {
        expect([nameOf(one), answer.statusCode]).toEqual([nameOf(one), 403]);
        expect(answer.json().detail).toContain('may only send data of its own source');
      }
    }
    expect(reached).toEqual(['POST /v1/push', 'POST /v1/upload']);
    // Also from loopback, where metrics need no token: who shows one is judged by it.
    expect((await api.app.inject({ url: '/metrics', headers: bearer(api.push) })).statusCode).toBe(403);
  });

  it('A20 what is sent belongs to the source of the token, whatever headers, address and body say', async () => {
    const other = await newToken(db, 'push', 'firewall');
    await api.tokens.refresh();
    const before = (await api.spooled()).length;
    for (const header of ['x-source', 'source', 'x-halflight-source', 'x-forwarded-user'])
      await api.app.inject({
        method: 'POST',
        url: '/v1/push',
        headers: { ...bearer(other), 'content-type': 'application/x-ndjson', [header]: 'proxy' },
        payload: '{"source":"proxy","_source":"proxy"}\n',
      });
    expect(
      (await api.app.inject({ method: 'POST', url: '/v1/push?source=proxy', headers: bearer(other) })).statusCode,
    ).toBe(400);
    const sent = (await api.spooled()).slice(before);
    expect(sent.map((record) => record.source)).toEqual(['firewall', 'firewall', 'firewall', 'firewall']);
  });

  it('A20 a read token sends nothing', async () => {
    for (const one of routes.filter((each) => each.policy === 'push' || each.policy === 'telemetry'))
      expect((await ask(one, api.read)).statusCode).toBe(403);
  });

  it('a token that is revoked is good no longer, and one that is new is good at once', async () => {
    const token = await newToken(db, 'read');
    await api.tokens.refresh();
    const status = async () => (await api.app.inject({ url: '/v1/sources', headers: bearer(token) })).statusCode;
    expect(await status()).toBe(200);
    const id = token.slice(4, 16);
    await db.updateTable('token').set({ revoked_at: noon }).where('id', '=', id).execute();
    await expect.poll(status, { timeout: 5000, interval: 100 }).toBe(401);
  });

  it('is not reached by other methods: 405 names those that are', async () => {
    for (const one of routes) {
      // By the table above: one address may have several.
      const methods = ['GET', 'POST'].filter((method) => `${method} ${one.path}` in addresses);
      const method = methods.includes('GET') ? 'DELETE' : 'GET';
      const answer = await api.app.inject({ method, url: addressOf(one).url, headers: bearer(api.read) });
      expect([nameOf(one), answer.statusCode]).toEqual([nameOf(one), 405]);
      expect(answer.headers.allow).toBe(methods.map((item) => (item === 'GET' ? 'GET, HEAD' : item)).join(', '));
      expect(answer.headers).toMatchObject(headers);
    }
  });

  it('refuses a body where it takes none', async () => {
    for (const one of routes.filter((each) => each.schema.body === undefined))
      expect((await ask(one, tokenFor(one), { payload: 'x' })).statusCode).toBe(400);
  });

  it('says so where there is nothing', async () => {
    for (const url of [
      '/',
      '/v1',
      '/v1/none',
      '/v1/sources/',
      '/v1/chunks/1/2',
      '/metrics/',
      '/.git/config',
      '/v1/findings/',
    ]) {
      const answer = await api.app.inject({ url, headers: bearer(api.read) });
      expect([url, answer.statusCode]).toEqual([
        url,
        url === '/v1/findings/' ? 400 : url === '/v1/sources/' ? 400 : 404,
      ]);
      expect(problemSchema.parse(answer.json())).toEqual(answer.json());
      expect(answer.headers).toMatchObject(headers);
    }
  });
});

describe('a route', () => {
  const whole: Route = route({
    method: 'GET',
    path: '/v1/x',
    policy: 'read',
    summary: 'X.',
    schema: { params: none, query: none, answer: z.object({}) },
    limits: { bodyBytes: 0, perMinute: 1 },
    handler: () => ({}),
  });

  it('that is not whole cannot start', async () => {
    expect(() => checkRoute(whole)).not.toThrow();
    for (const [change, words] of [
      [{ policy: undefined }, 'it needs a policy: public, push, telemetry, read, feed'],
      [{ policy: 'admin' }, 'it needs a policy'],
      [{ schema: undefined }, 'it needs schemas'],
      [{ schema: { ...whole.schema, query: undefined } }, 'it needs schemas'],
      [{ schema: { ...whole.schema, answer: undefined } }, 'it needs a schema of its answer'],
      [{ schema: { ...whole.schema, body: ['text/plain'] } }, 'do not fit each other'],
      [{ limits: undefined }, 'it needs limits'],
      [{ limits: { bodyBytes: 0, perMinute: 0 } }, 'it needs limits'],
      [{ summary: '' }, 'it needs a summary'],
      [{ path: 'v1/x' }, 'it needs a method and a path'],
      [{ method: 'DELETE' }, 'it changes something and names no audit verb'],
    ] as const)
      expect(() => checkRoute({ ...whole, ...change } as unknown as Route)).toThrow(words);
    const unsafe = { ...whole, policy: undefined } as unknown as Route;
    await expect(createApi(undeclared, [unsafe])).rejects.toThrow('Route GET /v1/x cannot start: it needs a policy');
  });

  it('that fails tells its id and nothing of why', async () => {
    const failing: Route = {
      ...whole,
      policy: 'public',
      handler: () => {
        throw new Error('password=hunter2 at /srv/x.ts');
      },
    };
    const wrong: Route = {
      ...whole,
      policy: 'public',
      path: '/v1/y',
      schema: { ...whole.schema, answer: z.object({ n: z.int() }) },
      handler: () => ({ n: 'no' }),
    };
    const lines: string[] = [];
    const error = (fields: object, message: string): void => void lines.push(`${JSON.stringify(fields)} ${message}`);
    const app = await createApi({ ...undeclared, log: { debug: () => {}, info: () => {}, warn: error, error } }, [
      failing,
      wrong,
    ]);
    for (const url of ['/v1/x', '/v1/y']) {
      const answer = await app.inject({ url });
      expect(answer.json()).toEqual({
        type: 'urn:halflight:problem:internal',
        title: 'Our mistake',
        status: 500,
        detail: 'This is a mistake of the service: look for the id of the request in its log.',
        instance: expect.stringMatching(/^[0-9a-f-]{36}$/),
      });
      expect(lines.some((line) => line.includes(answer.json().instance))).toBe(true);
    }
    await app.close();
  });

  it('has its limits counted by the minute', async () => {
    const limited: Route = { ...whole, policy: 'public', limits: { bodyBytes: 0, perMinute: 3 } };
    const app = await createApi(undeclared, [limited]);
    const status = async (remoteAddress: string) => (await app.inject({ url: '/v1/x', remoteAddress })).statusCode;
    const seen = [];
    for (let i = 0; i < 8; i++) seen.push(await status('203.0.113.1'));
    // The minute may turn once in between.
    expect(seen.filter((code) => code === 429).length).toBeGreaterThanOrEqual(2);
    expect(await status('203.0.113.2')).toBe(200);
    await app.close();
  });
});

/** Needs that no route of these tests has. */
const undeclared = {
  config: { timezone: 'UTC', trustedProxies: [] },
  log: { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} },
  now: Date.now,
  isStopping: () => false,
  version: '0',
} as unknown as Parameters<typeof createApi>[0];

describe('docs/api.md', () => {
  const page = readFileSync(join(import.meta.dirname, '../../docs/api.md'), 'utf8');

  it('names every route', () => {
    for (const one of routes) expect(page).toContain(`\`${nameOf(one).replace(/:(\w+)/g, '{$1}')}\``);
  });

  it('holds the table of limits as the code has it', () => {
    for (const [name, { value, unit, why }] of Object.entries(serverLimits))
      expect(page).toContain(`| \`${name}\` | ${value.toLocaleString('en-US')} ${unit} | ${why} |`);
  });
});
