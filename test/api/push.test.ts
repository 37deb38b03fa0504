import { beforeAll, expect, it } from 'vitest';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { bearer, startApi, type TestApi } from './helpers/api.js';

await describeOnDatabases('what is sent in', (server) => {
  let api: TestApi;
  beforeAll(async () => {
    api = await startApi(await server.database());
  });

  it('lines are on disk, under the source of the token, when 202 comes', async () => {
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
