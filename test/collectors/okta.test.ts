import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { nextLinkOf } from '../../src/collectors/common/api/link-header.js';
import type { OktaOptions } from '../../src/collectors/okta/options.js';
import { collector } from '../../src/collectors/okta.js';
import { SourceLoginError } from '../../src/core/chunk.js';
import { type ApiSource, apiSource } from '../helpers/api-source.js';
import { type FakeOkta, fakeOkta, keyPair, oktaUser, ssoEvent } from '../helpers/fake-okta.js';
import { httpServer, type LocalServer } from '../helpers/http-server.js';
import { linkTricks } from '../helpers/link-tricks.js';
import { random } from '../helpers/random.js';

const [minute, hour, day] = [60_000, 3_600_000, 86_400_000];
const pair = keyPair();
let okta: FakeOkta;
let source: ApiSource;
let decoy: LocalServer;
const atDecoy: string[] = [];

beforeEach(async () => {
  atDecoy.length = 0;
  decoy = await httpServer((request, response) => {
    atDecoy.push(`${request.url} ${request.headers.authorization}`);
    response.end('[]');
  });
  okta = await fakeOkta(Date.UTC(2026, 10, 26, 12), pair.publicKey);
  source = apiSource([okta.port, decoy.port], okta.clock.now);
  source.context.knowsApp = (name) => ['ChatGPT', 'Claude'].includes(name);
  okta.clock = source.clock;
});
afterEach(async () => {
  await Promise.all([source.close(), okta.close(), decoy.close()]);
});

const options = (more: Record<string, unknown> = {}): OktaOptions =>
  collector.options.parse({ org_url: okta.url, api_token: okta.apiToken, ...more });
const service = (more: Record<string, unknown> = {}) =>
  options({ api_token: undefined, client_id: okta.client.id, private_key: pair.privateKey, ...more });
const collect = (more: OktaOptions = options(), killBefore?: number): Promise<void> =>
  source.run((cursor) => collector.collect(more, cursor, source.context), killBefore);
const happen = (n: number, at: number, seen = at): void =>
  void okta.log.push({ seen, body: ssoEvent(`event-${n}`, at, `user${n % 9}`, 'ChatGPT') });
const got = (): string[] => source.lines.flatMap((line) => (JSON.parse(line) as { uuid?: string }).uuid ?? []).sort();
const all = (): string[] => [...new Set(okta.log.map(({ body }) => body.uuid))].sort();

describe('the System Log', () => {
  it('comes whole, once: over pages, shuffled, repeated, up to 72 hours late, throttled, failing, killed anywhere', async () => {
    const roll = random(2607);
    okta.pageSize = 40;
    const begin = okta.clock.now - 10 * day;
    for (let n = 0; n < 500; n++) {
      const at = begin + Math.floor(roll() * 14 * day);
      happen(n, at, at + (roll() < 0.3 ? Math.floor(roll() * 72 * hour) : 0));
    }
    for (let n = 0; n < 100; n++) okta.log.push(okta.log[Math.floor(roll() * 500)] as (typeof okta.log)[0]);
    okta.order = (items) =>
      items
        .map((item) => ({ item, key: roll() }))
        .sort((a, b) => a.key - b.key)
        .map(({ item }) => item);
    okta.fault = () => {
      const dice = roll();
      if (dice < 0.05) return { status: 429, headers: { 'x-rate-limit-reset': String(okta.clock.now / 1000 + 9) } };
      if (dice < 0.08) return { status: 503 };
      return dice < 0.1 ? { status: 200, body: '[{"uuid":"event-1"' } : undefined;
    };
    const end = okta.clock.now + 8 * day;
    while (okta.clock.now < end) {
      await collect(options({ parts: ['log'] }), roll() < 0.4 ? Math.floor(roll() * 9) : undefined).catch(() => {});
      okta.clock.now += 5 * hour;
    }
    okta.fault = () => undefined;
    await collect(options({ parts: ['log'] }));
    expect(got()).toEqual(all());
    expect(source.waited).toBeGreaterThan(0);
  });

  it('is read by bounded windows of a thousand, and the link to go on polling ends with an empty page', async () => {
    for (let n = 0; n < 20; n++) happen(n, okta.clock.now - hour + n * 1000);
    await collect(options({ parts: ['log'], lookback: '1d' }));
    expect(got()).toHaveLength(20);
    const first = new URLSearchParams(okta.requests[0]?.split('?')[1]);
    expect([first.get('limit'), first.get('sortOrder')]).toEqual(['1000', 'ASCENDING']);
    expect(first.get('since')).toBe('2026-11-25T12:00:00.000Z');
    expect(first.get('until')).toBe('2026-11-26T12:00:00.000Z');
    // Three pages with events, one without; then another day.
    expect(okta.requests.filter((text) => text.includes('since=2026-11-25T12'))).toHaveLength(4);
  });

  it('holds only sign-ins and grants; all of it where the filter is empty', async () => {
    happen(1, okta.clock.now - hour);
    okta.log.push({ seen: 0, body: ssoEvent('other', okta.clock.now - hour, 'ann', 'X', 'policy.evaluate_sign_on') });
    await collect(options({ parts: ['log'] }));
    expect(got()).toEqual(['event-1']);
    source.cursor.clear();
    await collect(options({ parts: ['log'], filter: '' }));
    expect(got()).toEqual(['event-1', 'other']);
  });

  it('A19 the token goes nowhere else, by whatever link to the next page', async () => {
    for (let n = 0; n < 30; n++) happen(n, okta.clock.now - hour + n);
    const tricks = linkTricks(String(okta.port), String(decoy.port)).map((link) => link.replaceAll('/v1/', '/api/v1/'));
    expect(tricks.length).toBeGreaterThanOrEqual(60);
    const foreign = `http://127.0.0.1:${decoy.port}/api/v1/logs`;
    const headers = [
      ...tricks.map((link) => `<${link.replace(/[\r\n\0\t]|[^\x20-\x7e]/g, '')}>; rel="next"`),
      `<${foreign}>; rel="next", <${okta.url}/api/v1/logs?after=7>; rel="next"`,
      `<${foreign}>; title="a, b; rel=self"; rel=next`,
      `<${foreign}>; rel="first NEXT"`,
      `<${foreign}>; foo="\\""; rel="next"`,
    ];
    for (const header of headers) {
      source.cursor.clear();
      okta.link = () => header;
      await collect(options({ parts: ['log'], lookback: '1d' })).catch(() => {});
    }
    expect(atDecoy).toEqual([]);
    expect(decoy.contacts()).toBe(0);
  });

  it('ends at a page that comes again, and goes on next time', async () => {
    for (let n = 0; n < 30; n++) happen(n, okta.clock.now - hour + n);
    const honest = okta.link;
    okta.link = (self, next) => honest(self, next?.replace(/after=\d+/, 'after=7'));
    await expect(collect(options({ parts: ['log'] }))).rejects.toThrow('gives a page again');
    okta.link = honest;
    await collect(options({ parts: ['log'] }));
    expect(got()).toEqual(all());
  });
});

describe('users', () => {
  it('become accounts of the directory: no private address, and who is suspended is disabled', async () => {
    okta.users = Array.from({ length: 30 }, (_, n) => oktaUser(n));
    okta.users[3] = {
      ...oktaUser(3, { displayName: 'Eve Adams', managerId: '4711', employeeNumber: '12' }),
      status: 'SUSPENDED',
    };
    okta.users[4] = oktaUser(4, { managerId: 'boss@acme.example', costCenter: 'C1', department: null });
    await collect(options({ parts: ['users'] }));
    const held = source.states.get('person');
    expect(held?.size).toBe(30);
    expect(JSON.parse(held?.get(oktaUser(3).id)?.body ?? '')).toEqual({
      id: oktaUser(3).id,
      emails: ['user3@acme.example'],
      upn: 'user3@acme.example',
      name: 'Eve Adams',
      givenName: 'User',
      familyName: '3',
      employeeId: '12',
      group: 'Sales',
      enabled: false,
    });
    expect(JSON.parse(held?.get(oktaUser(4).id)?.body ?? '')).toMatchObject({
      manager: 'boss@acme.example',
      costCentre: 'C1',
    });
    expect(JSON.stringify([...(held?.values() ?? [])])).not.toContain('gmail');
    expect(source.lines).toEqual([]);
  });
});

describe('assignments', () => {
  const member = (n: number) => ({
    id: oktaUser(n).id,
    scope: 'GROUP',
    credentials: { userName: `alias${n}` },
    _embedded: { user: oktaUser(n) },
  });

  it('are looked up only for AI apps, over all pages, killed anywhere; new ones are told as grants', async () => {
    okta.apps = Array.from({ length: 25 }, (_, n) => ({ id: `0oa${n}`, label: `App ${n}`, members: [member(1)] }));
    okta.apps[9] = { id: '0oachat', label: 'ChatGPT', members: Array.from({ length: 20 }, (_, n) => member(n)) };
    okta.apps[20] = { id: '0oaclaude', label: 'Claude', members: [member(5)] };
    for (let turn = 0; turn < 5; turn++) await collect(options({ parts: ['assignments'] }), turn);
    await collect(options({ parts: ['assignments'] }));
    expect(okta.requests.filter((path) => path.includes('/users')).every((path) => /0oa(chat|claude)/.test(path))).toBe(
      true,
    );
    const told = source.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(told).toHaveLength(21);
    expect(told).toContainEqual({
      halflight_grant: 1,
      time: '2026-11-26T12:00:00.000Z',
      id: `0oaclaude/${oktaUser(5).id}`,
      provider: 'okta',
      permission: 'assignment',
      consent: 'admin',
      user: 'user5@acme.example',
      app: 'Claude',
      app_id: '0oaclaude',
    });
    okta.apps = okta.apps.filter(({ label }) => label !== 'Claude');
    for (let turn = 0; turn < 2; turn++) {
      okta.clock.now += day;
      await collect(options({ parts: ['assignments'] }));
    }
    const gone = [...(source.states.get('assignment') ?? [])].filter(([, item]) => item.gone).map(([id]) => id);
    expect(gone).toEqual([`0oaclaude/${oktaUser(5).id}`]);
  });
});

describe('letting the source in', () => {
  it('an app proves who it is by a signed assertion, and asks only for the scopes of its parts', async () => {
    happen(1, okta.clock.now - hour);
    okta.client.scopes = ['okta.logs.read'];
    await collect(service({ parts: ['log'] }));
    expect(got()).toEqual(['event-1']);
    expect(okta.tokenRequests).toBe(1);
  });

  it('F25 a token that is taken back is renewed once; then the source ends, without a storm', async () => {
    happen(1, okta.clock.now - hour);
    let taken = false;
    okta.fault = () => {
      if (!taken) okta.issued.clear();
      taken = true;
      return undefined;
    };
    await collect(service({ parts: ['log'] }));
    expect(got()).toEqual(['event-1']);
    expect(okta.tokenRequests).toBe(2);

    okta.fault = () => {
      okta.issued.clear();
      return undefined;
    };
    const before = okta.requests.length;
    await expect(collect(service())).rejects.toThrow(SourceLoginError);
    expect([okta.requests.length - before, okta.tokenRequests]).toEqual([2, 4]);

    okta.apiToken = 'anotherone';
    await expect(collect(options({ api_token: '00abcdefghijklmnopqrstuvwxyz' }))).rejects.toThrow('Make a new one');
    expect(okta.requests.length - before).toBe(4);
  });

  it('an app that is not let in is asked for once', async () => {
    okta.client.publicKey = keyPair().publicKey;
    await expect(collect(service())).rejects.toThrow(SourceLoginError);
    expect(okta.tokenRequests).toBe(1);
  });

  it('a busy token endpoint is asked again with a new assertion', async () => {
    happen(1, okta.clock.now - hour);
    okta.tokenOutage = 2;
    await collect(service({ parts: ['log'] }));
    expect([got(), okta.tokenRequests]).toEqual([['event-1'], 3]);
  });
});

describe('source test', () => {
  const test = async (more: OktaOptions) => {
    const checks = await collector.test(more, { ...source.context, sleep: undefined as never });
    expect(checks.filter(({ outcome, remedy }) => outcome !== 'ok' && remedy === '')).toEqual([]);
    return checks;
  };
  const failed = async (more: OktaOptions) => {
    const [first, ...others] = (await test(more)).filter(({ outcome }) => outcome === 'failed');
    expect(others).toEqual([]);
    return `${first?.name}: ${first?.found}. ${first?.remedy}`;
  };

  it('says that all is well', async () => {
    expect((await test(service())).map(({ name, outcome }) => `${name} ${outcome}`)).toEqual([
      'Login ok',
      'System Log ok',
      'Users ok',
      'Applications ok',
      'Clock ok',
    ]);
  });

  it('tells a token that is no longer good from a permission that is missing, and names the permission', async () => {
    okta.apiToken = 'anotherone';
    expect(await failed(options({ api_token: '00abcdefghijklmnopqrstuvwxyz' }))).toMatch(
      /^Login: .*E0000011.*Make a new one/,
    );
    okta.client.scopes = ['okta.logs.read', 'okta.apps.read'];
    expect(await failed(service())).toMatch(/^Users: .*invalid_scope.*okta\.users\.read/);
    okta.client.scopes = ['okta.logs.read', 'okta.users.read', 'okta.apps.read'];
    okta.fault = (url) =>
      url.pathname.endsWith('logs') ? { status: 403, body: '{"errorCode":"E0000006"}' } : undefined;
    expect(await failed(service())).toMatch(/^System Log: .*E0000006.*okta\.logs\.read/);
  });

  it('tells a wrong key, DPoP, a wrong clock, a wrong address, and a filter that Okta does not take', async () => {
    expect(await failed(service({ private_key: keyPair().privateKey }))).toMatch(
      /^Login: .*invalid_client.*public key/,
    );
    okta.client.dpop = true;
    expect(await failed(service())).toMatch(/^Login: .*proof of possession.*DPoP/);
    okta.client.dpop = false;
    const theirs = { now: okta.clock.now + 10 * minute };
    okta.clock = theirs;
    const checks = await test(service({ parts: ['log'] }));
    expect(checks.find(({ outcome }) => outcome === 'failed')?.remedy).toMatch(/time server/);
    okta.fault = () => ({ status: 404, body: '<html>' });
    expect(await failed(options({ parts: ['log'] }))).toMatch(/org_url/);
    okta.fault = () => ({ status: 400, body: '{"errorCode":"E0000031"}' });
    expect(await failed(options({ parts: ['log'] }))).toMatch(/filter/);
    await okta.close();
    expect(await failed(options({ parts: ['log'] }))).toMatch(/^Reachable: /);
  });
});

describe('options', () => {
  it('say what is wrong, and never what the secret is', () => {
    const wrong = (more: object) => {
      const parsed = collector.options.safeParse({
        org_url: 'https://acme.okta.com',
        api_token: '00abcdefghij',
        ...more,
      });
      return parsed.error?.issues.map(({ message }) => message).join(' ') ?? '';
    };
    expect(wrong({})).toBe('');
    expect(wrong({ org_url: 'https://acme-admin.okta.com' })).toMatch(/-admin/);
    expect(wrong({ org_url: 'http://acme.okta.com' })).toMatch(/https/);
    expect(wrong({ org_url: 'https://user:pw@acme.okta.com' })).toMatch(/without/);
    expect(wrong({ api_token: undefined })).toMatch(/Set api_token/);
    expect(wrong({ client_id: '0oaclient', private_key: pair.privateKey })).toMatch(/not both/);
    expect(wrong({ api_token: undefined, client_id: '0oaclient', private_key: 'hunter2' })).toMatch(/no RSA/);
    expect(wrong({ private_key: 'hunter2', api_token: 'hunter2 ' })).not.toContain('hunter2');
  });
});

describe('Link headers', () => {
  it.each([
    ['<https://a.example/1>; rel="next"', 'https://a.example/1'],
    ['<https://a.example/0>; rel="self", <https://a.example/1>; rel="next"', 'https://a.example/1'],
    ['<https://a.example/0,1;2>; rel="self",<https://a.example/1>;rel=next', 'https://a.example/1'],
    [
      '<https://a.example/0>; title="x>, <https://evil.example>; rel=\\"next\\""; rel=self, <https://a.example/1>; REL="prev Next"',
      'https://a.example/1',
    ],
    ['<https://a.example/0>; rel="self"', undefined],
    ['<https://a.example/0>; rel="nextish"', undefined],
    ['<https://a.example/0>; rel="self"; rel="next"', undefined],
    ['<https://a.example/0', undefined],
    ['https://a.example/0; rel="next"', undefined],
    ['', undefined],
  ])('of %s the next one is %s', (header, next) => {
    expect(nextLinkOf(header)).toBe(next);
  });
});
