import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { SourceLoginError } from '../../src/core/chunk.js';
import { detectFormat } from '../../src/formats/common/detect.js';
import { allFormats } from '../../src/formats/common/registry.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { type EntraSource, entraSource, graphId, signIn } from '../helpers/entra-source.js';
import { signInStore } from '../helpers/sign-in-store.js';
import { testCertificate } from '../helpers/test-certificate.js';

// Microsoft Entra ID as its own small copy speaks it, over a real socket: msal-node, the engine and all that is asked are the real ones.
const [hour, day] = [3_600_000, 86_400_000];
const formats = await allFormats();

let source: EntraSource;
beforeEach(async () => {
  source = await entraSource();
});
afterEach(() => source.close());

const parsed = (): Record<string, unknown>[] => source.lines.map((line) => JSON.parse(line));
const formatOf = (lines: readonly string[]): string | undefined =>
  detectFormat(formats, takeSample('records', Buffer.from(`${lines.join('\n')}\n`), true)).format;
const asked = (path: string): URLSearchParams[] =>
  source.graph.requests.filter((request) => request.path === path).map(({ query }) => query);

describe('sign-ins', () => {
  it('interactive ones come by default; the others where they are asked for, each with its own filter', async () => {
    const at = source.clock.now - hour;
    source.graph.signIns = signInStore([
      signIn(1, at),
      signIn(2, at, { signInEventTypes: ['nonInteractiveUser'], isInteractive: false }),
      signIn(3, at, { signInEventTypes: ['servicePrincipal'], userPrincipalName: '', servicePrincipalName: 'robot' }),
      signIn(4, at, { signInEventTypes: ['managedIdentity'], userPrincipalName: '', servicePrincipalName: 'vm-1' }),
    ]);
    await source.collect();
    expect(parsed().map(({ id }) => id)).toEqual([graphId(1)]);
    expect(asked('beta/auditLogs/signIns')).toEqual([]);
    await source.collect({ parts: ['sign_ins', 'noninteractive', 'service_principals'] });
    expect(parsed().map(({ id }) => id)).toEqual([1, 2, 3, 4].map(graphId));
    expect(new Set(asked('beta/auditLogs/signIns').map((query) => query.get('$filter')?.slice(0, 54)))).toEqual(
      new Set([
        "signInEventTypes/any(t: t eq 'nonInteractiveUser') and",
        "signInEventTypes/any(t: t eq 'servicePrincipal') and c",
        "signInEventTypes/any(t: t eq 'managedIdentity') and cr",
      ]),
    );
  });

  it('only what the format reads is kept: no places, no policies', async () => {
    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    await source.collect();
    const [record] = parsed();
    expect(record).toMatchObject({
      userPrincipalName: 'ann.berg@acme.example',
      deviceDetail: { displayName: 'ACME-L-17' },
    });
    expect(JSON.stringify(record)).not.toMatch(/Bonn|latitude|Require MFA|riskDetail/);
  });

  it('go back as far as the look-back says, and are read a day at a time', async () => {
    await source.collect({ lookback: '3d', parts: ['sign_ins'] });
    const from = asked('v1.0/auditLogs/signIns').map((query) => /ge (\S+)/.exec(query.get('$filter') ?? '')?.[1]);
    expect(from).toEqual([3, 2, 1].map((days) => new Date(source.clock.now - days * day).toISOString()));
  });
});

describe('the format of what is handed over is told from it alone', () => {
  // Whatever stands in a field, also lines of other logs, it must not be taken for another format: that would lose the whole chunk.
  const hostile = [
    'CEF:0|Vendor|Product|1|1|x|5|src=10.0.0.1 request=http://a.example/',
    'LEEF:2.0|Lancope|x|1|1|^|cat=x',
    '1700000000.123    506 10.1.2.3 TCP_MISS/200 1763 GET http://chat.example/ ann HIER_DIRECT/1.2.3.4 text/html',
    '<134>1 2026-11-26T12:00:00Z host app - - - {"category":"SignInLogs","properties":{"appId":"x"}}',
    '{"category":"SignInLogs","properties":{"createdDateTime":"x"}}',
    '{"halflight_grant":1}',
    'date=2026-11-26 time=12:00:00 type="traffic" subtype="forward" srcip=10.0.0.1',
    '#Fields: date time s-ip cs-method cs-uri-stem',
    '","records":[{"CreationTime":"x","Workload":"AzureActiveDirectory","Operation":"UserLoggedIn"}]',
    'a,'.repeat(40),
    '\u2028\u0000\ud800\r\n\t',
  ];

  it.each(hostile)('a sign-in full of %j is one', async (text) => {
    const fields = Object.fromEntries(
      [
        'userDisplayName',
        'userPrincipalName',
        'appDisplayName',
        'ipAddress',
        'userAgent',
        'appId',
        'clientAppUsed',
      ].map((name) => [name, text]),
    );
    const at = source.clock.now - hour;
    source.graph.signIns = signInStore(
      [1, 2, 3].map((n) => signIn(n, at, { ...fields, status: { errorCode: 0, failureReason: text } })),
    );
    await source.collect({ parts: ['sign_ins'] });
    expect(source.lines).toHaveLength(3);
    expect(formatOf(source.lines)).toBe('entra-graph-signin');
    expect(formatOf(source.lines.slice(0, 1))).toBe('entra-graph-signin');
  });

  it('a sign-in with nothing in it is one', async () => {
    const createdDateTime = new Date(source.clock.now - hour).toISOString();
    source.graph.signIns = signInStore([{ createdDateTime, id: null, status: 7, appId: { a: 1 }, ipAddress: [] }]);
    await source.collect({ parts: ['sign_ins'] });
    expect(formatOf(source.lines)).toBe('entra-graph-signin');
  });

  it.each(hostile)('an audit full of %j is one, however long', async (text) => {
    const property = (displayName: string) => ({ displayName, oldValue: null, newValue: text.repeat(80) });
    source.graph.audits = [1, 2].map((n) => ({
      ...consent(n, source.clock.now - hour),
      resultReason: text,
      initiatedBy: { user: { userPrincipalName: text, displayName: text } },
      targetResources: Array.from({ length: 8 }, () => ({
        id: text,
        displayName: text,
        type: 'ServicePrincipal',
        modifiedProperties: Array.from({ length: 30 }, () => property('ConsentAction.Permissions')),
      })),
    }));
    await source.collect({ parts: ['audits'] });
    expect(source.lines).toHaveLength(2);
    expect(Math.max(...source.lines.map((line) => Buffer.byteLength(line)))).toBeLessThan(60_000);
    expect(formatOf(source.lines)).toBe('entra-audit');
  });

  it.each(hostile)('a grant to an app called %j is one', async (text) => {
    directory();
    const [app] = source.graph.servicePrincipals;
    if (app !== undefined) Object.assign(app, { displayName: text, publisherName: text });
    for (const grant of source.graph.grants) grant.scope = text;
    await source.collect({ parts: ['grants'] });
    expect(source.lines.length).toBeGreaterThan(2);
    expect(formatOf(source.lines)).toBe('halflight-grant');
  });
});

const consent = (n: number, at: number, activityDisplayName = 'Consent to application'): Record<string, unknown> => ({
  id: `Directory_${n}`,
  category: 'ApplicationManagement',
  result: 'success',
  activityDisplayName,
  activityDateTime: new Date(at).toISOString(),
  initiatedBy: { user: { id: graphId(900_001), userPrincipalName: 'ann.berg@acme.example', ipAddress: '203.0.113.7' } },
  targetResources: [
    {
      id: graphId(n),
      displayName: 'Otter.ai',
      type: 'ServicePrincipal',
      modifiedProperties: [
        {
          displayName: 'ConsentAction.Permissions',
          newValue: '"[] => [[Id: x, Scope: User.Read Calendars.Read, CreatedDateTime: ]]; "',
        },
        { displayName: 'Secret.Of.Somebody', newValue: '"do not keep"' },
      ],
    },
  ],
  additionalDetails: [{ key: 'User-Agent', value: 'EvoSTS' }],
});

describe('audits', () => {
  it('only consents and grants are taken, and of these only what is read', async () => {
    const at = source.clock.now - hour;
    source.graph.audits = [
      consent(1, at),
      consent(2, at, 'Add member to group'),
      consent(3, at, 'Add delegated permission grant'),
      consent(4, at, 'Reset password (self-service)'),
    ];
    await source.collect({ parts: ['audits'] });
    expect(parsed().map(({ id }) => id)).toEqual(['Directory_1', 'Directory_3']);
    expect(source.lines.join()).not.toContain('do not keep');
  });
});

/** A tenant with two apps, of which one was let in by a person, and one by an administrator, for everybody and for itself. */
function directory(): void {
  const { graph } = source;
  graph.users = [
    { id: graphId(1), userPrincipalName: 'ann.berg@acme.example', displayName: 'Ann Berg', accountEnabled: true },
    { id: graphId(2), userPrincipalName: 'bo@acme.example', accountEnabled: false },
  ];
  graph.servicePrincipals = [
    {
      id: graphId(11),
      appId: 'app-otter',
      displayName: 'Otter.ai',
      publisherName: 'Otter.ai, Inc.',
      verifiedPublisher: { displayName: 'Otter.ai, Inc.' },
      accountEnabled: true,
      servicePrincipalType: 'Application',
      appOwnerOrganizationId: graphId(77),
    },
    { id: graphId(12), appId: 'app-read', displayName: 'Read AI', accountEnabled: true },
    { id: graphId(20), appId: '00000003-0000-0000-c000-000000000000', displayName: 'Microsoft Graph' },
  ];
  graph.grants = [
    {
      id: 'g-1',
      clientId: graphId(11),
      consentType: 'Principal',
      principalId: graphId(1),
      resourceId: graphId(20),
      scope: ' User.Read Calendars.Read',
    },
    {
      id: 'g-2',
      clientId: graphId(12),
      consentType: 'AllPrincipals',
      principalId: null,
      resourceId: graphId(20),
      scope: 'Mail.Read',
    },
  ];
  graph.apis = new Map([
    [
      '00000003-0000-0000-c000-000000000000',
      {
        id: graphId(20),
        displayName: 'Microsoft Graph',
        appRoles: [{ id: 'role-1', value: 'Mail.ReadWrite' }],
        assigned: [
          {
            id: 'r-1',
            appRoleId: 'role-1',
            principalId: graphId(12),
            principalType: 'ServicePrincipal',
            principalDisplayName: 'Read AI',
          },
          {
            id: 'r-2',
            appRoleId: 'role-1',
            principalId: graphId(1),
            principalType: 'User',
            principalDisplayName: 'Ann Berg',
          },
        ],
      },
    ],
  ]);
}

describe('grants and apps as states', () => {
  const grants = () => source.states.get('grant');
  const later = async (): Promise<void> => {
    source.clock.now += 7 * hour;
    await source.collect({ parts: ['grants'] });
  };

  it('say who gave which app what: delegated by a person or for everybody, and application permissions', async () => {
    directory();
    await source.collect({ parts: ['grants'] });
    expect(parsed()).toMatchObject([
      {
        permission: 'delegated',
        consent: 'user',
        user: 'ann.berg@acme.example',
        app: 'Otter.ai',
        app_id: 'app-otter',
        verified_publisher: 'Otter.ai, Inc.',
        resource: 'Microsoft Graph',
        scopes: ['Calendars.Read', 'User.Read'],
      },
      { permission: 'delegated', consent: 'admin', app: 'Read AI', scopes: ['Mail.Read'] },
      { permission: 'application', consent: 'admin', app: 'Read AI', scopes: ['Mail.ReadWrite'] },
    ]);
    expect(parsed()[1]).not.toHaveProperty('user');
    expect([...(grants()?.keys() ?? [])]).toEqual(['delegated/g-1', 'delegated/g-2', 'application/r-1']);
    expect(source.states.get('app')?.size).toBe(3);
  });

  it('one that comes, changes or goes is told; the same in another order is not', async () => {
    directory();
    await source.collect({ parts: ['grants'] });
    const [first, second] = source.graph.grants;
    source.graph.grants = [second ?? {}, { ...first, scope: 'Calendars.Read   User.Read' }];
    await later();
    expect(source.lines).toHaveLength(3);
    source.graph.grants = [{ ...second, scope: 'Mail.Read Files.Read.All' }];
    await later();
    expect(parsed().at(-1)).toMatchObject({ app: 'Read AI', scopes: ['Files.Read.All', 'Mail.Read'] });
    expect(grants()?.get('delegated/g-1')?.gone).toBe(false);
    await later();
    expect(grants()?.get('delegated/g-1')?.gone).toBe(true);
    expect(source.lines).toHaveLength(4);
  });

  it('many of them come in pages; killed at any page the listing goes on there', async () => {
    directory();
    const { graph } = source;
    graph.servicePrincipals = Array.from({ length: 1300 }, (_, n) => ({
      id: graphId(n),
      appId: `app-${n}`,
      displayName: `App ${n}`,
    }));
    graph.grants = Array.from({ length: 2500 }, (_, n) => ({
      id: `g-${n}`,
      clientId: graphId(n % 1300),
      consentType: 'AllPrincipals',
      resourceId: graphId(20),
      scope: 'User.Read',
    }));
    for (const kill of [1, 0, 2, 1, 3]) await source.collect({ parts: ['grants'] }, kill);
    await source.collect({ parts: ['grants'] });
    expect(grants()?.size).toBe(2501);
    expect(source.lines).toHaveLength(2501);
    expect(parsed().every(({ app }) => typeof app === 'string')).toBe(true);
    await later();
    expect([...(grants()?.values() ?? [])].some(({ gone }) => gone)).toBe(false);
  });
});

describe('people', () => {
  it('come as the directory takes them: addresses, account, manager; not their private address', async () => {
    source.graph.users = [
      {
        id: graphId(1),
        userPrincipalName: 'ann.berg@acme.example',
        mail: 'Ann.Berg@acme.example',
        otherMails: ['ann@private.example'],
        proxyAddresses: [
          'smtp:z@acme.example',
          'SMTP:ann.berg@acme.example',
          'SIP:ann@acme.example',
          'smtp:a@acme.example',
        ],
        onPremisesSamAccountName: 'aberg',
        onPremisesDomainName: 'corp.acme.example',
        displayName: 'Ann Berg',
        givenName: 'Ann',
        surname: 'Berg',
        department: 'Sales',
        employeeId: '4711',
        employeeOrgData: { costCenter: 'CC-7' },
        accountEnabled: true,
        manager: { '@odata.type': '#microsoft.graph.user', id: graphId(2) },
      },
      {
        id: graphId(2),
        userPrincipalName: 'bo@acme.example',
        accountEnabled: false,
        displayName: 'x'.repeat(5000),
        department: ' ',
      },
      { id: 7 },
    ];
    await source.collect({ parts: ['people'] });
    const people = source.states.get('person');
    expect(people?.size).toBe(2);
    expect(JSON.parse(people?.get(graphId(1))?.body ?? '')).toEqual({
      id: graphId(1),
      emails: ['Ann.Berg@acme.example', 'a@acme.example', 'z@acme.example'],
      upn: 'ann.berg@acme.example',
      account: 'aberg',
      domain: 'corp.acme.example',
      name: 'Ann Berg',
      givenName: 'Ann',
      familyName: 'Berg',
      employeeId: '4711',
      group: 'Sales',
      costCentre: 'CC-7',
      manager: graphId(2),
      devices: [],
      enabled: true,
      kind: 'person',
    });
    expect(JSON.parse(people?.get(graphId(2))?.body ?? '')).toEqual({
      id: graphId(2),
      emails: [],
      upn: 'bo@acme.example',
      devices: [],
      enabled: false,
      kind: 'person',
    });
    expect(asked('v1.0/users')[0]?.get('$select')).not.toContain('otherMails');
  });
});

describe('tokens', () => {
  it('a certificate signs for the app, for the right audience', async () => {
    const { certificate, pem } = testCertificate();
    source.graph.app.secrets.clear();
    source.graph.app.certificates.push(certificate);
    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    await source.collect({ client_secret: undefined, certificate: pem, parts: ['sign_ins'] });
    expect(source.lines).toHaveLength(1);
  });

  it('one is asked for once and kept; when it expires another is asked for, once', async () => {
    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    await source.collect();
    expect(asked('token')).toHaveLength(1);
    let served = 0;
    source.graph.settings.fault = ({ path }) => {
      if (path !== 'token' && ++served === 2) source.graph.revokeTokens();
      return undefined;
    };
    source.clock.now += hour;
    await source.collect();
    expect(asked('token')).toHaveLength(3);
  });

  it('F25 a secret that was taken back pauses the source, after one try and without a storm', async () => {
    await source.collect();
    source.graph.app.secrets.clear();
    source.clock.now += hour;
    const before = source.graph.requests.length;
    await expect(source.collect()).rejects.toThrow(SourceLoginError);
    expect(source.graph.requests.length - before).toBe(1);
    source.graph.app.secrets.set('right~secret', source.clock.now - 1);
    await expect(source.collect()).rejects.toThrow(
      'the client secret has expired (AADSTS7000222). Make a new client secret',
    );
  });

  it('F25 tokens that Graph no longer takes, however new, pause the source', async () => {
    source.graph.settings.tokenLifeMs = -1;
    await expect(source.collect()).rejects.toThrow(SourceLoginError);
    expect(source.graph.requests.length).toBeLessThanOrEqual(4);
  });

  it('F24 a sign-in service that is down or cut off is asked again, and nothing is paused', async () => {
    let n = 0;
    source.graph.settings.fault = ({ path }) =>
      path !== 'token' || n++ > 2
        ? undefined
        : n === 1
          ? { status: 503, headers: { 'retry-after': '9' } }
          : n === 2
            ? 'reset'
            : { cutAfter: 10 };
    source.graph.signIns = signInStore([signIn(1, source.clock.now - hour)]);
    await source.collect();
    expect(source.lines).toHaveLength(1);
    expect(source.waited).toBeGreaterThanOrEqual(10_000);
    expect(source.gaps).toEqual([]);
  });

  it('F25 consent that was taken back pauses the source; one permission alone is a gap of its part', async () => {
    source.graph.permissions.delete('AuditLog.Read.All');
    await expect(source.collect()).rejects.toThrow('AuditLog.Read.All');
    expect(source.gaps.map(({ why }) => why.split(':')[0])).toEqual([
      'sign-ins could not be read',
      'audits could not be read',
    ]);
    source.graph.permissions.clear();
    source.clock.now += 2 * day;
    await expect(source.collect()).rejects.toThrow(SourceLoginError);
  });

  it('neither secret nor token stands in any message, line, gap or cursor', async () => {
    const secret = 'wrong~secret~0123456789';
    const error = await source.collect({ client_secret: secret }).catch((caught: unknown) => caught as Error);
    directory();
    await source.collect();
    const all = [
      error,
      source.lines,
      source.gaps,
      [...source.cursor],
      [...source.states].map(([, items]) => [...items]),
    ];
    const shown =
      JSON.stringify(all) + String(error) + String((error as Error | undefined)?.stack) + source.progress.join();
    expect(shown).not.toContain(secret);
    expect(shown).not.toMatch(/right~secret|token-[0-9a-f]{24}|words of the server/i);
  });
});
