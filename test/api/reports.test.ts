import { createHash } from 'node:crypto';
import { beforeAll, expect, it } from 'vitest';
import { bearer, newToken, startApi, type TestApi } from './helpers/api.js';
import { oneDatabase } from './helpers/database.js';
import { keepReport } from './helpers/reports.js';

const database = oneDatabase();
let api: TestApi;
let read: string;
const ids: string[] = [];
beforeAll(async () => {
  for (const names of [false, true]) ids.push(await keepReport(database(), { list: names ? 'named' : 'board', names }));
  api = await startApi(database());
  read = await newToken(database(), 'read');
  await api.tokens.refresh();
});
const get = (url: string) => api.app.inject({ url, headers: bearer(read) });

it('who has a read token finds the reports that were made, and gets one as a file to keep', async () => {
  const answer = await get('/v1/reports?list=board');
  expect(answer.json()).toMatchObject({
    reports: [{ id: ids[0], role: 'admin', group: null, period: '2026-W40', edition: 1 }],
    next: null,
  });
  const file = await get(`/v1/reports/${ids[0]}.html`);
  expect(file.statusCode).toBe(200);
  expect(file.headers).toMatchObject({
    etag: `"${createHash('sha256').update(file.rawPayload).digest('hex')}"`,
    'content-disposition': `attachment; filename="${ids[0]}.html"`,
  });
  expect(file.body).toMatch(/&(?:lt|#60|#x3c);script/i);
  expect(file.body).not.toContain('<script>alert');
});

it('nobody gets one that names people, one that is not there, or a format that is none', async () => {
  expect((await get(`/v1/reports/${ids[1]}.html`)).statusCode).toBe(403);
  expect((await get(`/v1/reports/r_${'0'.repeat(32)}.html`)).statusCode).toBe(404);
  expect((await get(`/v1/reports/${ids[0]}.exe`)).statusCode).toBe(404);
  expect((await get('/v1/reports/..%2f..%2fetc%2fpasswd')).statusCode).toBe(400);
  expect((await api.app.inject({ url: '/v1/reports' })).statusCode).toBe(401);
});
