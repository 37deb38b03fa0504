import { describe, expect, it } from 'vitest';
import type { DayUse } from '../../../src/inventory/signals/signals.js';
import { raised, use, workdays } from './helpers.js';

const name = 'upload-growth';
const MB = 1_000_000;

/** 18, 20 and 22 MB in turn: median 20 MB, median deviation 2 MB, so the limit is 40 MB (twice) rather than 20 + 5 x 1.4826 x 2. */
const usual = (from = 63, to = 8): DayUse[] =>
  workdays(from, to, (daysAgo, since) => [use(daysAgo, { bytesOut: (18 + 2 * (since % 3)) * MB })]);
/** The last five working days: Monday to Friday of last week. */
const lately = (...sent: readonly number[]): DayUse[] => sent.map((mb, i) => use(7 - i, { bytesOut: mb * MB }));

describe('grown upload volume', () => {
  it('is told with its own baseline: median, deviation, limit and days', () => {
    expect(raised(name, [...usual(), ...lately(50, 60, 20, 70, 20)])).toEqual({
      name,
      why:
        '50.0 MB were sent to it on a usual one of the last 5 working days, 2.5 times the usual 20.0 MB (median of 40 earlier working ' +
        'days, deviation 3.0 MB); 3 of the 5 were above the limit of 40.0 MB.',
      numbers: { now: 50e6, usual: 20e6, deviation: 2_965_200, limit: 40e6, daysAbove: 3, days: 5, baselineDays: 40 },
    });
  });

  it('needs more than twice the usual', () => {
    expect(raised(name, [...usual(), ...lately(41, 41, 41, 41, 41)])).toBeDefined();
    expect(raised(name, [...usual(), ...lately(40, 40, 40, 40, 40)])).toBeUndefined();
  });

  it('needs more than five deviations where days differ much', () => {
    // 10, 20, 30 MB in turn: median 20, median deviation 10 MB; 20 + 5 x 14.826 = 94.13 MB.
    const wild = workdays(63, 8, (daysAgo, since) => [use(daysAgo, { bytesOut: (10 + 10 * (since % 3)) * MB })]);
    expect(raised(name, [...wild, ...lately(95, 95, 95, 95, 95)])?.numbers.limit).toBeCloseTo(94_130_000, 0);
    expect(raised(name, [...wild, ...lately(94, 94, 94, 94, 94)])).toBeUndefined();
  });

  it('needs more than 10 MB a day, however little it was', () => {
    const little = usual().map((row) => ({ ...row, bytesOut: row.bytesOut / 1000 }));
    expect(raised(name, [...little, ...lately(11, 11, 11, 11, 11)])).toBeDefined();
    expect(raised(name, [...little, ...lately(10, 10, 10, 10, 10)])).toBeUndefined();
  });

  it('needs fifteen days of baseline', () => {
    // 28 to 8 days ago hold 15 working days.
    expect(raised(name, [...usual(28, 8), ...lately(90, 90, 90, 90, 90)])?.numbers.baselineDays).toBe(15);
    expect(raised(name, [...usual(27, 8), ...lately(90, 90, 90, 90, 90)])).toBeUndefined();
  });

  it('is not raised by one spike or two: three of the five days must be above', () => {
    expect(raised(name, [...usual(), ...lately(20, 90_000, 20, 20, 20)])).toBeUndefined();
    expect(raised(name, [...usual(), ...lately(20, 90_000, 90_000, 20, 20)])).toBeUndefined();
    expect(raised(name, [...usual(), ...lately(20, 90_000, 90_000, 90_000, 20)])).toBeDefined();
  });

  it('is not hidden by a spike in the past', () => {
    expect(raised(name, [...usual(), use(20, { bytesOut: 1e12 }), ...lately(50, 50, 50, 50, 50)])).toBeDefined();
  });

  it('looks at no weekend and not at the day that is not over', () => {
    const weekend = [use(1, { bytesOut: 9e12 }), use(2, { bytesOut: 9e12 }), use(0, { bytesOut: 9e12 })];
    expect(raised(name, [...usual(), ...lately(20, 20, 20, 20, 20), ...weekend])).toBeUndefined();
  });

  it('is not raised by holidays, nor by the return from them', () => {
    expect(raised(name, usual())).toBeUndefined();
    const away = usual().filter(({ day }) => day < '2026-04-27' || day > '2026-05-17');
    expect(raised(name, [...away, ...lately(20, 22, 18, 20, 22)])).toBeUndefined();
  });

  it('has no baseline where nothing was sent or bytes were not counted', () => {
    const silent = usual().map((row) => ({ ...row, bytesOut: 0 }));
    expect(raised(name, [...silent, ...lately(500, 500, 500, 500, 500)])).toBeUndefined();
  });

  it('sums the rows of a day', () => {
    const split = lately(41, 41, 41, 41, 41).flatMap((row) => [
      { ...row, bytesOut: 1 * MB },
      { ...row, group: 'Legal', strength: 'transfer' as const, bytesOut: 40 * MB },
    ]);
    expect(raised(name, [...usual(), ...split])?.numbers.now).toBe(41 * MB);
  });
});
