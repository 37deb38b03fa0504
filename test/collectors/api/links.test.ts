import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ApiClient } from '../../../src/collectors/common/api/client.js';
import { followLink } from '../../../src/collectors/common/api/link.js';
import { type ApiSource, apiSource } from '../../helpers/api-source.js';
import { httpServer, type LocalServer } from '../../helpers/http-server.js';

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

const tricks = (home: string, other: string): string[] => {
  const [h, o] = [`127.0.0.1:${home}`, `127.0.0.1:${other}`];
  return [
    `http://${o}/v1/x`,
    `https://${h}/v1/x`,
    `ftp://${h}/v1/x`,
    `//${o}/v1/x`,
    `/v1/x`,
    `v1/x`,
    ``,
    ` `,
    `http://${o}/v1/x?http://${h}/v1/`,
    `http://${h}@${o}/v1/x`,
    `http://${h}:x@${o}/v1/x`,
    `http://user@${h}/v1/x`,
    `http://user:pass@${h}/v1/x`,
    `http://${h}\\@${o}/v1/x`,
    `http://${o}\\@${h}/v1/x`,
    `http:\\\\${o}\\v1\\x`,
    `http:/${o}/v1/x`,
    `http:${o}/v1/x`,
    `http:///${o}/v1/x`,
    `http://${h}#@${o}/v1/x`,
    `http://${h}/v1/x#@${o}`,
    `http://${h}/v1/../v2/x`,
    `http://${h}/v1/..%2fv2/x`,
    `http://${h}/v1/%2e%2e/v2/x`,
    `http://${h}/v1/.%2e/v2`,
    `http://${h}/v1/%252e%252e/v2`,
    `http://${h}/v1%2fx`,
    `http://${h}/v1%5c..%5cv2`,
    `http://${h}/v1//${o}/x`,
    `http://${h}//${o}/v1/x`,
    `http://${h}/v1/./x`,
    `http://${h}/v1/x/..`,
    `http://${h}/v1`,
    `http://${h}/v10/x`,
    `http://${h}/V1/x`,
    `http://${h}/beta/x`,
    `http://${h}/`,
    `http://${h}`,
    `http://${h}?/v1/x`,
    `http://localhost:${home}/v1/x`,
    `http://127.1:${home}.evil.example/v1/x`,
    `http://127.0.0.1.evil.example:${home}/v1/x`,
    `http://127.0.0.1:${home}.evil.example/v1/x`,
    `http://127.0.0.1/v1/x`,
    `http://127.0.0.1:${home}0/v1/x`,
    `http://[::1]:${home}/v1/x`,
    `http://[::ffff:127.0.0.1]:${home}/v1/x`,
    `http://127.0.0.1。:${home}/v1/x`,
    `http://①27.0.0.1:${other}/v1/x`,
    `http://${h}\t@${o}/v1/x`,
    `http://${h}\n@${o}/v1/x`,
    `http://${h}/v1/x\r\nHost: ${o}`,
    `http://${h}/v1/x y`,
    `http://${h}/v1/\u0000x`,
    `http://${h}/v1/<x>`,
    `javascript:fetch('http://${o}')`,
    `data:application/json,{}`,
    `file:///etc/passwd`,
    `http://${h}/v1/"x`,
    `http://${h}/v1/x?${'a'.repeat(20_000)}`,
    `http://%31%32%37.0.0.1:${other}/v1/x`,
    `http://${h},http://${o}/v1/x`,
    `<http://${o}/v1/x>`,
    `http://0x7f000001:${other}/v1/x`,
  ];
};

describe('links to the next page', () => {
  it('the token goes nowhere else by any of more than 60 tricks', async () => {
    const base = `http://127.0.0.1:${api.port}/v1/`;
    const client = new ApiClient(
      { name: 'API', base, authorize: () => Promise.resolve({ authorization: 'Bearer secret' }) },
      source.context,
    );
    const list = tricks(String(api.port), String(decoy.port));
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
