import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { GoogleOptions } from '../../src/collectors/google/options.js';
import { collector } from '../../src/collectors/google.js';
import { SourceLoginError } from '../../src/core/chunk.js';
import { createEgress } from '../../src/net/egress.js';
import { type ApiSource, apiSource } from '../helpers/api-source.js';
import { activity, allScopes, type FakeGoogle, fakeGoogle, googleError, googleUser } from '../helpers/fake-google.js';
import { keyPair } from '../helpers/fake-okta.js';
import { random } from '../helpers/random.js';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
let google: FakeGoogle;
let source: ApiSource;

beforeEach(async () => {
  google = await fakeGoogle(Date.UTC(2026, 10, 26, 12));
  source = apiSource([google.port], google.clock.now);
  google.clock = source.clock;
});
afterEach(async () => {
  await Promise.all([source.close(), google.close()]);
});

const options = (more: Record<string, unknown> = {}): GoogleOptions =>
  collector.options.parse({ key: google.keyFile(), subject: google.subject, endpoint: google.url, ...more });
const collect = (more: GoogleOptions = options(), killBefore?: number): Promise<void> =>
  source.run((cursor) => collector.collect(more, cursor, source.context), killBefore);
type Told = Record<string, unknown> & { id?: { applicationName: string; uniqueQualifier: string } };
const told = (): Told[] => source.lines.map((line) => JSON.parse(line) as Told);
const got = (): string[] =>
  told()
    .map(({ id }) => `${id?.applicationName} ${id?.uniqueQualifier}`)
    .sort();
const asked = (pattern: RegExp): number => google.requests.filter((path) => pattern.test(path)).length;
const signIn = (n: number, at: number, seen = at): void =>
  void google.activities.push({
    seen,
    body: activity(n, at, n % 3 === 0 ? 'saml' : 'login', 'login_success', `user${n % 7}`),
  });

describe('activities', () => {
  it('come whole, once: over pages, shuffled, repeated, up to 72 hours late, throttled, failing, killed anywhere', async () => {
    const roll = random(2611);
    google.pageSize = 40;
    const begin = google.clock.now - 10 * day;
    for (let n = 0; n < 500; n++) {
      const at = begin + Math.floor(roll() * 14 * day);
      signIn(n, at, at + (roll() < 0.3 ? Math.floor(roll() * 72 * hour) : 0));
    }
    for (let n = 0; n < 100; n++) google.activities.push(google.activities[Math.floor(roll() * 500)] as never);
    google.order = (items) =>
      items
        .map((item) => ({ item, key: roll() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
    google.fault = () => {
      const dice = roll();
      if (dice < 0.03) return { status: 429, headers: { 'retry-after': '5' } };
      if (dice < 0.05) return googleError(403, 'rateLimitExceeded');
      if (dice < 0.07) return googleError(503, 'backendError');
      return dice < 0.09 ? { status: 200, body: '{"items":[{"id"' } : undefined;
    };
    const parts = ['login', 'saml'];
    const end = google.clock.now + 8 * day;
    while (google.clock.now < end) {
      await collect(options({ parts }), roll() < 0.4 ? Math.floor(roll() * 20) : undefined).catch(() => {});
      google.clock.now += 5 * hour;
    }
    google.fault = () => undefined;
    await collect(options({ parts }));
    const all = new Set(google.activities.map(({ body: { id } }) => `${id.applicationName} ${id.uniqueQualifier}`));
    expect(got()).toEqual([...all].sort());
    expect(source.waited).toBeGreaterThan(0);
  });

  it('with the same qualifier in two applications, or at two times, are different ones', async () => {
    const at = google.clock.now - hour;
    for (const [application, time] of [
      ['login', at],
      ['saml', at],
      ['login', at + 1],
    ] as const)
      google.activities.push({ seen: 0, body: activity(7, time, application, 'login_success', 'ann') });
    await collect(options({ parts: ['login', 'saml'] }));
    expect(got()).toEqual(['login 7', 'login 7', 'saml 7']);
  });

  it('of grants are asked for without the calls that apps make', async () => {
    const at = google.clock.now - hour;
    google.activities.push(
      { seen: 0, body: activity(1, at, 'token', 'authorize', 'ann', [{ name: 'app_name', value: 'Otter.ai' }]) },
      { seen: 0, body: activity(2, at, 'token', 'activity', 'ann', [{ name: 'app_name', value: 'Otter.ai' }]) },
    );
    await collect(options({ parts: ['token'] }));
    expect(got()).toEqual(['token 1']);
  });

  it('begin again at the start of the window when a page token has expired; a page that comes again ends the reading', async () => {
    google.pageSize = 3;
    for (let n = 1; n < 20; n += 3) signIn(n, google.clock.now - hour + n);
    let broken = 1;
    google.nextToken = (token) => (broken-- > 0 ? 'expired' : token);
    await collect(options({ parts: ['login'] }));
    expect(got()).toHaveLength(7);
    google.clock.now += hour;
    google.nextToken = () => 't3';
    await expect(collect(options({ parts: ['login'] }))).rejects.toThrow('gives a page again');
  });

  it('that Google no longer keeps are a gap, not an endless failure', async () => {
    signIn(1, google.clock.now - hour);
    await collect(options({ parts: ['login'] }));
    google.clock.now += 300 * day;
    google.fault = (url) =>
      Date.parse(url.searchParams.get('startTime') ?? '') < google.clock.now - 180 * day
        ? googleError(400, 'invalid', 'Start time can not be older than 180 days')
        : undefined;
    signIn(2, google.clock.now - hour);
    await collect(options({ parts: ['login'] }));
    expect(got()).toEqual(['login 1', 'login 2']);
    expect(source.gaps.map(({ why }) => why)).toEqual([
      expect.stringContaining('login of 2026-11-26 to 2027-03-27 can no longer be read'),
    ]);
  });

  it('of what the organisation does not have are left out with one gap, and come when it has it', async () => {
    signIn(1, google.clock.now - hour);
    google.fault = (url) =>
      /gemini/.test(url.pathname)
        ? googleError(400, 'invalid')
        : /chrome/.test(url.pathname)
          ? googleError(403, 'forbidden')
          : undefined;
    for (let turn = 0; turn < 3; turn++) {
      await collect(options({ parts: ['login', 'gemini', 'chrome', 'extensions'] }));
      google.clock.now += hour;
    }
    expect(source.gaps.map(({ why }) => why.split(' ')[0])).toEqual(['gemini', 'chrome', 'extensions']);
    google.fault = () => undefined;
    google.activities.push({
      seen: 0,
      body: activity(5, google.clock.now - 90 * minute, 'gemini_in_workspace_apps', 'feature_utilization', 'ann'),
    });
    await collect(options({ parts: ['login', 'gemini'] }));
    expect(got()).toContain('gemini_in_workspace_apps 5');
    expect(source.cursor.get('left-out/gemini')).toBeUndefined();
  });
});

describe('users', () => {
  it('become accounts of the directory; what is private is not even asked for', async () => {
    google.users = Array.from({ length: 20 }, (_, n) => googleUser(n));
    google.users[3] = googleUser(3, {
      aliases: ['eve@acme.example'],
      nonEditableAliases: ['eve@acme.test-google-a.com', 'user3@acme.example'],
      externalIds: [
        { type: 'account', value: 'x' },
        { type: 'organization', value: '4711' },
      ],
      organizations: [{ department: 'Old' }, { primary: true, department: 'Legal', costCenter: 'C9' }],
      relations: [{ type: 'manager', value: 'boss@acme.example' }],
      suspended: true,
    });
    await collect(options({ parts: ['users'] }));
    const held = source.states.get('person');
    expect(held?.size).toBe(20);
    expect(JSON.parse(held?.get(googleUser(3).id)?.body ?? '')).toEqual({
      id: googleUser(3).id,
      emails: ['user3@acme.example', 'eve@acme.example', 'eve@acme.test-google-a.com'],
      upn: 'user3@acme.example',
      name: 'User 3',
      givenName: 'User',
      familyName: '3',
      employeeId: '4711',
      group: 'Legal',
      costCentre: 'C9',
      manager: 'boss@acme.example',
      enabled: false,
    });
    expect(JSON.parse(held?.get(googleUser(4).id)?.body ?? '')).toMatchObject({ group: 'Sales', enabled: true });
    expect(google.requests.join()).not.toContain('recovery');
  });
});

describe('grants of users', () => {
  const grant = (name: string, scopes = ['https://www.googleapis.com/auth/drive.readonly']) => ({
    kind: 'admin#directory#token',
    clientId: `${name}.apps.googleusercontent.com`,
    displayText: name,
    scopes,
  });

  it('are listed user by user, over many collections, killed anywhere; each is told once, and again when it is another', async () => {
    google.pageSize = 30;
    google.users = Array.from({ length: 70 }, (_, n) =>
      googleUser(n, { tokens: n % 2 === 0 ? [grant('Otter')] : undefined }),
    );
    google.users[69] = googleUser(69, { suspended: true, tokens: [grant('Otter')] });
    for (let turn = 0; turn < 6; turn++) await collect(options({ parts: ['grants'] }), turn % 3);
    await collect(options({ parts: ['grants'] }));
    expect(told()).toHaveLength(35);
    expect(asked(/tokens/)).toBeLessThan(69 + 6 * 20);
    google.users[0] = googleUser(0, { tokens: [grant('Otter', ['b', 'a'])] });
    google.users[2] = googleUser(2, { tokens: [] });
    for (let turn = 0; turn < 2; turn++) {
      google.clock.now += day;
      await collect(options({ parts: ['grants'] }));
    }
    expect(told()).toHaveLength(36);
    expect(told().at(-1)).toEqual({
      halflight_grant: 1,
      time: '2026-11-27T12:00:00.000Z',
      id: `${googleUser(0).id}/Otter.apps.googleusercontent.com`,
      provider: 'google',
      permission: 'delegated',
      consent: 'user',
      user: 'user0@acme.example',
      app: 'Otter',
      app_id: 'Otter.apps.googleusercontent.com',
      scopes: ['a', 'b'],
    });
    const gone = [...(source.states.get('grant') ?? [])].filter(([, item]) => item.gone);
    expect(gone.map(([id]) => id)).toEqual([`${googleUser(2).id}/Otter.apps.googleusercontent.com`]);
  });

  it('of an organisation of 100,000 people take about a thousand calls a collection, and no place is lost between them', async () => {
    google.pageSize = 100;
    google.users = Array.from({ length: 2500 }, (_, n) => googleUser(n));
    const calls: number[] = [];
    for (let turn = 0; turn < 4; turn++) {
      google.requests.length = 0;
      await collect(options({ parts: ['grants'] }));
      calls.push(asked(/tokens/));
      google.clock.now += 10 * minute;
    }
    expect(calls).toEqual([1000, 1000, 500, 0]);
  });

  it('of super admins are a gap once; of nobody at all is a missing permission; who was deleted has none', async () => {
    google.users = Array.from({ length: 5 }, (_, n) => googleUser(n, { tokens: [grant('Otter')] }));
    const refuse = (some: RegExp) => (url: URL) =>
      some.test(url.pathname) ? googleError(403, 'forbidden', 'Not Authorized to access this resource/api') : undefined;
    google.fault = refuse(new RegExp(`${googleUser(3).id}/tokens`));
    for (let turn = 0; turn < 2; turn++) {
      await collect(options({ parts: ['grants'] }));
      google.clock.now += day;
    }
    expect(told()).toHaveLength(4);
    expect(source.gaps.map(({ why }) => why)).toEqual([expect.stringContaining('super admins')]);
    google.fault = refuse(/tokens/);
    await expect(collect(options({ parts: ['grants', 'users'] }))).rejects.toThrow('User Security Management');
    google.fault = (url) => (url.pathname.includes(`${googleUser(1).id}/`) ? googleError(404, 'notFound') : undefined);
    await collect(options({ parts: ['grants'] }));
  });
});

describe('extensions of managed browsers', () => {
  it('are told one by one; what is stored does not say what people have installed', async () => {
    const extension = (extensionId: string, name: string, more = {}) => ({
      extensionId,
      name,
      installType: 'NORMAL',
      ...more,
    });
    google.browsers = Array.from({ length: 12 }, (_, n) => ({
      deviceId: `device-${n}`,
      machineName: `ACME-LT-${n}`,
      lastDeviceUser: `ACME\\user${n}`,
      browsers: [
        {
          profiles: [
            {
              chromeSignedInUserEmail: `user${n}@acme.example`,
              extensions: [
                extension('aaaa', 'Private hobby'),
                extension('bbbb', 'Monica'),
                extension('cccc', 'Off', { disabled: true }),
              ],
            },
          ],
        },
      ],
    }));
    await collect(options({ parts: ['extensions'] }));
    expect(source.lines).toHaveLength(24);
    expect(JSON.stringify([...(source.states.get('extension') ?? [])])).not.toMatch(/aaaa|hobby|user1/);
    google.clock.now += day;
    await collect(options({ parts: ['extensions'] }));
    expect(source.lines).toHaveLength(24);
    expect(told()[1]).toMatchObject({
      kind: 'admin#directory#browserdevice',
      machineName: 'ACME-LT-0',
      seen: '2026-11-26T12:00:00.000Z',
    });
  });
});

describe('letting the source in', () => {
  it('each part asks for its scope alone; one that was not delegated stops only what needs it', async () => {
    signIn(1, google.clock.now - hour);
    google.delegated = new Set(['admin.reports.audit.readonly']);
    await expect(collect(options({ parts: ['login', 'users'] }))).rejects.toThrow('admin.directory.user.readonly');
    expect(got()).toEqual(['login 1']);
    expect(source.gaps).toHaveLength(1);
  });

  it('the token address of the key file is not asked', async () => {
    const contacts: string[] = [];
    const egress = createEgress({ allow: ['127.0.0.1'], ports: [google.port] });
    source.context.egress = {
      ...egress,
      request: (request) => {
        contacts.push(new URL(request.url).host);
        return egress.request(request);
      },
    };
    await collect(
      options({
        parts: ['login'],
        key: google.keyFile({ token_uri: 'http://127.0.0.1:1/token', universe_domain: 'evil.example' }),
      }),
    );
    await egress.close();
    expect(new Set(contacts)).toEqual(new Set([`127.0.0.1:${google.port}`]));
  });

  it('F25 a token that is taken back is renewed once; then the source ends, without a storm', async () => {
    signIn(1, google.clock.now - hour);
    let taken = false;
    google.fault = () => {
      if (!taken) google.issued.clear();
      taken = true;
      return undefined;
    };
    await collect(options({ parts: ['login'] }));
    expect([got(), google.assertions]).toEqual([['login 1'], 2]);
    google.fault = () => {
      google.issued.clear();
      return undefined;
    };
    const before = google.requests.length;
    await expect(collect(options())).rejects.toThrow(SourceLoginError);
    expect([google.requests.length - before, google.assertions]).toEqual([2, 4]);
  });

  it('F25 a key that was deleted, and delegation that was taken back, end the source after one try of each part', async () => {
    const good = google.publicKey;
    google.publicKey = keyPair().publicKey;
    await expect(collect(options())).rejects.toThrow(SourceLoginError);
    expect(google.assertions).toBe(1);
    google.publicKey = good;
    google.delegated.clear();
    await expect(collect(options())).rejects.toThrow(SourceLoginError);
    expect(google.requests).toEqual([]);
  });

  it('a busy token endpoint is asked again; a wrong clock is no reason to give up for good', async () => {
    signIn(1, google.clock.now - hour);
    google.tokenFault = (n) => (n < 2 ? { status: 503, body: 'later' } : undefined);
    await collect(options({ parts: ['login'] }));
    expect([got(), google.assertions]).toEqual([['login 1'], 3]);
    google.clock = { now: google.clock.now + 2 * hour };
    await expect(collect(options({ parts: ['login'] }))).rejects.toThrow(/time server/);
    await expect(collect(options({ parts: ['login'] }))).rejects.not.toThrow(SourceLoginError);
  });
});

describe('source test', () => {
  const test = async (more: GoogleOptions) => {
    const { sleep: _sleep, ...context } = source.context;
    const checks = await collector.test(more, context);
    expect(checks.filter(({ outcome, remedy }) => outcome !== 'ok' && remedy === '')).toEqual([]);
    return checks;
  };
  const failed = async (more: GoogleOptions) => {
    const [first, ...others] = (await test(more)).filter(({ outcome }) => outcome === 'failed');
    expect(others).toEqual([]);
    return `${first?.name}: ${first?.found}. ${first?.remedy}`;
  };
  beforeEach(() => {
    google.users = [googleUser(0, { primaryEmail: google.subject })];
  });

  it('says that all is well, and what the organisation does not have', async () => {
    google.fault = (url) => (/gemini/.test(url.pathname) ? googleError(400, 'invalid') : undefined);
    const parts = ['login', 'saml', 'token', 'gemini', 'chrome', 'users', 'grants', 'extensions'];
    expect((await test(options({ parts }))).map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Login ok',
      'Sign-ins ok',
      'Sign-ins to apps ok',
      'Log of grants ok',
      'Gemini warning',
      'Chrome events ok',
      'Users ok',
      'Grants of users ok',
      'Chrome browsers ok',
      'Clock ok',
    ]);
  });

  it('tells a key that is no longer good from a delegation, an API and an admin role that are missing', async () => {
    const good = google.publicKey;
    google.publicKey = keyPair().publicKey;
    expect(await failed(options())).toMatch(/^Login: .*invalid_grant.*Make a new one/);
    google.publicKey = good;
    google.subject = 'other@acme.example';
    expect(await failed(options({ subject: 'reader@acme.example' }))).toMatch(/^Login: .*subject/);
    google.subject = 'reader@acme.example';
    google.delegated = new Set(allScopes.filter((scope) => !scope.endsWith('user.readonly')));
    expect(await failed(options())).toMatch(
      /^Users: .*112233445566778899001.*unauthorized_client.*Domain-wide delegation.*admin\.directory\.user\.readonly/,
    );
    google.delegated = new Set(allScopes);
    google.fault = (url) => (/users$/.test(url.pathname) ? googleError(403, 'insufficientPermissions') : undefined);
    expect(await failed(options())).toMatch(/^Users: .*scope.*admin\.directory\.user\.readonly/);
    google.fault = (url) => (/login/.test(url.pathname) ? googleError(403, 'forbidden') : undefined);
    expect(await failed(options())).toMatch(/^Sign-ins: .*admin role.*Reports/);
    google.fault = (url) =>
      /saml/.test(url.pathname)
        ? {
            status: 403,
            body: {
              error: {
                code: 403,
                status: 'PERMISSION_DENIED',
                details: [{ '@type': 'type.googleapis.com/google.rpc.ErrorInfo', reason: 'SERVICE_DISABLED' }],
              },
            },
          }
        : undefined;
    expect(await failed(options())).toMatch(/^Sign-ins to apps: .*gcloud services enable admin\.googleapis\.com/);
  });

  it('tells a wrong clock, and that nobody is there', async () => {
    google.clock = { now: google.clock.now + 2 * hour };
    const checks = await test(options({ parts: ['login'] }));
    expect(checks.find(({ outcome }) => outcome === 'failed')?.remedy).toMatch(/time server/);
    await google.close();
    expect(await failed(options())).toMatch(/^Reachable: /);
  });
});

describe('options', () => {
  it('say what is wrong with the key, and nothing of what it holds', () => {
    const wrong = (key: string, more: object = {}) =>
      collector.options
        .safeParse({ key, subject: 'reader@acme.example', ...more })
        .error?.issues.map(({ message }) => message)
        .join(' ') ?? '';
    expect(wrong(google.keyFile())).toBe('');
    expect(wrong('hunter2')).toMatch(/no JSON/);
    expect(wrong(google.keyFile({ type: 'authorized_user' }))).toMatch(/service_account/);
    expect(wrong(google.keyFile({ private_key: '-----BEGIN PRIVATE KEY-----\nhunter2\n' }))).toMatch(/private_key/);
    expect(wrong(google.keyFile({ client_email: 'a@evil.example' }))).toMatch(/client_email/);
    expect(wrong(google.keyFile(), { endpoint: 'http://google.example' })).toMatch(/https/);
    expect(wrong(google.keyFile(), { subject: 'reader' })).toMatch(/administrator/);
    expect(wrong(google.keyFile({ private_key: 'hunter2', client_email: 'hunter2' }))).not.toContain('hunter2');
  });
});
