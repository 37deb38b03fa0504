import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/collectors/common/api/client.js';
import { followLink } from '../../../src/collectors/common/api/link.js';
import { type ApiSource, apiSource } from '../../helpers/api-source.js';
import { httpServer, type LocalServer } from '../../helpers/http-server.js';
import { linkTricks } from '../../helpers/link-tricks.js';

// A provider, or who speaks in its name, tries to have the token sent to another place.
let api: LocalServer;
let decoy: LocalServer;
let source: ApiSource;
const atDecoy: string[] = [];
const atApi: string[] = [];

beforeAll(async () => {
  api = await httpServer((request, response) => {
    atApi.push(`${request.url}`);
    response.end('{}');
  });
  decoy = await httpServer((request, response) => {
    atDecoy.push(`${request.url} ${request.headers.authorization}`);
    response.end('{}');
  });
  source = apiSource([api.port, decoy.port]);
});
afterAll(async () => {
  await Promise.all([source.close(), api.close(), decoy.close()]);
});

describe('links to the next page', () => {
  it('the token goes nowhere else by any of more than 60 tricks', async () => {
    const base = `http://127.0.0.1:${api.port}/v1/`;
    const client = new ApiClient(
      { name: 'API', base, authorize: () => Promise.resolve({ authorization: 'Bearer secret' }) },
      source.context,
    );
    const list = linkTricks(String(api.port), String(decoy.port));
    expect(list.length).toBeGreaterThanOrEqual(60);
    for (const link of list) await expect(client.get(link), link).rejects.toThrow(/not followed/);
    expect(atDecoy).toEqual([]);
    expect(atApi).toEqual([]);
  });

  it('honest ones are followed as they are', () => {
    const base = 'https://graph.microsoft.com/v1.0/';
    for (const link of [
      'https://graph.microsoft.com/v1.0/auditLogs/signIns?$skiptoken=abc_def.1&$filter=createdDateTime%20ge%202026-11-26T00:00:00Z',
      'https://graph.microsoft.com/v1.0/users?$select=id,displayName&$skiptoken=m~AQAnOzE2&x=%2e%2e%2f',
    ])
      expect(followLink(base, link)).toBe(link);
    expect(followLink('https://acme.okta.com/api/v1/', 'https://ACME.okta.com:443/api/v1/logs?after=1')).toBe(
      'https://acme.okta.com/api/v1/logs?after=1',
    );
  });
});
