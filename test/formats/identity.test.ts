import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { actions, eventKinds } from '../../src/core/event.js';
import { detectText, parseText } from '../helpers/parse.js';

const one = async (id: string, record: unknown): Promise<Record<string, unknown>> => {
  const { events, skips, rejects } = await parseText(id, typeof record === 'string' ? record : JSON.stringify(record));
  return events[0] ?? { skips, rejects };
};

const dns = { QueryName: 'chatgpt.com', SrcIP: '192.0.2.1' };
const signIn = (status: unknown, more: object = {}) => ({
  time: '2026-03-02T09:15:01Z',
  category: 'SignInLogs',
  properties: {
    id: 'e1',
    userPrincipalName: 'anna@acme.example',
    appDisplayName: 'ChatGPT',
    appId: 'a1',
    status,
    ...more,
  },
});
const okta = (eventType: string, more: object = {}) => ({
  eventType,
  published: '2026-03-02T09:15:01Z',
  actor: { type: 'User', alternateId: 'anna@acme.example' },
  outcome: { result: 'SUCCESS' },
  ...more,
});

describe('Cloudflare Gateway', () => {
  it.each([
    ['2026-03-02T09:15:03Z', '2026-03-02T09:15:03Z'],
    [1772442903, '2026-03-02T09:15:03Z'],
    ['1772442903', '2026-03-02T09:15:03Z'],
    [1772442903000000000, '2026-03-02T09:15:03Z'],
    ['1772442903123456789', '2026-03-02T09:15:03.123Z'],
    ['1772442903123', '2026-03-02T09:15:03.123Z'],
  ])('Datetime %j', async (Datetime, time) => {
    expect(await one('cloudflare-gateway-dns', { ...dns, Datetime })).toMatchObject({ time });
  });

  it.each([
    ['blockedAlwaysCategory', 'blocked'],
    ['allowedOnNoLocation', 'allowed'],
    ['overrideApplied', 'allowed'],
    [3, 'blocked'],
    ['6', 'blocked'],
    [5, 'allowed'],
    [0, 'unknown'],
    [null, 'unknown'],
    ['', 'unknown'],
  ])('ResolverDecision %j is %s', async (ResolverDecision, action) => {
    expect(await one('cloudflare-gateway-dns', { ...dns, ResolverDecision })).toMatchObject({ action });
  });

  it('skips nothing of a batch that a forwarder wrapped', async () => {
    const { events } = await parseText(
      'cloudflare-gateway-dns',
      JSON.stringify({ event: { ...dns, ResolverDecision: 9 } }),
    );
    expect(events).toHaveLength(1);
  });
});

describe('Entra', () => {
  it.each([
    [{ errorCode: 0 }, 'allowed'],
    [{ errorCode: '0' }, 'allowed'],
    [{ ErrorCode: 50126 }, 'blocked'],
    [{ errorCode: '50053' }, 'blocked'],
    [{ errorCode: 50140 }, 'unknown'],
    [{ errorCode: '50125' }, 'unknown'],
    [{ errorCode: 50074 }, 'unknown'],
    [{ errorCode: 50076 }, 'unknown'],
    [{ errorCode: 50072 }, 'unknown'],
    [{ errorCode: 50097 }, 'unknown'],
    [{ errorCode: 65001 }, 'unknown'],
    [{ errorCode: 65004 }, 'blocked'],
    [{}, 'unknown'],
    [null, 'unknown'],
  ])('status %j is %s', async (status, action) => {
    expect(await one('entra-signin', signIn(status))).toMatchObject({ kind: 'signin', action });
  });

  it('reads properties given as text', async () => {
    const record = signIn({ errorCode: 0 });
    const asText = { ...record, properties: JSON.stringify(record.properties) };
    expect(await one('entra-signin', asText)).toEqual(await one('entra-signin', record));
  });

  it('reads a wrapper in one line, in several lines, and behind a syslog header', async () => {
    const record = signIn({ errorCode: 0 });
    for (const text of [
      JSON.stringify({ records: [record] }),
      JSON.stringify({ records: [record] }, null, 2),
      JSON.stringify([record]),
      `<14>1 2026-03-02T09:15:01Z hub fwd - - - ${JSON.stringify({ records: [record] })}`,
      `${JSON.stringify(record)},`,
    ])
      expect((await parseText('entra-signin', text)).events, text).toHaveLength(1);
  });

  it.each([
    ['[] => [[Id: a, ConsentType: Principal, Scope: User.Read openid, CreatedDateTime: ]]; '],
    ['[] => [[Id: a, ConsentType: Principal, Scope: [User.Read, openid], CreatedDateTime: ]]; '],
    ['[[Scope: Mail.Send]] => [[Id: a, Scope: [User.Read]], [Id: b, ResourceId: r, Scope: openid]]'],
  ])('scopes of the consent %s', async (text) => {
    const permissions = { displayName: 'ConsentAction.Permissions', oldValue: null, newValue: JSON.stringify(text) };
    const audit = {
      activityDisplayName: 'Consent to application',
      activityDateTime: '2026-03-02T09:15:01Z',
      result: 'success',
      initiatedBy: { user: { userPrincipalName: 'anna@acme.example' } },
      targetResources: [{ displayName: 'Notes', type: 'ServicePrincipal', modifiedProperties: [permissions] }],
    };
    expect(await one('entra-audit', audit)).toMatchObject({ kind: 'grant', scopes: ['User.Read', 'openid'] });
  });

  it('an empty page is no error', async () => {
    expect(await parseText('entra-graph-signin', '{"@odata.context":"x","value":[]}')).toMatchObject({
      events: [],
      rejects: [],
    });
  });

  it.each([
    ['3/12/2026 7:22:01 AM', '2026-03-12T07:22:01Z'],
    ['12.03.2026 07:22:01', '2026-03-12T07:22:01Z'],
    ['13/03/2026 07:22', '2026-03-13T07:22:00Z'],
    ['2026-03-12T07:22:01.1234567Z', '2026-03-12T07:22:01.123Z'],
  ])('CSV date %s', async (date, time) => {
    const text = `\uFEFFCreatedDateTime,UserPrincipalName,AppDisplayName,IpAddress,Status\n${date},anna@acme.example,ChatGPT,192.0.2.1,Success\n`;
    const { events } = await parseText('entra-signin-csv', text);
    expect(events).toMatchObject([{ time, action: 'allowed' }]);
    expect(await detectText('x.csv', text)).toMatchObject({ format: 'entra-signin-csv' });
  });
});

describe('Okta', () => {
  it.each([
    ['user.session.start', 'signin'],
    ['user.authentication.sso', 'signin'],
    ['app.oauth2.as.consent.grant', 'grant'],
    ['app.oauth2.token.grant.id_token', 'grant'],
  ])('%s is a %s', async (type, kind) => {
    expect(await one('okta', okta(type))).toMatchObject({ kind, user: 'anna@acme.example' });
  });
  it.each([
    'user.session.end',
    'user.authentication.auth_via_mfa',
    'app.oauth2.as.consent.revoke',
    'policy.evaluate_sign_on',
  ])('%s is skipped', async (type) => {
    expect(await one('okta', okta(type))).toMatchObject({ skips: [{ line: 1 }], rejects: [] });
  });
  it.each([
    ['SUCCESS', 'allowed'],
    ['ALLOW', 'allowed'],
    ['FAILURE', 'blocked'],
    ['DENY', 'blocked'],
    ['CHALLENGE', 'unknown'],
    ['UNKNOWN', 'unknown'],
    [null, 'unknown'],
  ])('outcome %s is %s', async (result, action) => {
    expect(await one('okta', okta('user.session.start', { outcome: { result } }))).toMatchObject({ action });
  });
  it('null at any level', async () => {
    for (const key of ['actor', 'client', 'outcome', 'target', 'request', 'debugContext', 'device'])
      expect(await one('okta', { ...okta('user.session.start'), [key]: null })).toMatchObject({ kind: 'signin' });
  });
  it('event hooks wrap their events', async () => {
    const hook = {
      eventType: 'com.okta.event_hook',
      data: { events: [okta('user.session.start'), okta('user.session.end')] },
    };
    expect((await parseText('okta', JSON.stringify(hook))).events).toHaveLength(1);
  });
});

describe('hostile input', () => {
  const ids = [
    'cloudflare-gateway-dns',
    'cloudflare-gateway-http',
    'cloudflare-gateway-network',
    'entra-signin',
    'entra-graph-signin',
    'entra-signin-csv',
    'entra-audit',
    'okta',
    'google-workspace',
  ];
  const seeds = [
    JSON.stringify({
      ...dns,
      ResolverDecision: 3,
      Datetime: 1772442903,
      HTTPHost: 'x',
      HTTPMethod: 'GET',
      SNI: 'a',
      DestinationIP: '::1',
    }),
    JSON.stringify(signIn({ errorCode: 0 })),
    JSON.stringify(okta('user.authentication.sso', { target: [{ type: 'AppInstance', displayName: '-' }] })),
    JSON.stringify({
      id: { applicationName: 'token', time: 'x' },
      events: { name: 'authorize', parameters: [{ name: 'scope', multiValue: ['a'] }] },
    }),
    'Date (UTC),Username,Application,Application ID ,IP address,Status\n2026-03-02,-,-,-,-,-',
    'timestamp,event_type,actor.alternate_id,outcome.result\nx,user.session.start,-,-',
  ];
  const mutated = fc
    .tuple(fc.constantFrom(...seeds), fc.nat(400), fc.nat(8), fc.string({ maxLength: 12 }))
    .map(([seed, at, cut, insert]) => seed.slice(0, at) + insert + seed.slice(at + cut));

  it.each(ids)('%s never throws and gives clean events', async (id) => {
    await fc.assert(
      fc.asyncProperty(fc.oneof(mutated, fc.json(), fc.string({ maxLength: 200 })), async (text) => {
        for (const event of (await parseText(id, text)).events) {
          expect(eventKinds).toContain(event.kind);
          expect(actions).toContain(event.action);
          expect(Object.values(event)).not.toContain(undefined);
          expect(Object.values(event)).not.toContain('-');
        }
      }),
      { numRuns: 150, seed: 20260302 },
    );
  });

  it('takes no time over long lines', async () => {
    const long = [
      `{"a":"${'['.repeat(900_000)}"}`,
      `${'{"event":'.repeat(90_000)}`,
      `${'['.repeat(500_000)}`,
      `event_type,${'a,'.repeat(400_000)}outcome.result,actor.id`,
      `Date (UTC)${' '.repeat(900_000)},x`,
    ];
    for (const id of ids) {
      for (const text of long) {
        const start = performance.now();
        await parseText(id, text);
        expect(performance.now() - start, id).toBeLessThan(5000);
      }
    }
  });
});
