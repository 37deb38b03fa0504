import { describe, expect, it } from 'vitest';
import type { DayUse } from '../../../src/inventory/signals/signals.js';
import { ago, isWeekend, raised, use, workdays } from './helpers.js';

const name = 'pilot-to-production';

/** People of Sales and Legal on each working day of the given weeks, oldest first, the last of which ends yesterday. */
function weekly(levels: readonly number[], more: (week: number) => Partial<DayUse> = () => ({})): DayUse[] {
  return levels.flatMap((people, week) => {
    const from = 7 * (levels.length - week);
    return workdays(from, from - 6, (daysAgo) =>
      people === 0
        ? []
        : [
            use(daysAgo, { people: people - 1, ...more(week) }),
            use(daysAgo, { people: 1, ...more(week), group: 'Legal' }),
          ],
    );
  });
}
const growing = [2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13];

describe('a pilot that became production', () => {
  it('is told with its numbers: before and now, steadiness, regularity, groups', () => {
    expect(raised(name, weekly(growing))).toEqual({
      name,
      why:
        'It is used like a production system: by 11.5 people on a usual working day of the last 4 weeks, and by 5 at most before ' +
        '(12 weeks looked at); of 66 pairs of weeks the later one is higher in 66. It was used on 20 of the last 20 working days, by ' +
        '2 groups.',
      numbers: {
        weeks: 12,
        peopleBefore: 5,
        peopleNow: 11.5,
        rising: 66,
        pairs: 66,
        usedDays: 20,
        workingDays: 20,
        groups: 2,
      },
    });
  });

  it('is nothing new for what is in production already', () => {
    expect(raised(name, weekly(growing), { environment: 'production' })).toBeUndefined();
    expect(raised(name, weekly(growing), { environment: 'pilot' })).toBeDefined();
  });

  it('looks at the last twelve weeks, however long it is known', () => {
    expect(raised(name, weekly([1, 1, 1, 1, 1, 1, ...growing]))?.numbers).toEqual(
      raised(name, weekly(growing))?.numbers,
    );
  });

  it('needs eight weeks of history', () => {
    const eight = [2, 3, 4, 6, 7, 8, 9, 10];
    expect(raised(name, weekly(eight))).toBeDefined();
    expect(raised(name, weekly(eight.slice(1)))).toBeUndefined();
  });

  it('needs five people on a usual day', () => {
    expect(raised(name, weekly([2, 2, 2, 3, 3, 4, 5, 5, 5, 5]))).toBeDefined();
    expect(raised(name, weekly([2, 2, 2, 3, 3, 4, 4, 4, 5, 4]))).toBeUndefined();
  });

  it('needs a quarter more people than before at their most', () => {
    expect(raised(name, weekly([13, 14, 15, 16, 17, 17, 18, 19, 20, 20, 20, 20]))).toBeDefined();
    expect(raised(name, weekly([13, 14, 15, 16, 17, 17, 18, 19, 19, 20, 19, 20]))).toBeUndefined();
  });

  it('needs growth in three of four pairs of weeks', () => {
    // Pairs of eight weeks: 28; three quarters are 21.
    expect(raised(name, weekly([4, 4, 4, 5, 9, 9, 9, 9]))?.numbers).toMatchObject({ rising: 23.5, pairs: 28 });
    expect(raised(name, weekly([4, 4, 4, 12, 10, 9, 8, 7]))).toBeUndefined();
  });

  it('needs use on four of five working days', () => {
    // Fridays first, then a Thursday: days off in different weeks leave the level of each week as it is.
    const gaps = (days: number) => {
      const off = [3, 10, 17, 24, 4].slice(0, days).map(ago);
      return weekly(growing).filter((row) => !off.includes(row.day));
    };
    expect(raised(name, gaps(4))?.numbers).toMatchObject({ usedDays: 16, workingDays: 20 });
    expect(raised(name, gaps(5))).toBeUndefined();
  });

  it('needs a second group, on four days of the last four weeks', () => {
    const legal = (days: number) => {
      const rows = weekly(growing).map((row) => (row.group === 'Legal' ? { ...row, group: '' } : row));
      return [...rows, ...Array.from({ length: days }, (_, i) => use(i + 3, { group: 'HR', people: 1 }))];
    };
    expect(raised(name, legal(4))?.numbers).toMatchObject({ groups: 2 });
    expect(raised(name, legal(3))).toBeUndefined();
  });

  it('needs a pilot: what began later has not become anything', () => {
    const started = [use(84), ...weekly([0, 0, 0, 0, 0, 0, 0, 0, 6, 7, 8, 9])];
    expect(raised(name, started)).toBeUndefined();
    const tried = (days: readonly number[]) => [...started, ...days.map((daysAgo) => use(daysAgo))];
    expect(raised(name, tried([83]))).toBeUndefined();
    expect(raised(name, tried([83, 70]))).toBeDefined();
  });

  it('is not raised by steady use, a busy day, a busy week, or one more person', () => {
    const steady = Array.from({ length: 16 }, () => 8);
    expect(raised(name, weekly(steady))).toBeUndefined();
    expect(raised(name, [...weekly(steady), use(3, { people: 300, events: 9000 })])).toBeUndefined();
    expect(raised(name, weekly(steady.with(-1, 80)))).toBeUndefined();
    expect(raised(name, weekly(steady.with(-1, 9).with(-2, 9)))).toBeUndefined();
  });

  it('is not raised when people come back from their holidays', () => {
    const august = [9, 9, 9, 9, 9, 9, 0, 1, 1, 2, 9, 9, 9, 9, 9, 9, 9, 9];
    expect(raised(name, weekly(august))).toBeUndefined();
    const christmasFirst = [0, 0, 9, 9, 9, 9, 9, 9];
    expect(raised(name, [use(56), ...weekly(christmasFirst)])).toBeUndefined();
  });

  it('does not count attempts, and weekends neither help nor harm', () => {
    expect(
      raised(
        name,
        weekly(growing, () => ({ events: 0, attempts: 5 })),
      ),
    ).toBeUndefined();
    const weekends = Array.from({ length: 84 }, (_, i) => i + 1).filter((daysAgo) => isWeekend(ago(daysAgo)));
    expect(
      raised(name, [...weekly(growing), ...weekends.map((daysAgo) => use(daysAgo, { people: 90 }))])?.numbers,
    ).toEqual(raised(name, weekly(growing))?.numbers);
  });
});
