import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { subscriptionsOf } from '../../src/inventory/subscriptions.js';
import { usage } from '../store/helpers/results.js';

const paid = (day: string, cents: number, who = 'ada', currency = 'USD') =>
  usage({
    day,
    service: 'chat',
    actor: { kind: 'person', id: who, group: '' },
    strength: 'payment',
    spend: new Map([[currency, cents]]),
  });
const shown = (rows: ReturnType<typeof paid>[], asOf = '2026-10-10'): string[] =>
  subscriptionsOf(rows, asOf).map(
    ({ actor, cadence, amount, currency, payments, since, next, stopped }) =>
      `${actor.id} ${amount} ${currency} ${cadence} ${payments} since ${since} ${stopped ? 'stopped' : `next ${next}`}`,
  );

describe('recurring payments', () => {
  it('monthly: three in like amounts, also on the last day of months', () => {
    expect(shown([paid('2026-08-05', 2000), paid('2026-09-05', 2010), paid('2026-10-05', 2100)])).toEqual([
      'ada 2100 USD monthly 3 since 2026-08-05 next 2026-11-05',
    ]);
    expect(
      shown(
        [paid('2025-12-31', 2000), paid('2026-01-31', 2000), paid('2026-02-28', 2000), paid('2026-03-31', 2000)],
        '2026-04-01',
      ),
    ).toEqual(['ada 2000 USD monthly 4 since 2025-12-31 next 2026-04-30']);
  });
  it('yearly: two; weekly: three', () => {
    expect(shown([paid('2025-10-03', 24_000), paid('2026-10-05', 24_000)])).toEqual([
      'ada 24000 USD yearly 2 since 2025-10-03 next 2027-10-05',
    ]);
    expect(shown([paid('2026-09-21', 500), paid('2026-09-28', 500), paid('2026-10-05', 500)])).toEqual([
      'ada 500 USD weekly 3 since 2026-09-21 next 2026-10-12',
    ]);
  });
  it('what is only claimed is none, and the third of three does not count when it is', () => {
    const rows = [paid('2026-08-05', 2000), paid('2026-09-05', 2000), paid('2026-10-05', 2000)];
    expect(shown(rows)).toHaveLength(1);
    expect(shown(rows.map((row) => ({ ...row, provenance: 'claimed' as const })))).toEqual([]);
    expect(shown(rows.map((row, n) => (n === 2 ? { ...row, provenance: 'unauthenticated' as const } : row)))).toEqual(
      [],
    );
  });
  it('a month may be missing; one that is long overdue has stopped', () => {
    const months = ['2026-01-05', '2026-02-05', '2026-03-05', '2026-05-05', '2026-06-05'].map((day) => paid(day, 2000));
    expect(shown(months, '2026-06-20')).toEqual(['ada 2000 USD monthly 5 since 2026-01-05 next 2026-07-05']);
    expect(shown(months, '2026-07-19')).toEqual(['ada 2000 USD monthly 5 since 2026-01-05 next 2026-07-05']);
    expect(shown(months, '2026-07-20')).toEqual(['ada 2000 USD monthly 5 since 2026-01-05 stopped']);
  });
  it('two of one payer beside each other, and purchases by need that are none', () => {
    const days = ['2026-08-05', '2026-09-05', '2026-10-05'];
    const rows = days.flatMap((day, n) => [
      paid(day, 2000),
      paid(day.replace('05', '07'), 10_000 + n),
      paid(day.replace('-05', '-19'), 300 * 3 ** n),
    ]);
    expect(shown(rows)).toEqual([
      'ada 2000 USD monthly 3 since 2026-08-05 next 2026-11-05',
      'ada 10002 USD monthly 3 since 2026-08-07 next 2026-11-07',
    ]);
  });
  it('two months, other payers, currencies and refunds make no series', () => {
    expect(shown([paid('2026-09-05', 2000), paid('2026-10-05', 2000)])).toEqual([]);
    expect(
      shown([paid('2026-08-05', 2000), paid('2026-09-05', 2000, 'bob'), paid('2026-10-05', 2000, 'ada', 'EUR')]),
    ).toEqual([]);
    expect(shown([paid('2026-08-05', -2000), paid('2026-09-05', -2000), paid('2026-10-05', -2000)])).toEqual([]);
    expect(shown([{ ...paid('2026-08-05', 2000), day: '' }])).toEqual([]);
  });
  it('the order of rows changes nothing', () => {
    const rows = ['2026-07-05', '2026-08-05', '2026-09-05', '2026-10-05'].flatMap((day) => [
      paid(day, 2000),
      paid(day, 900, 'bob'),
    ]);
    fc.assert(
      fc.property(fc.shuffledSubarray(rows, { minLength: rows.length }), (shuffled) => {
        expect(shown(shuffled)).toEqual(shown(rows));
      }),
      { seed: 4 },
    );
  });
});
