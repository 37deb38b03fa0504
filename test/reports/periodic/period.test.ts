import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  instantsOf,
  periodBefore,
  periodOf,
  periodWords,
  rangeOf,
  weekOf,
} from '../../../src/reports/periodic/period.js';

describe('the period of a report', () => {
  // By hand, with a calendar: 2026 begins on a Thursday, 2027 on a Friday, 2025 ends on a Wednesday.
  it.each([
    ['2026-11-22', '2026-W47', '2026-11-16', '2026-11-22'],
    ['2026-11-23', '2026-W48', '2026-11-23', '2026-11-29'],
    ['2026-01-01', '2026-W01', '2025-12-29', '2026-01-04'],
    ['2025-12-28', '2025-W52', '2025-12-22', '2025-12-28'],
    ['2027-01-03', '2026-W53', '2026-12-28', '2027-01-03'],
    ['2027-01-04', '2027-W01', '2027-01-04', '2027-01-10'],
  ])('%s lies in %s', (day, id, from, to) => {
    expect(weekOf(day)).toEqual({ id, kind: 'week', from, to });
    expect(periodOf(id, '2030-01-01')).toEqual({ id, kind: 'week', from, to });
  });

  it('is the last whole week or month where none is named', () => {
    expect(periodOf('week', '2026-11-26')).toMatchObject({ id: '2026-W47', from: '2026-11-16', to: '2026-11-22' });
    expect(periodOf('week', '2026-11-23')).toMatchObject({ id: '2026-W47' });
    expect(periodOf('week', '2026-11-22')).toMatchObject({ id: '2026-W46' });
    expect(periodOf('month', '2026-11-26')).toMatchObject({ id: '2026-10', from: '2026-10-01', to: '2026-10-31' });
    expect(periodOf('month', '2026-03-01')).toMatchObject({ id: '2026-02', to: '2026-02-28' });
  });

  it('is a month or a quarter by its name', () => {
    expect(periodOf('2028-02', '2030-01-01')).toEqual({
      id: '2028-02',
      kind: 'month',
      from: '2028-02-01',
      to: '2028-02-29',
    });
    expect(periodOf('2026-Q4', '2030-01-01')).toEqual({
      id: '2026-Q4',
      kind: 'quarter',
      from: '2026-10-01',
      to: '2026-12-31',
    });
    expect(periodBefore({ id: '2026-Q1', kind: 'quarter', from: '2026-01-01', to: '2026-03-31' })).toMatchObject({
      id: '2025-Q4',
      from: '2025-10-01',
      to: '2025-12-31',
    });
  });

  it('is none under a name that no calendar has', () => {
    for (const text of [
      '2026-W00',
      '2026-W54',
      '2025-W53',
      '2026-13',
      '2026-00',
      '2026-Q5',
      '26-W01',
      '2026W10',
      'year',
      '',
      '1969-W10',
      '3026-01',
    ])
      expect(periodOf(text, '2026-11-26'), text).toBeUndefined();
    expect(rangeOf('2026-11-02', '2026-11-01')).toBeUndefined();
    expect(rangeOf('2026-02-30', '2026-03-02')).toBeUndefined();
    expect(rangeOf('2024-01-01', '2026-01-01')).toBeUndefined();
    expect(rangeOf('2026-11-01', '2026-11-01')).toMatchObject({ id: '2026-11-01..2026-11-01' });
  });

  it('follows the one before it without a gap, whatever it is', () => {
    const day = fc
      .date({ min: new Date('1975-01-01'), max: new Date('2090-01-01'), noInvalidDate: true })
      .map((date) => date.toISOString().slice(0, 10));
    fc.assert(
      fc.property(day, fc.integer({ min: 0, max: 99 }), (from, length) => {
        const to = new Date(Date.parse(`${from}T00:00:00Z`) + length * 86_400_000).toISOString().slice(0, 10);
        const range = rangeOf(from, to);
        const month = periodOf(from.slice(0, 7), '2100-01-01');
        const quarter = periodOf(`${from.slice(0, 4)}-Q${Math.ceil(Number(from.slice(5, 7)) / 3)}`, '2100-01-01');
        for (const period of [weekOf(from), range, month, quarter]) {
          if (period === undefined) throw new Error('it is a period');
          const before = periodBefore(period);
          expect(Date.parse(`${period.from}T00:00:00Z`) - Date.parse(`${before.to}T00:00:00Z`)).toBe(86_400_000);
          expect(period.from <= from && from <= period.to).toBe(true);
          expect(before.kind).toBe(period.kind);
        }
      }),
      { seed: 14, numRuns: 300 },
    );
  });

  it('begins and ends with days of the zone: weeks in which clocks change have 167 and 169 hours', () => {
    const hours = (id: string, zone: string): number => {
      const { start, end } = instantsOf(periodOf(id, '2030-01-01') ?? weekOf('2026-01-01'), zone);
      return (end - start) / 3_600_000;
    };
    // Berlin 2026: 29 March (in W13) and 25 October (in W43).
    expect([
      hours('2026-W12', 'Europe/Berlin'),
      hours('2026-W13', 'Europe/Berlin'),
      hours('2026-W43', 'Europe/Berlin'),
    ]).toEqual([168, 167, 169]);
    expect(instantsOf(weekOf('2026-11-16'), 'America/New_York').start).toBe(Date.parse('2026-11-16T05:00:00Z'));
  });

  it('says in words what it is', () => {
    expect(periodWords(weekOf('2026-11-16'))).toBe('week 47 of 2026, 2026-11-16 to 2026-11-22');
    expect(periodWords(periodOf('2026-11', '2030-01-01') ?? weekOf('2026-11-16'))).toBe('November 2026');
  });
});
