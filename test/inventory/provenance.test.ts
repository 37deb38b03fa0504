import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { StoredFinding } from '../../src/core/finding-state.js';
import { isUnverified, type Provenance } from '../../src/core/provenance.js';
import { callsForAction, type Finding, type InventoryEntry } from '../../src/core/register.js';
import type { Usage } from '../../src/core/usage.js';
import { advance } from '../../src/inventory/lifecycle.js';
import { measures } from '../../src/inventory/metrics.js';
import { reconcile } from '../../src/inventory/reconcile.js';
import { anyDecidingEntry, anyRow, entry, person, row, service, services } from './helpers.js';
import { at, finding } from './lifecycle-helpers.js';

const catalog = services(service('chatgpt'), service('claude'), service('otter'));
const look = (usage: readonly Usage[], entries: readonly InventoryEntry[] = []): Finding[] =>
  reconcile({
    usage,
    entries,
    services: catalog,
    period: { from: '2026-03-09', to: '2026-03-11' },
    asOf: '2026-03-11',
  }).findings;
const weak = fc.constantFrom<Provenance>('claimed', 'unauthenticated');
const strong = fc.constantFrom<Provenance>('observed', 'reported');
const rows = (provenance: fc.Arbitrary<Provenance>): fc.Arbitrary<Usage[]> =>
  fc.array(
    fc.tuple(anyRow, provenance).map(([one, what]) => ({ ...one, provenance: what })),
    { maxLength: 25 },
  );
const entries = fc.tuple(anyDecidingEntry('e1'), anyDecidingEntry('e2')).map((list) => [...list]);

describe('what is only claimed or unauthenticated', () => {
  it('changes nothing of what somebody vouches for, however much of it there is', () => {
    fc.assert(
      fc.property(rows(strong), rows(weak), entries, (vouched, claimed, register) => {
        const alone = look(vouched, register);
        const both = new Map(look([...claimed, ...vouched], register).map((one) => [one.id, one]));
        for (const one of alone) {
          const { unverified, reason, groups, ...rest } = both.get(one.id) ?? one;
          const { unverified: none, reason: before, groups: groupsBefore, ...same } = one;
          expect(rest).toEqual(same);
          expect(none).toEqual({ actors: 0, events: 0, attempts: 0 });
          // Reasons say it, and nothing else.
          const said = / [\d,]+ more events? that [^.]* only claimed or unauthenticated and not counted here\./g;
          expect(reason.replace(said, '')).toBe(before);
          expect(groups.map((group) => ({ ...group, reason: group.reason.replace(said, '') }))).toEqual(groupsBefore);
          const beside = claimed.filter((item) => `${item.service}/${item.accountKind}` === one.id);
          expect(unverified.events).toBe(beside.reduce((sum, item) => sum + item.events, 0));
          expect(unverified.attempts).toBe(beside.reduce((sum, item) => sum + item.attempts, 0));
        }
        for (const [id, one] of both) {
          if (alone.some((other) => other.id === id)) continue;
          expect(one).toMatchObject({ claimedOnly: true, people: 0, groups: [], signals: [] });
          expect(callsForAction(one)).toBe(false);
        }
      }),
      { seed: 20261126, numRuns: 500 },
    );
  });

  it('loses no event: those counted and those beside them are all', () => {
    fc.assert(
      fc.property(rows(fc.oneof(weak, strong)), (usage) => {
        const sum = (of: (one: Finding) => number): number => look(usage).reduce((total, one) => total + of(one), 0);
        const all = usage.reduce((total, one) => total + one.events, 0);
        expect(sum((one) => one.events + one.unverified.events)).toBe(all);
        for (const one of look(usage)) {
          const own = usage.filter((item) => `${item.service}/${item.accountKind}` === one.id);
          expect(one.claimedOnly).toBe(own.every((item) => isUnverified(item.provenance)));
        }
      }),
      { seed: 20261126, numRuns: 300 },
    );
  });

  it('says so, what it would be, and what would confirm it', () => {
    const [one] = look([
      row({ provenance: 'claimed', events: 9 }),
      row({ provenance: 'claimed', actor: person('bob') }),
    ]);
    expect(one?.reason).toBe(
      'Nothing in the inventory names ChatGPT: 2 unverified actors with 10 events on 1 day. It rests on claimed or unauthenticated data ' +
        'alone, which says nothing about any person and calls for no action; a source that Halflight fetches from, or a sender that ' +
        'proves who it is, would confirm it.',
    );
    const [tried] = look([row({ provenance: 'unauthenticated', events: 0, attempts: 3 })]);
    expect(tried).toMatchObject({ verdict: 'attempted', claimedOnly: true, provenance: 'unauthenticated' });
    expect(tried?.reason).toContain('It rests on claimed or unauthenticated data alone');
  });

  it('is in no scope of a group, as its group is only said', () => {
    const sales = [entry({ allowed_groups: ['Sales'] })];
    const [claimed] = look([row({ provenance: 'claimed' })], sales);
    const [nobody] = look([row({ actor: { kind: 'user', id: 'x', group: '' } })], sales);
    expect(claimed?.verdict).toBe(nobody?.verdict);
  });

  it('makes no service seen or unapproved in the measures', () => {
    const usage = [row({ provenance: 'claimed' })];
    for (const { name, denominator } of measures({ findings: look(usage), entries: [], usage, asOf: '2026-03-11' }))
      expect(denominator, name).toBe(0);
  });
});

describe('the life of a finding', () => {
  const context = (day: string) => ({
    asOf: day,
    at: at(day),
    quietDays: 30,
    inventoryVersion: 'i',
    catalogHash: 'c',
  });
  const claimed = { claimedOnly: true, provenance: 'claimed' as const, people: 0 };

  it('that is only claimed is watched and no news; the first record that somebody vouches for opens it', () => {
    const first = advance(undefined, finding({ ...claimed, first: at('2025-01-01') }), context('2026-03-02'));
    expect(first?.next).toMatchObject({ state: 'watched', openedAt: null });
    expect(first?.transition?.kind).toBe('updated');
    const denied = advance(first?.next, finding({ ...claimed, verdict: 'denied' }), context('2026-03-03'));
    expect(denied?.transition?.kind).toBe('updated');
    const seen = advance(denied?.next, finding({ verdict: 'denied' }, '2026-03-04'), context('2026-03-05'));
    expect(seen?.transition?.kind).toBe('opened');
    // What was claimed gives it no times.
    expect(seen?.next).toMatchObject({ state: 'open', firstSeen: at('2026-03-04'), learnedAt: at('2026-03-05') });
  });

  it('that was open is resolved when all that is left of it is only claimed', () => {
    const open = advance(undefined, finding(), context('2026-03-02'))?.next;
    const step = advance(open, finding(claimed), context('2026-03-03'));
    expect(step?.transition?.kind).toBe('resolved');
    expect(step?.next).toMatchObject({ state: 'resolved', people: 0 });
  });

  it('is never open while it is only claimed, whatever came before', () => {
    const step = fc.record({
      claimedOnly: fc.boolean(),
      verdict: fc.constantFrom<Finding['verdict']>('denied', 'unregistered', 'sanctioned', 'attempted'),
    });
    fc.assert(
      fc.property(fc.array(step, { minLength: 1, maxLength: 12 }), (steps) => {
        let stored: StoredFinding | undefined;
        for (const [n, { claimedOnly, verdict }] of steps.entries()) {
          const day = `2026-03-${String(n + 1).padStart(2, '0')}`;
          stored = advance(stored, finding({ claimedOnly, verdict }, day), context(day))?.next ?? stored;
          if (claimedOnly) expect(stored?.state).not.toBe('open');
        }
      }),
      { seed: 20261126, numRuns: 300 },
    );
  });
});
