import { createHash } from 'node:crypto';
import { beforeAll, describe, expect, it } from 'vitest';
import { onlyActive, saveFeed } from '../../src/store/blocklists.js';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';
import { serveList } from './helpers/lists.js';
import { noon } from './helpers/seed.js';

const database = oneDatabase();
const first = '# list\n.jasper.ai\n';
const second = '# list\n.jasper.ai\n.draw.example\n';
const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');

let api: TestApi;
let feed: string;
beforeAll(async () => {
  await serveList(database(), { format: 'squid', body: first });
  await serveList(database(), { format: 'cloudflare', body: 'value\njasper.ai\n' });
  api = await startApi(database());
  feed = await newToken(database(), 'feed');
  await api.tokens.refresh();
});
const get = (url: string, headers: Record<string, string> = bearer(feed)) => api.app.inject({ url, headers });
const basic = (user: string, password: string) => ({
  authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}`,
});

describe('a firewall that fetches a list', () => {
  it('gets its bytes with a strong ETag of their hash, their date, and a type that its product takes', async () => {
    const answer = await get('/v1/blocklists/squid');
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toBe(first);
    expect(answer.headers).toMatchObject({
      etag: `"${sha256(first)}"`,
      'last-modified': 'Mon, 05 Oct 2026 12:00:00 GMT',
      'content-type': 'text/plain; charset=utf-8',
      'cache-control': 'private, no-cache',
      'halflight-version': '1',
    });
    expect((await get('/v1/blocklists/cloudflare')).headers['content-type']).toContain('text/csv');
  });

  it('gets nothing anew while it has what is served, and the new list once there is one', async () => {
    const { etag = '' } = (await get('/v1/blocklists/squid')).headers;
    for (const tag of [String(etag), `W/${etag}`, `"other", ${etag}`, '*']) {
      const answer = await get('/v1/blocklists/squid', { ...bearer(feed), 'if-none-match': tag });
      expect([tag, answer.statusCode, answer.body]).toEqual([tag, 304, '']);
      expect(answer.headers.etag).toBe(etag);
    }
    const since = (date: string, more = {}) =>
      get('/v1/blocklists/squid', { ...bearer(feed), 'if-modified-since': date, ...more });
    expect((await since('Mon, 05 Oct 2026 12:00:00 GMT')).statusCode).toBe(304);
    expect((await since('Mon, 05 Oct 2026 11:59:59 GMT')).statusCode).toBe(200);
    expect((await since('no date')).statusCode).toBe(200);
    // The tag decides where both are there (RFC 9110, 13.1.3).
    expect((await since('Mon, 05 Oct 2026 12:00:00 GMT', { 'if-none-match': '"other"' })).statusCode).toBe(200);

    await serveList(database(), { format: 'squid', body: second, version: 2, at: noon + 1500 });
    const answer = await get('/v1/blocklists/squid', { ...bearer(feed), 'if-none-match': String(etag) });
    expect([answer.statusCode, answer.body]).toEqual([200, second]);
    // Seconds are rounded up, so that nobody who asks by date is left with the old one.
    expect(answer.headers['last-modified']).toBe('Mon, 05 Oct 2026 12:00:02 GMT');
    expect((await since('Mon, 05 Oct 2026 12:00:00 GMT')).statusCode).toBe(200);
  });

  it('gets the signed note beside it', async () => {
    const answer = await get('/v1/blocklists/squid.sig');
    expect([answer.statusCode, answer.body]).toEqual([200, 'note of squid 2\n']);
    expect(answer.headers.etag).toBe(`"${sha256('note of squid 2\n')}"`);
  });

  it('may show its token as user name and password, which nothing else takes', async () => {
    const [id = '', secret = ''] = feed.slice(4).split('.');
    for (const user of [id, `hlf_${id}`])
      expect((await get('/v1/blocklists/squid', basic(user, secret))).statusCode).toBe(200);
    for (const headers of [
      basic(id, `${secret}x`),
      basic('', secret),
      basic(secret, id),
      basic(id, ''),
      basic(id, feed),
    ]) {
      const answer = await get('/v1/blocklists/squid', headers);
      expect(answer.statusCode).toBe(401);
      expect(answer.headers['www-authenticate']).toContain('Basic');
    }
    const [readId = '', readSecret = ''] = api.read.slice(4).split('.');
    expect((await get('/v1/findings', basic(readId, readSecret))).statusCode).toBe(401);
  });

  it('reads nothing but lists with its token, and a token in the address is none', async () => {
    for (const url of ['/v1/sources', '/v1/findings', '/v1/usage/top', '/v1/people', '/v1/chunks', '/metrics']) {
      const answer = await get(url);
      expect([url, answer.statusCode]).toEqual([url, 403]);
      expect(answer.json().detail).toContain('may only fetch block lists');
    }
    const pushed = await api.app.inject({
      method: 'POST',
      url: '/v1/push',
      headers: { ...bearer(feed), 'content-type': 'text/plain' },
      payload: 'x\n',
    });
    expect(pushed.statusCode).toBe(403);
    expect((await get(`/v1/blocklists/squid?token=${feed}`, {})).statusCode).toBe(401);
    expect((await get('/v1/blocklists/squid', bearer(api.push))).statusCode).toBe(403);
    expect((await get('/v1/blocklists/squid', bearer(api.read))).statusCode).toBe(200);
  });

  it('gets 404 for a list that was never published or is not configured any more, and never an empty list', async () => {
    await serveList(database(), { format: 'rpz', body: 'waits\n', state: 'pending' });
    for (const file of ['rpz', 'rpz.sig', 'hosts', 'none', 'squid.sig.sig', '..%2Fsquid', 'squid%00', 'SQUID'])
      expect([file, [400, 404].includes((await get(`/v1/blocklists/${file}`)).statusCode)]).toEqual([file, true]);
    await serveList(database(), { format: 'hosts', body: 'x\n' });
    await onlyActive(database(), ['squid', 'cloudflare', 'rpz']);
    expect((await get('/v1/blocklists/hosts')).statusCode).toBe(404);
  });

  it('gets no bytes that were changed by hand in the database', async () => {
    await serveList(database(), { format: 'dnsmasq', body: 'address=/jasper.ai/\n' });
    await database()
      .updateTable('blocklist_version')
      .set({ body: Buffer.from('address=/com/\n') })
      .where('format', '=', 'dnsmasq')
      .execute();
    const answer = await get('/v1/blocklists/dnsmasq');
    expect(answer.statusCode).toBe(500);
    expect(answer.body).not.toContain('/com/');
  });
});

it('the overview says what is served, what waits, and why nothing new is made', async () => {
  await saveFeed(database(), { format: 'cloudflare', pinned: 1, keptWhy: 'there is no register', keptSince: noon });
  const { blocklists } = (await get('/v1/blocklists')).json();
  const of = (format: string) => blocklists.find((one: { format: string }) => one.format === format);
  expect(of('squid')).toMatchObject({ version: 2, entries: 3, sha256: sha256(second), held: false, waiting: null });
  expect(of('rpz')).toMatchObject({
    version: null,
    sha256: null,
    waiting: 1,
    waits_for: 'more than 5 % of the 1 before',
  });
  expect(of('cloudflare')).toMatchObject({ held: true, kept_why: 'there is no register' });
  expect(of('hosts')).toBeUndefined();
});
