import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { AccountKind, Strength } from '../../src/core/hit.js';
import { type Provenance, provenances } from '../../src/core/provenance.js';
import type { Finding } from '../../src/core/register.js';
import type { Usage } from '../../src/core/usage.js';
import { addDays } from '../../src/inventory/days.js';
import { joinRules } from '../../src/inventory/join-rules.js';
import { countsAsPersonal, joinAccounts, noSignInSignal } from '../../src/inventory/joined.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { entry, person, row, service, services } from './helpers.js';

const start = '2026-01-01';
const on = (day: number): string => addDays(start, day);
const use = (who: string, day: number, over: Partial<Usage> = {}): Usage =>
  row({
    actor: person(who, 'Sales'),
    day: on(day),
    accountKind: 'unknown',
    strength: 'visit',
    source: 'squid',
    ...over,
  });
const signIn = (who: string, day: number, over: Partial<Usage> = {}): Usage =>
  use(who, day, { accountKind: 'enterprise', strength: 'account', source: 'okta', ...over });
/** Four people who sign in every week for twelve weeks and use it. */
const proper = ['a', 'b', 'c', 'd'].flatMap((who) =>
  Array.from({ length: 12 }, (_, week) => [signIn(who, 7 * week), use(who, 7 * week + 3)]).flat(),
);
const of = (rows: readonly Usage[], who: string) => joinAccounts(rows)?.without.get(who);

describe('people who use a service without a sign-in', () => {
  it('are told with a medium confidence where all sign-ins before their days are known', () => {
    const rows = [...proper, ...[40, 45, 50].map((day) => use('x', day))];
    expect(joinAccounts(rows)).toMatchObject({ seen: 5, signedIn: 4, sources: ['okta'], from: on(0), to: on(84) });
    expect(of(rows, 'x')).toMatchObject({ confidence: 'medium', paid: false, personal: false });
    expect([...(of(rows, 'x')?.days ?? [])]).toEqual([on(40), on(45), on(50)]);
  });

  it.each<[why: string, rows: Usage[], confidence: string | undefined]>([
    ['two days are few', [use('x', 40), use('x', 50)], 'low'],
    ['a sign-in may lie before what is known', [use('x', 5), use('x', 10), use('x', 29)], 'low'],
    [
      'a payment of their own makes it high',
      [use('x', 40), use('x', 9, { accountKind: 'personal', strength: 'payment' })],
      'high',
    ],
    ['so does a personal host, path or report', [use('x', 40), use('x', 60, { accountKind: 'personal' })], 'high'],
    [
      'a look-up of a personal host does not',
      [use('x', 40), use('x', 60, { accountKind: 'personal', strength: 'contact' })],
      'low',
    ],
    [
      'a sign-in within thirty days explains it',
      [use('x', 40), use('x', 50), use('x', 60), signIn('x', 30)],
      undefined,
    ],
    ['so does one that comes after', [use('x', 40), signIn('x', 70)], undefined],
    ['one further away does not', [use('x', 40), use('x', 41), use('x', 42), signIn('x', 73)], 'medium'],
    ['so does a host of the enterprise plan', [use('x', 40), use('x', 41, { accountKind: 'enterprise' })], undefined],
    [
      'an assignment is no sign-in',
      [40, 41, 42].map((n) => use('x', n)).concat(signIn('x', 40, { strength: 'permission' })),
      'medium',
    ],
    [
      'a claimed sign-in is none',
      [40, 41, 42].map((n) => use('x', n)).concat(signIn('x', 40, { provenance: 'claimed' })),
      'medium',
    ],
    ['claimed use is none', [40, 41, 42].map((n) => use('x', n, { provenance: 'claimed' })), undefined],
    ['attempts are none', [use('x', 40, { events: 0, attempts: 9 })], undefined],
    ['look-ups are none', [40, 41, 42].map((n) => use('x', n, { strength: 'contact' })), undefined],
    ['days before any sign-in is known are not looked at', [use('x', -40), use('x', -1)], undefined],
    ['nor days long after the last one', [use('x', 90), use('x', 95), use('x', 99)], undefined],
    ['nor undated use', [use('x', 40, { day: '' })], undefined],
    [
      'a device is nobody',
      [40, 41, 42].map((n) => use('x', n, { actor: { kind: 'device', id: 'x', group: '' } })),
      undefined,
    ],
  ])('%s', (_why, rows, confidence) => expect(of([...proper, ...rows], 'x')?.confidence).toBe(confidence));

  it('are not looked for where hardly anybody signs in', () => {
    const few = proper.filter((one) => ['a', 'b'].includes(one.actor.id));
    expect(joinAccounts([...few, use('x', 40)])).toBeUndefined();
    expect(joinAccounts([])).toBeUndefined();
  });

  it('are never invented: any order is the same, who is signed in all the time is not among them, and more sign-ins never add one', () => {
    const anyRow: fc.Arbitrary<Usage> = fc
      .record({
        who: fc.constantFrom('a', 'b', 'c', 'd', 'x', 'y'),
        day: fc.integer({ min: -5, max: 95 }),
        accountKind: fc.constantFrom<AccountKind>('enterprise', 'personal', 'unknown'),
        strength: fc.constantFrom<Strength>(
          'declared',
          'contact',
          'visit',
          'transfer',
          'account',
          'permission',
          'payment',
        ),
        provenance: fc.constantFrom<Provenance>(...provenances),
        events: fc.nat(2),
      })
      .map(({ who, day, ...over }) => use(who, day, over));
    fc.assert(
      fc.property(fc.array(anyRow, { maxLength: 60 }), fc.integer({ min: 0, max: 80 }), (rows, day) => {
        const joined = joinAccounts(rows);
        expect(joinAccounts(rows.toReversed())).toEqual(joined);
        if (joined !== undefined) expect(joined.seen).toBe(joined.signedIn + joined.without.size);
        const always = Array.from({ length: 20 }, (_, n) => signIn('x', 5 * n));
        expect(of([...proper, ...rows, ...always], 'x')).toBeUndefined();
        const before = joinAccounts([...proper, ...rows])?.without.get('y')?.days ?? new Set();
        const after = of([...proper, ...rows, signIn('y', day)], 'y')?.days ?? new Set();
        for (const one of after) expect(before).toContain(one);
        for (const one of rows)
          if (countsAsPersonal(joined, one))
            expect(one).toMatchObject({ accountKind: 'unknown', actor: { kind: 'person' } });
      }),
      { seed: 20261126, numRuns: 400 },
    );
  });
});

describe('the verdict wrong-account', () => {
  const catalog = services(
    service('chatgpt', {
      tenant_controls: [
        {
          header: 'ChatGPT-Allowed-Workspace-Id',
          effect: 'only named workspaces',
          source: 'made up',
          read: '2026-01-01',
        },
      ],
    }),
  );
  const enterpriseOnly = entry({ allowed_account: 'enterprise' });
  const look = (usage: readonly Usage[], entries = [enterpriseOnly]): Map<string, Finding> =>
    new Map(
      reconcile({
        usage,
        entries,
        services: catalog,
        period: { from: start, to: on(84) },
        asOf: on(84),
      }).findings.map((one) => [one.id, one]),
    );
  const strangers = ['x', 'y'].flatMap((who) => [40, 45, 50].map((day) => use(who, day, { events: 2 })));
  const payer = [use('z', 40), use('z', 20, { accountKind: 'personal', strength: 'payment' })];

  it('comes from the join where nobody saw a personal account, with the numbers and how sure they are', () => {
    const found = look([...proper, ...strangers, ...payer, use('w', 40)]).get('chatgpt/unknown');
    expect(found).toMatchObject({ verdict: 'wrong-account', people: 8, entry: 'e1' });
    expect(found?.reason).toMatch(
      /^Entry e1 \(ChatGPT\) allows ChatGPT for enterprise accounts only, and use without a sign-in suggests personal ones: 3 people with 13 events on 3 days\./,
    );
    const [signal] = found?.signals ?? [];
    expect(signal).toEqual({
      name: 'no-sign-in',
      why:
        `8 people used ChatGPT on days for which sign-ins are known (${on(0)} to ${on(84)}), 4 of them with a sign-in through okta at most ` +
        '30 days away; 4 had none, 1 of them paid privately. That suggests personal accounts: 1 with high confidence (a payment, a ' +
        'personal host or path, a report of the browser), 2 with medium (3 days of use or more, all sign-ins before them known), 1 with ' +
        'low, which decides nothing. The header ChatGPT-Allowed-Workspace-Id, set at the proxy, would tell.',
      numbers: {
        people: 8,
        signedIn: 4,
        withoutSignIn: 4,
        paidPrivately: 1,
        personalAccount: 0,
        high: 1,
        medium: 2,
        low: 1,
        days: joinRules.signInDays,
      },
    });
  });

  it('does not come from weak cases: they stay sanctioned, and the signal says how many there are', () => {
    const found = look([...proper, use('w', 40)]).get('chatgpt/unknown');
    expect(found?.verdict).toBe('sanctioned');
    expect(found?.signals[0]?.numbers).toMatchObject({ withoutSignIn: 1, low: 1, medium: 0, high: 0 });
  });

  it('does not come where any account is allowed, where another verdict stands, or where all had signed in', () => {
    expect(look([...proper, ...strangers], [entry()]).get('chatgpt/unknown')).toMatchObject({
      verdict: 'sanctioned',
      signals: [],
    });
    const denied = entry({ allowed_account: 'enterprise', status: 'denied', id: 'e2' });
    expect(look([...proper, ...strangers], [denied]).get('chatgpt/unknown')?.verdict).not.toBe('wrong-account');
    expect(look(proper).get('chatgpt/unknown')).toMatchObject({ verdict: 'sanctioned', signals: [] });
    expect(noSignInSignal(joinAccounts(proper), undefined)).toBeUndefined();
  });

  it('by claims alone comes for nobody', () => {
    const claimed = strangers.map((one) => ({ ...one, provenance: 'claimed' as const }));
    expect(look([...proper, ...claimed]).get('chatgpt/unknown')).toMatchObject({ verdict: 'sanctioned', people: 4 });
  });
});

describe('the signal bypass, joined', () => {
  it('says how many of those who use another tool have an account of the approved one', () => {
    const catalog = services(service('chatgpt'), service('otter'));
    const found = reconcile({
      usage: [
        ...['a', 'b', 'c'].map((who) => use(who, 3, { service: 'otter' })),
        signIn('a', 1),
        signIn('b', 1, { strength: 'permission' }),
        signIn('d', 1),
      ],
      entries: [entry()],
      services: catalog,
      period: { from: start, to: on(5) },
      asOf: on(5),
    }).findings.find((one) => one.id === 'otter/unknown');
    const [signal] = found?.signals ?? [];
    expect(signal?.why).toContain(
      '2 of the 3 have an account of an approved tool (a sign-in or an assignment), so access is not what they lack.',
    );
    expect(signal?.numbers).toMatchObject({ people: 3, withAccess: 2 });
  });
});
