import { describe, expect, it } from 'vitest';
import type { DayUse } from '../../../src/inventory/signals/signals.js';
import { ago, raised, use } from './helpers.js';

/** Sales visits on the first and last day of the time before the window of 14 days (today and 13 before). */
const earlier = (over: Partial<DayUse> = {}): DayUse[] => [use(41, over), use(14, over)];
const sizes = new Map([
  ['Sales', 40],
  ['Legal', 5],
  ['Board', 4],
]);

describe('a new group', () => {
  const name = 'new-group';
  const legal = (...days: readonly number[]): DayUse[] =>
    days.map((daysAgo) => use(daysAgo, { group: 'Legal', people: 1 }));

  it('is told with its first day and what was before', () => {
    expect(raised(name, [...earlier(), ...legal(13, 3)], { groupSizes: sizes })).toEqual({
      name,
      why: 'Since 2026-05-19 it is used by Legal, which had not used it in the 28 days before the last 14; 1 group had.',
      numbers: { groups: 1, small: 0, groupsBefore: 1, daysBefore: 28 },
    });
  });

  it('is not named when it has fewer than five members', () => {
    const board = [3, 2].map((daysAgo) => use(daysAgo, { group: 'Board', people: 1 }));
    const signal = raised(name, [...earlier(), ...board], { groupSizes: sizes });
    expect(signal?.why).toMatch(/^Since 2026-05-29 it is used by a small group, which/);
    expect(signal?.numbers).toMatchObject({ groups: 1, small: 1 });
    expect(JSON.stringify(signal)).not.toContain('Board');
    const both = raised(name, [...earlier(), ...board, ...legal(3, 2)], { groupSizes: sizes });
    expect(both?.why).toContain('used by Legal and a small group, which');
    const unlisted = [3, 2].map((daysAgo) => use(daysAgo, { group: 'Secret', people: 99 }));
    expect(JSON.stringify(raised(name, [...earlier(), ...board, ...unlisted], { groupSizes: sizes }))).toContain(
      'by 2 small groups,',
    );
  });

  it('is named without a directory only when five people of it were seen on a day', () => {
    const seen = (people: number) => [...earlier(), ...legal(3, 2), use(4, { group: 'Legal', people })];
    expect(raised(name, seen(5))?.why).toContain('used by Legal');
    expect(raised(name, seen(4))?.why).toContain('used by a small group');
  });

  it('needs 28 days of history before the last 14', () => {
    expect(raised(name, [use(41), ...legal(3, 2)])).toBeDefined();
    expect(raised(name, [use(40), ...legal(3, 2)])).toBeUndefined();
  });

  it('needs two days of use, and its first within 14 days', () => {
    expect(raised(name, [...earlier(), ...legal(3)])).toBeUndefined();
    expect(raised(name, [...earlier(), ...legal(13, 0)])).toBeDefined();
    expect(raised(name, [...earlier(), ...legal(14, 3, 2)])).toBeUndefined();
  });

  it('is not raised by attempts, by people without a group, or by a directory that came later', () => {
    const tries = legal(3, 2).map((row) => ({ ...row, events: 0, attempts: 9 }));
    expect(raised(name, [...earlier(), ...tries])).toBeUndefined();
    expect(raised(name, [...earlier(), use(3, { group: '' }), use(2, { group: '' })])).toBeUndefined();
    expect(raised(name, [...earlier({ group: '' }), ...legal(3, 2)])).toBeUndefined();
  });
});

describe('a new strength', () => {
  const name = 'new-strength';
  const stronger = (strength: DayUse['strength'], ...days: readonly number[]) =>
    days.map((daysAgo) => use(daysAgo, { strength }));

  it('is told with its first day and the strongest proof before', () => {
    expect(raised(name, [...earlier(), ...stronger('transfer', 10, 9)])).toEqual({
      name,
      why:
        'Since 2026-05-22 uploads or calls of an API are seen (transfer); in the 28 days before the last 14, visits were the strongest ' +
        'proof (visit).',
      numbers: { steps: 1, daysBefore: 28 },
    });
  });

  it('needs two days of a lookup, visit or upload, and one sign-in, grant or payment', () => {
    for (const strength of ['visit', 'transfer'] as const) {
      const contact = earlier({ strength: 'contact' });
      expect(raised(name, [...contact, ...stronger(strength, 3)])).toBeUndefined();
      expect(raised(name, [...contact, ...stronger(strength, 3, 3)])).toBeUndefined();
      expect(raised(name, [...contact, ...stronger(strength, 3, 2)])).toBeDefined();
    }
    for (const strength of ['account', 'permission', 'payment'] as const)
      expect(raised(name, [...earlier(), ...stronger(strength, 3)])?.why).toContain(`(${strength})`);
  });

  it('needs 28 days of history before the last 14, and nothing as strong in them', () => {
    expect(raised(name, [use(41), ...stronger('account', 0)])).toBeDefined();
    expect(raised(name, [use(40), ...stronger('account', 0)])).toBeUndefined();
    expect(raised(name, [...earlier(), ...stronger('account', 13)])).toBeDefined();
    expect(raised(name, [...earlier(), ...stronger('account', 14, 3)])).toBeUndefined();
    expect(raised(name, [...earlier({ strength: 'payment' }), ...stronger('account', 3)])).toBeUndefined();
  });

  it('is not raised by attempts, nor against declarations, which prove nothing', () => {
    const tries = stronger('account', 3).map((row) => ({ ...row, events: 0, attempts: 4 }));
    expect(raised(name, [...earlier(), ...tries])).toBeUndefined();
    expect(raised(name, [...earlier({ strength: 'declared' }), ...stronger('contact', 3, 2)])).toBeUndefined();
    expect(raised(name, [...earlier(), ...stronger('declared', 3, 2)])).toBeUndefined();
  });

  it('names the strongest when several are new', () => {
    expect(raised(name, [...earlier(), ...stronger('transfer', 9, 8), ...stronger('payment', 2)])?.why).toMatch(
      new RegExp(`^Since ${ago(2)} payments are seen`),
    );
  });
});
