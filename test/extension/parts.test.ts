import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { accountKindOf, kindOfDomain } from '../../extension/src/account.js';
import {
  added,
  maxBatch,
  maxWaiting,
  minuteOf,
  nothing,
  type TelemetryEvent,
  takeBatch,
  verdictOf,
  type Waiting,
  waitAfter,
} from '../../extension/src/events.js';
import { noticeFor } from '../../extension/src/notices.js';
import { readSettings } from '../../extension/src/settings.js';
import { compileCatalog } from '../../src/catalog/compile.js';
import type { InventoryEntry } from '../../src/core/register.js';
import { asEntry, entrySchema } from '../../src/inventory/schema.js';
import { useNotices } from '../../src/inventory/use-notices.js';
import { telemetrySchema } from '../../src/receivers/common/telemetry-schema.js';
import { service } from '../helpers/service.js';

const agent = { name: 'halflight-extension', version: '0.1.0', browser: 'chromium' };
const token = `hlf_${'a'.repeat(12)}.${'b'.repeat(43)}`;

describe('the kind of an account', () => {
  it('is told by the domain of its address', () => {
    for (const [domain, kind] of [
      ['acme.example', 'enterprise'],
      ['mail.ACME.example.', 'enterprise'],
      ['notacme.example', 'unknown'],
      ['gmail.com', 'personal'],
      ['Outlook.com', 'personal'],
      ['yahoo.co.uk', 'personal'],
      ['gmx.net', 'personal'],
      ['live.acme.example.org', 'unknown'],
      ['globex.example', 'unknown'],
    ] as const)
      expect([domain, kindOfDomain(domain, ['acme.example'])]).toEqual([domain, kind]);
  });

  it('is unknown where addresses of several kinds stand, and none where none does', () => {
    const kind = (...texts: string[]) => accountKindOf(texts, ['acme.example']);
    expect(kind('Google Account: Anna (anna@acme.example)')).toBe('enterprise');
    expect(kind('anna.private@gmail.com', 'Anna')).toBe('personal');
    expect(kind('anna@acme.example', 'zoe@gmail.com')).toBe('unknown');
    expect(kind('Follow @anna', 'user@localhost')).toBeUndefined();
    expect(kind()).toBeUndefined();
  });

  it('is looked for in bounded time, whatever the text', () => {
    for (const text of [
      'a@'.repeat(100_000),
      `${'a.'.repeat(100_000)}@`,
      `a@${'b.'.repeat(100_000)}`,
      '@'.repeat(200_000),
    ])
      expect(accountKindOf(Array(100).fill(text), [])).not.toBe('enterprise');
  });
});

const hosts = ['chatgpt.com', 'claude.ai', 'poe.com'] as const;
const kinds = ['enterprise', 'personal', 'unknown'] as const;
let ids = 0;
const eventOf = fc
  .record({
    type: fc.constantFrom('visit', 'paste', 'upload', 'sign-in', 'extensions' as const),
    host: fc.constantFrom(...hosts),
    account_kind: fc.constantFrom(...kinds),
    minute: fc.nat(3),
    bytes: fc.nat(1e6),
  })
  .map(({ type, host, account_kind, minute, bytes }): TelemetryEvent => {
    const common = { id: `e${ids++}`, at: minuteOf(1_795_597_500_000 + minute * 60_000) };
    if (type === 'extensions') return { ...common, type, extensions: [{ id: 'x', version: '1', enabled: true }] };
    if (type === 'visit' || type === 'sign-in') return { ...common, type, host, account_kind };
    return { ...common, type: type === 'paste' ? 'paste' : 'upload', host, account_kind, count: 1, bytes };
  });

const total = (events: readonly TelemetryEvent[]): { count: number; bytes: number } => {
  const sent = events.filter((event) => event.type === 'paste' || event.type === 'upload');
  return {
    count: sent.reduce((sum, event) => sum + event.count, 0),
    bytes: sent.reduce((sum, event) => sum + event.bytes, 0),
  };
};

describe('what waits', () => {
  it('goes into batches whole: each as the schema has it, no paste or upload lost or counted twice', () => {
    fc.assert(
      fc.property(fc.array(eventOf, { maxLength: 600 }), fc.array(fc.nat(600), { maxLength: 4 }), (events, takes) => {
        let waiting: Waiting = nothing;
        const batches: TelemetryEvent[] = [];
        const take = (): boolean => {
          const made = takeBatch(waiting, agent, 1_795_597_800_000, 'a'.repeat(32));
          if (made === undefined) return false;
          waiting = made.waiting;
          const batch = telemetrySchema.parse(JSON.parse(made.outgoing.body));
          expect(batch.events.length).toBeLessThanOrEqual(maxBatch);
          batches.push(...batch.events);
          return true;
        };
        for (const [i, event] of events.entries()) {
          waiting = added(waiting, event);
          if (takes.includes(i)) take();
        }
        while (take());
        expect(total(batches)).toEqual(total(events));
        expect(new Set(batches.map(({ id }) => id)).size).toBe(batches.length);
      }),
      { seed: 20261126, numRuns: 60 },
    );
  });

  it('is bounded: the oldest goes, and is counted', () => {
    let waiting: Waiting = nothing;
    for (let i = 0; i < maxWaiting + 30; i++)
      waiting = added(waiting, {
        id: `e${i}`,
        at: minuteOf(i * 60_000),
        type: 'visit',
        host: 'poe.com',
        account_kind: 'unknown',
      });
    expect([waiting.events.length, waiting.lost, waiting.events[0]?.id]).toEqual([maxWaiting, 30, 'e30']);
  });

  it('holds one visit for a host and minute', () => {
    const visit = (id: string, at: number): TelemetryEvent => ({
      id,
      at: minuteOf(at),
      type: 'visit',
      host: 'poe.com',
      account_kind: 'unknown',
    });
    const { events } = [visit('a', 1000), visit('b', 59_000), visit('c', 61_000)].reduce(added, nothing);
    expect(events.map(({ id, at }) => [id, at])).toEqual([
      ['a', '1970-01-01T00:00:00.000Z'],
      ['c', '1970-01-01T00:01:00.000Z'],
    ]);
  });
});

describe('after an answer', () => {
  it('a batch is done, refused for good, or sent again', () => {
    for (const [status, verdict] of [
      [202, 'done'],
      [400, 'refused'],
      [413, 'refused'],
      [422, 'refused'],
      [401, 'enrol'],
      [0, 'again'],
      [403, 'again'],
      [408, 'again'],
      [429, 'again'],
      [500, 'again'],
      [503, 'again'],
      [507, 'again'],
    ] as const)
      expect([status, verdictOf(status)]).toEqual([status, verdict]);
  });

  it('the wait is what the server asks for, else it doubles up to an hour, each browser a little apart', () => {
    expect(waitAfter(0, '30', 0)).toBe(30_000);
    expect(waitAfter(9, '30', 1)).toBe(31_000);
    expect(waitAfter(0, '99999999', 0)).toBe(45_000);
    expect(waitAfter(0, 'Thu, 26 Nov 2026 09:00:00 GMT', 0)).toBe(45_000);
    expect([0, 1, 2, 5, 6, 7, 1000].map((tries) => waitAfter(tries, null, 0.5))).toEqual([
      60_000, 120_000, 240_000, 1_920_000, 3_600_000, 3_600_000, 3_600_000,
    ]);
    expect(waitAfter(0, null, 0)).toBeLessThan(waitAfter(0, null, 1));
  });
});

describe('managed policy', () => {
  const whole = {
    serverUrl: 'https://halflight.acme.example/',
    token,
    identityMode: 'managed-user',
    user: 'anna@acme.example',
    device: 'ACME-LT-1',
    enterpriseDomains: ['@Acme.example', ' acme.org ', 7, ''],
    notices: false,
    reportMinutes: 10,
  };

  it('says where data go, and who the browser is', () => {
    expect(readSettings(whole)).toEqual({
      server: 'https://halflight.acme.example',
      token,
      user: 'anna@acme.example',
      device: 'ACME-LT-1',
      domains: ['acme.example', 'acme.org'],
      notices: false,
      extensions: true,
      every: 10,
    });
    expect(readSettings({ ...whole, identityMode: 'device' })).toMatchObject({ user: undefined, device: 'ACME-LT-1' });
    expect(readSettings({ ...whole, identityMode: 'anonymous' })).toMatchObject({ user: undefined, device: undefined });
    expect(readSettings({ serverUrl: 'http://127.0.0.1:8480', token })).toMatchObject({ every: 5, notices: true });
  });

  it('names nobody where the management system left a variable as it was', () => {
    // biome-ignore lint/suspicious/noTemplateCurlyInString: what a management system would have filled in
    for (const user of ['${user_email}', '%USERNAME%', '{{mail}}', '', ' '.repeat(5), 'x'.repeat(201)])
      expect(readSettings({ ...whole, user })).toMatchObject({ user: undefined });
  });

  it('that is missing or wrong sends nothing, and says why', () => {
    for (const [policy, words] of [
      [{}, 'no managed policy'],
      [{ ...whole, serverUrl: 'http://halflight.acme.example' }, 'no https address'],
      [{ ...whole, serverUrl: 'https://user:pass@acme.example' }, 'no https address'],
      [{ ...whole, serverUrl: 'javascript:alert(1)' }, 'no https address'],
      [{ ...whole, token: 'hlf_short' }, 'no token'],
      [{ ...whole, token: 5 }, 'no token'],
    ] as const)
      expect(readSettings(policy)).toContain(words);
  });
});

const entry = (id: string, services: string[], status: string, more: object = {}): InventoryEntry =>
  asEntry(entrySchema.parse({ id, name: id, services, status, ...more }));

describe('a notice', () => {
  const catalog = compileCatalog([
    service({ id: 'chatgpt', name: 'ChatGPT', hosts: ['chatgpt.com'] }),
    service({ id: 'claude', name: 'Claude', hosts: ['claude.ai', { host: 'api.claude.ai', role: 'api' }] }),
    service({ id: 'mistral', name: 'Le Chat', hosts: ['chat.mistral.ai'] }),
    service({ id: 'deepseek', name: 'DeepSeek', hosts: ['deepseek.com'] }),
    service({ id: 'otter', name: 'Otter', category: 'meeting', hosts: ['otter.ai'] }),
    service({
      id: 'suite',
      name: 'Suite',
      embedded: true,
      hosts: [{ host: 'suite.example', weak: true }, 'ai.suite.example'],
    }),
  ]);
  const approved = { approval_date: '2026-01-01', review_date: '2099-01-01' };
  const entries = [
    entry('e1', ['claude'], 'approved', approved),
    entry('e2', ['mistral'], 'in-review'),
    entry('e3', ['deepseek'], 'denied'),
  ];
  const notices = (all: InventoryEntry[], ask?: string) => {
    const { version, ask: link, groups } = useNotices(catalog, all, { day: '2026-11-26', ask });
    return JSON.parse(JSON.stringify({ version, ask: link, groups })) as Parameters<typeof noticeFor>[1];
  };
  const all = notices(entries, 'https://ask.acme.example/');

  it('is shown on hosts of services that are not approved, with what is approved instead and where to ask', () => {
    expect(noticeFor('www.chatgpt.com', all)).toEqual({
      service: 'chatgpt',
      title: 'ChatGPT is not an approved tool here',
      text: 'Approved instead: Claude.',
      ask: 'https://ask.acme.example/',
    });
    expect(noticeFor('chat.mistral.ai', all)?.title).toBe('Le Chat is not approved yet');
    expect(noticeFor('deepseek.com', all)?.title).toBe('DeepSeek may not be used for work here');
    expect(noticeFor('otter.ai', all)?.text).toBe('Please put no data of the organisation into it.');
  });

  it('is not shown for what is approved, for a wider product, for unknown hosts, or where there is no register', () => {
    for (const host of [
      'claude.ai',
      'api.claude.ai',
      'ai.suite.example',
      'suite.example',
      'notchatgpt.com',
      'wiki.example',
    ])
      expect([host, noticeFor(host, all)]).toEqual([host, undefined]);
    expect(notices([]).groups).toEqual([]);
  });

  it('changes its version with the register, and links to nothing but pages of the web', () => {
    expect(notices(entries).version).toBe(notices(entries).version);
    expect(notices([...entries, entry('e4', ['chatgpt'], 'approved', approved)]).version).not.toBe(
      notices(entries).version,
    );
    expect(noticeFor('chatgpt.com', { ...all, ask: 'javascript:alert(1)' })?.ask).toBeUndefined();
    expect(noticeFor('chatgpt.com', notices(entries))?.ask).toBeUndefined();
  });

  it('that has lapsed by its date is pending, not denied', () => {
    const lapsed = notices([
      entry('e1', ['claude'], 'approved', { approval_date: '2025-01-01', review_date: '2026-01-01' }),
    ]);
    expect(noticeFor('claude.ai', lapsed)?.title).toBe('Claude is not approved yet');
  });
});
