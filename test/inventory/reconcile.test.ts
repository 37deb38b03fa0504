import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { InventoryEntry } from '../../src/core/register.js';
import type { Usage } from '../../src/core/usage.js';
import { compareVerdicts } from '../../src/inventory/decide.js';
import { type ReconcileInput, reconcile } from '../../src/inventory/reconcile.js';
import { mergeSubRows } from '../../src/inventory/sub-rows.js';
import { anyDecidingEntry, anyRow, entry, person, row, service, services } from './helpers.js';

const catalog = services(service('chatgpt'), service('claude'), service('otter', { category: 'meeting' }));
const run = (usage: Usage[], entries: InventoryEntry[], over: Partial<ReconcileInput> = {}) =>
  reconcile({
    usage,
    entries,
    services: catalog,
    period: { from: '2026-03-01', to: '2026-03-31' },
    asOf: '2026-04-01',
    ...over,
  });
const only = (usage: Usage[], entries: InventoryEntry[]) => {
  const { findings } = run(usage, entries);
  expect(findings).toHaveLength(1);
  const [first] = findings;
  if (first === undefined) throw new Error('no finding');
  return first;
};

describe('the reason names the entry, the rule and the numbers', () => {
  const two = [row({ events: 3 }), row({ actor: person('max', 'Sales'), day: '2026-03-11', events: 4 })];
  it.each<[string, Usage[], Partial<InventoryEntry>[], string]>([
    ['unregistered', two, [], 'Nothing in the inventory names ChatGPT: 2 people with 7 events on 2 days.'],
    [
      'unregistered beside the same vendor',
      two,
      [{ id: 'api', services: ['openai-api'], vendor: 'openai' }],
      'Nothing in the inventory names ChatGPT (api of OpenAI does not name it): 2 people with 7 events on 2 days.',
    ],
    [
      'denied',
      two,
      [{ status: 'denied' }],
      'Entry e1 (ChatGPT) denies ChatGPT, and it is still used: 2 people with 7 events on 2 days.',
    ],
    [
      'retired',
      two,
      [{ decommission: { date: '2026-03-10' } }],
      'Entry e1 (ChatGPT) was retired on 2026-03-10, and ChatGPT is still used after that day: 1 person with 4 events on 1 day.',
    ],
    [
      'wrong account',
      [row({ accountKind: 'personal' })],
      [{ allowed_account: 'enterprise' }],
      'Entry e1 (ChatGPT) allows ChatGPT for enterprise accounts only, and personal accounts are seen: 1 person with 1 event on 1 day.',
    ],
    [
      'out of scope',
      two,
      [{ allowed_groups: ['Legal', 'HR'] }],
      'Entry e1 (ChatGPT) allows ChatGPT for Legal and HR only, and it is used outside: 2 people with 7 events on 2 days.',
    ],
    [
      'a lapsed exception',
      two,
      [{ exception: { until: '2026-03-10', controls: [] } }],
      'The exception of entry e1 (ChatGPT) for ChatGPT ended on 2026-03-10, and it is used after that day: 1 person with 4 events on 1 day.',
    ],
    [
      'an overdue review',
      two,
      [{ review_date: '2026-03-09' }],
      'Entry e1 (ChatGPT) was to be reviewed by 2026-03-09, and ChatGPT is used after that day without a renewed approval: 2 people with 7 events on 2 days.',
    ],
    [
      'in review',
      two,
      [{ status: 'requested' }],
      'Entry e1 (ChatGPT) registers ChatGPT, and its decision is pending (requested): 2 people with 7 events on 2 days.',
    ],
    [
      'excepted',
      two,
      [{ exception: { until: '2026-06-30', controls: ['masking', 'weekly review'] } }],
      'A running exception of entry e1 (ChatGPT) covers ChatGPT until 2026-06-30 under 2 compensating controls (masking and weekly review): 2 people with 7 events on 2 days.',
    ],
    [
      'conditional',
      two,
      [{ status: 'conditional', conditions: ['no client data'] }],
      'Entry e1 (ChatGPT) approves ChatGPT with 1 condition (no client data), and nothing observed contradicts them: 2 people with 7 events on 2 days.',
    ],
    [
      'sanctioned',
      two,
      [{ allowed_account: 'enterprise', allowed_groups: ['Sales'] }],
      'Entry e1 (ChatGPT) approves ChatGPT for enterprise accounts of Sales: 2 people with 7 events on 2 days.',
    ],
    [
      'use before the approval',
      two,
      [{ approval_date: '2026-03-11' }],
      'Entry e1 (ChatGPT) approves ChatGPT: 2 people with 7 events on 2 days. 3 events came before the approval of 2026-03-11.',
    ],
    [
      'a review that is overdue since',
      two,
      [{ review_date: '2026-03-20' }],
      'Entry e1 (ChatGPT) approves ChatGPT: 2 people with 7 events on 2 days. Its review is overdue since 2026-03-20: use after that day is lapsed.',
    ],
    [
      'an exception that has ended since',
      two,
      [{ exception: { until: '2026-03-20', controls: [] } }],
      'Entry e1 (ChatGPT) had an exception for ChatGPT until 2026-03-20, and it was used while that ran: 2 people with 7 events on 2 days. Use after that day is lapsed.',
    ],
    [
      'a workspace that no log tells',
      two,
      [{ workspaces: ['acme'] }],
      'Entry e1 (ChatGPT) approves ChatGPT in acme: 2 people with 7 events on 2 days. The workspace is not known, which proves no other workspace than the allowed one.',
    ],
    [
      'use and attempts',
      [row({ attempts: 1 }), row({ events: 0, attempts: 2 })],
      [{ status: 'denied' }],
      'Entry e1 (ChatGPT) denies ChatGPT, and it is still used: 1 person with 1 event on 1 day. 3 more attempts were blocked or failed.',
    ],
    [
      'contact only',
      [row({ strength: 'contact' })],
      [],
      'Nothing in the inventory names ChatGPT: 1 person with 1 event on 1 day. Only DNS contact was seen, which proves no use.',
    ],
    [
      'no date',
      [row({ day: '', events: 1234 })],
      [{ review_date: '2026-03-31' }],
      'Entry e1 (ChatGPT) was to be reviewed by 2026-03-31, and ChatGPT is used after that day without a renewed approval: 1 person with 1,234 events. 1,234 events without a date are judged as of 2026-04-01.',
    ],
    [
      'people and others',
      [row(), row({ actor: { kind: 'device', id: 'pc1', group: '' } })],
      [],
      'Nothing in the inventory names ChatGPT: 1 person and 1 other actor with 2 events on 1 day.',
    ],
    [
      'nobody known',
      [row({ actor: { kind: 'device', id: 'pc1', group: '' } })],
      [],
      'Nothing in the inventory names ChatGPT: 1 actor that is no known person with 1 event on 1 day.',
    ],
    [
      'attempts only',
      [row({ events: 0, attempts: 5 })],
      [],
      'Only attempts to use ChatGPT were seen, and none went through: 5 attempts by 1 actor on 1 day.',
    ],
  ])('%s', (_, usage, entries, reason) => {
    expect(
      only(
        usage,
        entries.map((over) => entry(over)),
      ).reason,
    ).toBe(reason);
  });

  it('who only tried is not among the people who used it', () => {
    const users = ['a', 'b', 'c', 'd', 'e'].map((id) => row({ actor: person(id, 'Sales') }));
    const tried = [row({ actor: person('f', 'Sales'), events: 0, attempts: 1 })];
    const why = only([...users, ...tried], []).risk.factors.find((factor) => factor.name === 'people')?.why;
    expect(why).toBe('5 people used it.');
  });

  it('states the share of unknown accounts against an enterprise-only entry', () => {
    const usage = [row({ events: 30 }), row({ accountKind: 'unknown', events: 10 })];
    const { findings } = run(usage, [entry({ allowed_account: 'enterprise' })]);
    expect(findings.map((finding) => finding.verdict)).toEqual(['sanctioned', 'sanctioned']);
    const unknown = findings.find((finding) => finding.accountKind === 'unknown');
    expect(unknown?.reason).toContain('The account kind is unknown for 10 of 40 events of ChatGPT (25 %)');
  });
});

describe('findings', () => {
  it('personal use beside an enterprise approval is a finding of its own', () => {
    const { findings } = run([row(), row({ accountKind: 'personal' })], [entry({ allowed_account: 'enterprise' })]);
    expect(findings.map((finding) => [finding.id, finding.verdict, finding.entry])).toEqual([
      ['chatgpt/personal', 'wrong-account', 'e1'],
      ['chatgpt/enterprise', 'sanctioned', 'e1'],
    ]);
  });

  it('attempts alone are no verdict, whatever the inventory says, and beside use they only count', () => {
    expect(only([row({ events: 0, attempts: 9 })], [entry({ status: 'denied' })])).toMatchObject({
      verdict: 'attempted',
      entry: undefined,
      attempts: 9,
    });
    expect(only([row(), row({ events: 0, attempts: 9 })], [entry()])).toMatchObject({
      verdict: 'sanctioned',
      events: 1,
      attempts: 9,
    });
  });

  it('shows rows by group where their verdicts differ, and none where they agree', () => {
    const usage = [
      row(),
      row({ actor: person('lea', 'Legal') }),
      row({ actor: { kind: 'address', id: '10.0.0.1', group: '' } }),
    ];
    const finding = only(usage, [entry({ allowed_groups: ['Sales'] })]);
    expect(finding.verdict).toBe('out-of-scope');
    expect(finding.groups.map(({ group, verdict, actors }) => [group, verdict, actors])).toEqual([
      ['Legal', 'out-of-scope', 1],
      ['', 'sanctioned', 1],
      ['Sales', 'sanctioned', 1],
    ]);
    expect(only(usage, []).groups).toEqual([]);
  });

  it('merges small groups in those rows, and the numbers still add up', () => {
    const people = (group: string, count: number) =>
      Array.from({ length: count }, (_, i) => row({ actor: person(`${group}${i}`, group) }));
    const finding = only(
      [...people('Sales', 20), ...people('Legal', 7), ...people('HR', 2)],
      [entry({ allowed_groups: ['Sales', 'Legal'] })],
    );
    const merged = mergeSubRows(finding.groups);
    expect(merged.map(({ group, verdict, actors, events }) => [group, verdict, actors, events])).toEqual([
      ['Sales', 'sanctioned', 20, 20],
      ['other', 'out-of-scope', 9, 9],
    ]);
    expect(JSON.stringify(merged)).not.toContain('HR');
    const small = only([...people('Sales', 2), ...people('HR', 2)], [entry({ allowed_groups: ['Sales'] })]);
    expect(mergeSubRows(small.groups), 'one row for everybody would only repeat the finding').toEqual([]);
  });

  it('says when an allowed exception turned into a lapsed one within the period', () => {
    const usage = [row({ day: '2026-03-10', events: 5 }), row({ day: '2026-03-11', events: 2 })];
    expect(only(usage, [entry({ exception: { until: '2026-03-10', controls: [] } })])).toMatchObject({
      verdict: 'lapsed',
      events: 7,
    });
  });

  it('keeps the strongest proof of use, first and last time, and bytes', () => {
    const usage = [
      row({ strength: 'contact', first: 10, last: 20, bytesOut: 5, bytesIn: 1 }),
      row({ strength: 'transfer', first: 5, last: 6, bytesOut: 7, bytesIn: 2 }),
      row({ strength: 'payment', events: 0, attempts: 1, first: 30, last: 40 }),
    ];
    expect(only(usage, [])).toMatchObject({
      strength: 'transfer',
      contactOnly: false,
      first: 5,
      last: 40,
      bytesOut: 12,
      bytesIn: 3,
    });
  });
});

describe('the inventory against what was seen', () => {
  it('lists entries without use, each with its reason', () => {
    const entries = [
      entry({ id: 'used' }),
      entry({ id: 'scope', allowed_groups: ['HR'] }),
      entry({ id: 'claude', name: 'Claude', services: ['claude'] }),
      entry({ id: 'blocked', name: 'Otter', services: ['otter'] }),
      entry({ id: 'none', services: [] }),
      entry({ id: 'gone', services: ['gone'], status: 'denied' }),
    ];
    const { unseen } = run([row(), row({ service: 'otter', events: 0, attempts: 1 })], entries);
    expect(unseen.map(({ entry: id, reason, expected }) => [id, reason, expected])).toEqual([
      [
        'scope',
        'ChatGPT was used from 2026-03-01 to 2026-03-31, and none of it in the scope of Entry scope (ChatGPT) (accounts, groups, workspaces).',
        false,
      ],
      ['claude', 'Entry claude (Claude): no use of claude was seen from 2026-03-01 to 2026-03-31.', false],
      [
        'blocked',
        'Entry blocked (Otter): only attempts to use otter were seen from 2026-03-01 to 2026-03-31, and none went through.',
        false,
      ],
      ['none', 'Entry none (ChatGPT) names no catalog service, so no use can be seen for it.', false],
      ['gone', 'Entry gone (ChatGPT): no use of gone was seen from 2026-03-01 to 2026-03-31, as it should be.', true],
    ]);
  });

  it('announces what ends within 30 days, the first and the last of them included', () => {
    const entries = [
      entry({ id: 'today', review_date: '2026-04-01' }),
      entry({ id: 'last', exception: { until: '2026-05-01', controls: [] } }),
      entry({ id: 'later', review_date: '2026-05-02' }),
      entry({ id: 'past', review_date: '2026-03-31' }),
      entry({ id: 'review', status: 'denied', review_date: '2026-04-02' }),
      entry({ id: 'retired', status: 'retired', review_date: '2026-04-02' }),
    ];
    expect(run([], entries).lapsingSoon.map(({ entry: id, what, daysLeft }) => [id, what, daysLeft])).toEqual([
      ['today', 'approval', 0],
      ['review', 'review', 1],
      ['last', 'exception', 30],
    ]);
  });
});

describe('whatever the usage and the inventory', () => {
  const rows = fc.array(anyRow, { maxLength: 30 });
  const inventory = fc
    .tuple(anyDecidingEntry('a'), anyDecidingEntry('b'), anyDecidingEntry('c'))
    .chain((all) => fc.subarray(all));

  it('every row counts in exactly one finding', () => {
    fc.assert(
      fc.property(rows, inventory, (usage, entries) => {
        const { findings } = run(usage, entries);
        expect(new Set(findings.map((finding) => finding.id)).size).toBe(findings.length);
        for (const finding of findings) {
          const own = usage.filter(
            (item) => item.service === finding.service && item.accountKind === finding.accountKind,
          );
          const sum = (of: (item: Usage) => number) => own.reduce((total, item) => total + of(item), 0);
          expect([finding.events, finding.attempts, finding.bytesOut]).toEqual([
            sum((i) => i.events),
            sum((i) => i.attempts),
            sum((i) => i.bytesOut),
          ]);
          expect(finding.actors).toBe(new Set(own.map((item) => `${item.actor.kind} ${item.actor.id}`)).size);
          if (finding.groups.length > 0)
            expect(finding.groups.reduce((total, group) => total + group.events, 0)).toBe(finding.events);
        }
        const keys = new Set(usage.map((item) => `${item.service}/${item.accountKind}`));
        expect(new Set(findings.map((finding) => finding.id))).toEqual(keys);
      }),
      { seed: 20260109, numRuns: 400 },
    );
  });

  it('one more denial never makes a verdict better', () => {
    fc.assert(
      fc.property(rows, inventory, anyDecidingEntry('z'), (usage, entries, extra) => {
        const before = new Map(run(usage, entries).findings.map((finding) => [finding.id, finding.verdict]));
        for (const finding of run(usage, [...entries, { ...extra, status: 'denied' as const }]).findings)
          expect(compareVerdicts(finding.verdict, before.get(finding.id) ?? 'denied')).toBeLessThanOrEqual(0);
      }),
      { seed: 20260110, numRuns: 600 },
    );
  });

  it('the order of rows and entries does not matter', () => {
    fc.assert(
      fc.property(rows, inventory, (usage, entries) => {
        const forward = run(usage, entries);
        const backward = run([...usage].reverse(), [...entries].reverse());
        expect(backward.findings).toEqual(forward.findings);
      }),
      { seed: 20260111, numRuns: 200 },
    );
  });

  it('actors without a group are never out of scope for their group, and unknown accounts never in a wrong one', () => {
    fc.assert(
      fc.property(rows, inventory, (usage, entries) => {
        const anonymous = usage.map((item) => ({
          ...item,
          workspace: undefined,
          actor: { ...item.actor, group: '' },
          accountKind: 'unknown' as const,
        }));
        for (const finding of run(anonymous, entries).findings)
          expect(['wrong-account', 'out-of-scope']).not.toContain(finding.verdict);
      }),
      { seed: 20260112, numRuns: 200 },
    );
  });

  it('the points of the factors add up to the score', () => {
    fc.assert(
      fc.property(rows, inventory, (usage, entries) => {
        for (const { risk } of run(usage, entries).findings) {
          expect(risk.factors.reduce((sum, factor) => sum + factor.points, 0)).toBe(risk.score);
          expect(risk.score).toBeLessThanOrEqual(100);
        }
      }),
      { seed: 20260113, numRuns: 100 },
    );
  });
});
