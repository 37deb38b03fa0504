import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type DayUse, historySignals } from '../../../src/inventory/signals/signals.js';
import { random, today, use } from './helpers.js';
import { madeUp, type Plan, steady } from './made-up.js';

const names = (rows: readonly DayUse[]) => historySignals({ rows, asOf: today }).map(({ name }) => name);

/** 200 histories of a plan: the share in which the signal is raised. */
function found(name: string, plan: Plan): number {
  let count = 0;
  for (let seed = 1; seed <= 200; seed++) if (names(madeUp(plan, seed)).includes(name)) count++;
  return count / 200;
}

const two = [
  { name: 'Sales', members: 12, chance: 0.6 },
  { name: 'Legal', members: 6, chance: 0.6 },
];

describe('what is hidden in noise', () => {
  it('raises a false alarm in fewer than 1 of 100 steady histories, with holidays, spikes and weekends', () => {
    const raised = new Map<string, number>();
    let alarms = 0;
    for (let seed = 1; seed <= 10_000; seed++) {
      const signals = names(steady(seed));
      if (signals.length > 0) alarms++;
      for (const name of signals) raised.set(name, (raised.get(name) ?? 0) + 1);
    }
    expect(alarms, `${JSON.stringify([...raised])} were raised`).toBeLessThan(100);
  });

  it('finds a pilot that grows to three times its size within twelve weeks', () => {
    const growth = (since: number) => 0.5 + since / 84;
    expect(found('pilot-to-production', { days: 84, groups: two, growth, bytes: 1000, spread: 0.5 })).toBeGreaterThan(
      0.95,
    );
    expect(found('pilot-to-production', { days: 84, groups: two, bytes: 1000, spread: 0.5 })).toBeLessThan(0.01);
  });

  it('finds uploads that are ten times the usual for a week', () => {
    const plan = { days: 90, groups: two, bytes: 1_000_000, spread: 0.5 };
    const uploads = (daysAgo: number) => (daysAgo <= 7 ? 10 : 1);
    expect(found('upload-growth', { ...plan, uploads })).toBeGreaterThan(0.95);
    expect(found('upload-growth', plan)).toBeLessThan(0.01);
  });

  it('finds a group that joins, and no other', () => {
    const groups = [...two, { name: 'Board', members: 2, chance: 0.6, from: 9 }];
    expect(found('new-group', { days: 90, groups, bytes: 1000, spread: 1 })).toBeGreaterThan(0.95);
    expect(found('new-group', { days: 90, groups: two, bytes: 1000, spread: 1 })).toBe(0);
  });

  it('does not depend on the order of the rows', () => {
    fc.assert(
      fc.property(fc.integer(), fc.integer(), (seed, order) => {
        const growth = (since: number) => 0.5 + since / 60;
        const groups = [...two, { name: 'Board', members: 8, chance: 0.9, from: 9 }];
        const uploads = (daysAgo: number) => (daysAgo <= 7 ? 30 : 1);
        const rows = madeUp({ days: 90, groups, growth, uploads, bytes: 1_000_000, spread: 0.4 }, seed);
        const next = random(order);
        const shuffled = rows.map((row) => ({ row, at: next() })).sort((a, b) => a.at - b.at);
        const plain = historySignals({ rows, asOf: today });
        expect(historySignals({ rows: shuffled.map(({ row }) => row), asOf: today })).toEqual(plain);
      }),
      { numRuns: 50, seed: 1 },
    );
  });

  it('raises nothing however large the numbers are, while they only vary by a factor of less than two', () => {
    fc.assert(
      fc.property(fc.integer(), fc.double({ min: 1, max: 1e9, noNaN: true }), (seed, scale) => {
        const next = random(seed);
        const rows = Array.from({ length: 120 }, (_, i) =>
          use(120 - i, { people: 10, bytesOut: Math.round(scale * (1 + next() * 0.99)) }),
        );
        expect(historySignals({ rows, asOf: today })).toEqual([]);
      }),
      { numRuns: 300, seed: 2 },
    );
  });

  it('holds for any rows, also odd ones: nothing throws, and every signal has a sentence and finite numbers', () => {
    const row = fc.record({
      day: fc.oneof(
        fc.integer({ min: -30, max: 400 }).map((daysAgo) => use(daysAgo).day),
        fc.constantFrom('', 'never', '0001-01-01', '9999-12-31'),
      ),
      group: fc.constantFrom('', 'Sales', '__proto__', 'A\u0000B'),
      strength: fc.constantFrom(
        'declared' as const,
        'contact' as const,
        'visit' as const,
        'transfer' as const,
        'payment' as const,
      ),
      people: fc.nat(1e6),
      events: fc.nat(3),
      attempts: fc.nat(3),
      bytesOut: fc.nat(Number.MAX_SAFE_INTEGER),
    });
    fc.assert(
      fc.property(fc.array(row, { maxLength: 200 }), (rows) => {
        for (const signal of historySignals({ rows, asOf: today })) {
          expect(signal.why).toMatch(/.\.$/s);
          expect(Object.values(signal.numbers).every(Number.isFinite)).toBe(true);
        }
      }),
      { numRuns: 300, seed: 3 },
    );
  });
});
