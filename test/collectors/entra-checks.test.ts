import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collector } from '../../src/collectors/entra.js';
import type { Check } from '../../src/core/check.js';
import { type EntraSource, entraSource } from '../helpers/entra-source.js';
import { testCertificate } from '../helpers/test-certificate.js';

// What `source test` and `doctor` say: each trouble by its own name, with what to do about it.
const day = 86_400_000;
let source: EntraSource;
beforeEach(async () => {
  source = await entraSource();
});
afterEach(() => source.close());

const bad = (checks: readonly Check[]) => checks.filter(({ outcome }) => outcome !== 'ok');

describe('a source that works', () => {
  it('says of each part that it may be read, by which permission, and how long the secret is good', async () => {
    source.graph.app.secrets = new Map([['right~secret', source.clock.now + 200 * day]]);
    const checks = await source.test();
    expect(checks.map(({ name, outcome, found }) => `${name}: ${outcome}, ${found}`)).toEqual([
      'Sign-in of the app: ok, the client secret is accepted',
      'Part sign_ins: ok, may be read (AuditLog.Read.All)',
      'Part audits: ok, may be read (AuditLog.Read.All)',
      'Part grants: ok, may be read (DelegatedPermissionGrant.Read.All, Application.Read.All, User.Read.All)',
      'Part people: ok, may be read (User.Read.All)',
      expect.stringMatching(/^Client secret: ok, valid until 2027-06-14, 200 days$/),
      'Clock: ok, 0 s ahead of Microsoft',
    ]);
  });

  it('changes nothing: it reads one item of each part', async () => {
    await source.test({ parts: ['sign_ins', 'noninteractive', 'service_principals', 'audits', 'grants', 'people'] });
    const parts = source.graph.requests.filter(({ path }) => path !== 'token' && !path.includes('applications('));
    expect(parts.map(({ query }) => query.get('$top'))).toEqual(parts.map(() => '1'));
  });

  it('warns before secret or certificate end', async () => {
    source.graph.app.secrets = new Map([['right~secret', source.clock.now + 12 * day]]);
    expect(bad(await source.test())).toMatchObject([
      {
        name: 'Client secret',
        outcome: 'warning',
        found: expect.stringContaining('12 days'),
        remedy: expect.stringContaining('Make another secret now'),
      },
    ]);
    const { certificate, pem } = testCertificate(20);
    source.graph.app.certificates.push(certificate);
    source.clock.now = Date.now();
    expect(bad(await source.test({ client_secret: undefined, certificate: pem }))).toMatchObject([
      { name: 'Certificate', outcome: 'warning', found: expect.stringMatching(/ (19|20) days$/) },
    ]);
  });
});

describe('no token', () => {
  it.each([
    [7000215, 'the client secret is wrong (AADSTS7000215)', 'Take the value of the secret, not its ID'],
    [7000222, 'the client secret has expired (AADSTS7000222)', 'Make a new client secret'],
    [700016, 'the tenant has no such app (AADSTS700016)', 'Compare client_id and tenant'],
    [90002, 'there is no such tenant (AADSTS90002)', 'Compare tenant with'],
    [700027, 'the app does not know the certificate, or it has expired (AADSTS700027)', 'Upload the certificate'],
    [700024, 'the clock of this machine is wrong', 'time server'],
    [53003, 'a Conditional Access policy blocks the app (AADSTS53003)', 'Let the policy for workload identities'],
    [7000112, 'the app is disabled (AADSTS7000112)', 'Enable it'],
    [7000229, 'no service principal in this tenant (AADSTS7000229)', 'Grant admin consent once'],
    [500011, 'does not know this Microsoft Graph (AADSTS500011)', 'Set cloud'],
    [999999, 'the sign-in service refuses the app (AADSTS999999)', 'https://login.microsoftonline.com/error'],
  ])('%d has its own words, and nothing else is tried', async (code, found, remedy) => {
    source.graph.app.refuse = code;
    const checks = await source.test();
    expect(bad(checks)).toEqual([
      {
        name: 'Sign-in of the app',
        outcome: 'failed',
        found: expect.stringContaining(found),
        remedy: expect.any(String),
      },
    ]);
    expect(`${checks[0]?.found} ${checks[0]?.remedy}`).toContain(remedy);
    expect(source.graph.requests).toHaveLength(1);
    expect(JSON.stringify(checks)).not.toMatch(/Words of the server|right~secret/);
  });

  it('a busy or missing sign-in service is told at once from a wrong secret', async () => {
    source.graph.settings.fault = () => ({ status: 503 });
    expect(bad(await source.test())).toMatchObject([
      { found: expect.stringContaining('the sign-in service is busy or down (503)') },
    ]);
    expect(bad(await source.test({ login_url: 'http://127.0.0.1:1' }))[0]).toMatchObject({
      name: 'Sign-in of the app',
      outcome: 'failed',
    });
  });
});

describe('a token that does not suffice', () => {
  it.each([
    ['AuditLog.Read.All', ['Part sign_ins', 'Part audits']],
    ['DelegatedPermissionGrant.Read.All', ['Part grants']],
    ['Application.Read.All', ['Part grants']],
    ['User.Read.All', ['Part grants', 'Part people']],
  ])('%s that is missing fails the parts that need it, and says how to grant it', async (permission, parts) => {
    source.graph.permissions.delete(permission);
    const failed = (await source.test()).filter(({ outcome }) => outcome === 'failed');
    expect(failed.map(({ name }) => name)).toEqual(parts);
    for (const { found, remedy } of failed) {
      expect(found).toBe(`the permission ${permission} is missing`);
      expect(remedy).toContain(
        `API permissions; add Microsoft Graph, Application permissions, ${permission}; then "Grant admin consent"`,
      );
    }
  });

  it('a tenant without the licence is told from a missing permission', async () => {
    source.graph.settings.premium = false;
    expect(bad(await source.test())).toMatchObject([
      {
        name: 'Part sign_ins',
        outcome: 'failed',
        found: expect.stringContaining('Microsoft Entra ID P1 or P2'),
        remedy: expect.stringContaining('take sign_ins out of parts'),
      },
    ]);
  });

  it('a clock that is off is a warning with its size', async () => {
    source.graph.settings.now = () => source.clock.now - 20 * 60_000;
    expect(bad(await source.test())).toMatchObject([
      { name: 'Clock', outcome: 'warning', found: '1200 s ahead of Microsoft' },
    ]);
  });
});

describe('options', () => {
  const refused = (options: Record<string, unknown>): string[] => {
    const parsed = collector.options.safeParse(options);
    return parsed.success ? [] : parsed.error.issues.map(({ path, message }) => `${path.join('.')}: ${message}`);
  };
  const good = {
    tenant: 'acme.onmicrosoft.com',
    client_id: '5d1c3a52-0000-4000-8000-00000000c11e',
    client_secret: 'x',
  };

  it('need tenant, app, and one of secret and certificate', () => {
    expect(refused(good)).toEqual([]);
    expect(refused({ ...good, client_secret: undefined })).toEqual([
      'client_secret: Set either client_secret or certificate.',
    ]);
    expect(refused({ ...good, certificate: testCertificate().pem })).toHaveLength(1);
    for (const tenant of ['common', 'organizations', 'a/../b', 'acme.example/x', '', 'https://acme.example'])
      expect(refused({ ...good, tenant }), tenant).toHaveLength(1);
    expect(refused({ ...good, client_id: 'my app' })[0]).toContain('application (client) ID');
    expect(refused({ ...good, parts: [] })).toHaveLength(1);
    expect(refused({ ...good, parts: ['mail'] })).toHaveLength(1);
    expect(refused({ ...good, lookback: '90d' })[0]).toContain('from 1d to 30d');
  });

  it('a certificate that cannot work is refused in words, without a part of it', () => {
    const [one, two] = [testCertificate(), testCertificate()];
    const withCertificate = (certificate: string): string =>
      refused({ ...good, client_secret: undefined, certificate }).join();
    expect(withCertificate(one.pem)).toBe('');
    expect(withCertificate(one.certificate)).toContain('no private key');
    expect(withCertificate(one.key)).toContain('no certificate');
    expect(withCertificate(one.certificate + two.key)).toContain('not that of the certificate');
    expect(withCertificate(one.pem.replace(/[A-Z]{4}/g, 'AAAA'))).toMatch(/damaged|holds no/);
    expect(
      withCertificate(
        `${one.certificate}-----BEGIN ENCRYPTED PRIVATE KEY-----\nx\n-----END ENCRYPTED PRIVATE KEY-----`,
      ),
    ).toContain('without a passphrase');
  });

  it('addresses are https ones, or of this machine; without them those of the cloud', async () => {
    const { placesOf } = await import('../../src/collectors/entra/options.js');
    for (const graph_url of [
      'http://graph.example/',
      'ftp://127.0.0.1/',
      'https://u:p@graph.example/',
      'https://graph.example/?x',
      'graph.example',
    ])
      expect(refused({ ...good, graph_url }), graph_url).toHaveLength(1);
    expect(placesOf(collector.options.parse({ ...good, cloud: 'usgov-dod' }))).toEqual({
      login: 'https://login.microsoftonline.us/',
      graph: 'https://dod-graph.microsoft.us/',
    });
    expect(placesOf(collector.options.parse({ ...good, cloud: 'china' })).graph).toBe(
      'https://microsoftgraph.chinacloudapi.cn/',
    );
    expect(placesOf(collector.options.parse({ ...good, graph_url: 'https://graph.example' })).graph).toBe(
      'https://graph.example/',
    );
  });
});
