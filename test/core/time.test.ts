import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  dayOf,
  dayStart,
  formatTime,
  isZone,
  parseClf,
  parseCtime,
  parseDayMonth,
  parseEpoch,
  parseIso,
  parseOffset,
  parseRfc3164,
  parseTime,
  wallClock,
  zoneOffset,
} from '../../src/core/time.js';

const seed = 20261122;
const at = (iso: string): number => Date.parse(iso);
const shown = (instant: number | undefined): string | undefined =>
  instant === undefined ? undefined : formatTime(instant);
const zones = [
  'UTC',
  'Europe/Berlin',
  'America/New_York',
  'Asia/Kolkata',
  'Pacific/Auckland',
  'America/St_Johns',
  'Pacific/Kiritimati',
  'Australia/Lord_Howe',
];

describe('zones', () => {
  it.each([
    // The hour that spring skips, the hour that autumn repeats: the offset before the change.
    ['Europe/Berlin', [2026, 3, 29, 1, 59, 59, 0], '2026-03-29T00:59:59Z'],
    ['Europe/Berlin', [2026, 3, 29, 2, 30, 0, 0], '2026-03-29T01:30:00Z'],
    ['Europe/Berlin', [2026, 3, 29, 3, 0, 0, 0], '2026-03-29T01:00:00Z'],
    ['Europe/Berlin', [2026, 10, 25, 2, 30, 0, 0], '2026-10-25T00:30:00Z'],
    ['Europe/Berlin', [2026, 10, 25, 3, 0, 0, 0], '2026-10-25T02:00:00Z'],
    ['America/New_York', [2026, 3, 8, 2, 30, 0, 0], '2026-03-08T07:30:00Z'],
    ['America/New_York', [2026, 11, 1, 1, 30, 0, 0], '2026-11-01T05:30:00Z'],
    ['Pacific/Auckland', [2026, 9, 27, 2, 30, 0, 0], '2026-09-26T14:30:00Z'],
    ['Pacific/Auckland', [2026, 4, 5, 2, 30, 0, 0], '2026-04-04T13:30:00Z'],
    ['Australia/Lord_Howe', [2026, 4, 5, 1, 45, 0, 0], '2026-04-04T14:45:00Z'],
    ['+05:30', [2026, 11, 22, 0, 0, 0, 5], '2026-11-21T18:30:00.005Z'],
    ['Asia/Kolkata', [2026, 11, 22, 23, 59, 60, 0], '2026-11-22T18:29:59Z'],
  ] as const)('%s %j', (zone, wall, expected) => expect(shown(wallClock(wall, zone))).toBe(expected));

  it.each([
    [2026, 2, 29, 0, 0, 0, 0],
    [2026, 0, 1, 0, 0, 0, 0],
    [2026, 13, 1, 0, 0, 0, 0],
    [2026, 1, 32, 0, 0, 0, 0],
    [2026, 1, 1, 24, 0, 0, 0],
    [2026, 1, 1, 0, 60, 0, 0],
    [2026, 1, 1, 0, 0, 61, 0],
    [1969, 1, 1, 0, 0, 0, 0],
    [Number.NaN, 1, 1, 0, 0, 0, 0],
  ] as const)('%j-%j-%j %j:%j:%j is no time', (...wall) => expect(wallClock(wall, 'UTC')).toBeUndefined());

  it.each(['-36:00', '+99', 'Nowhere/Land', ''])('%j is no zone', (zone) => {
    expect(wallClock([2026, 11, 22, 0, 0, 0, 0], zone)).toBeUndefined();
    expect(parseIso(`2026-11-22T10:00:00${/^[+-]/.test(zone) ? zone : '+19:00'}`, 'UTC')).toBeUndefined();
  });

  it('the wall clock of an instant leads back to it, or to its twin of the repeated hour', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: at('2000-01-01Z'), max: at('2040-01-01Z') }),
        fc.constantFrom(...zones),
        (instant, zone) => {
          const wall = new Date(instant + zoneOffset(instant, zone));
          const back = wallClock(
            [
              wall.getUTCFullYear(),
              wall.getUTCMonth() + 1,
              wall.getUTCDate(),
              wall.getUTCHours(),
              wall.getUTCMinutes(),
              wall.getUTCSeconds(),
              wall.getUTCMilliseconds(),
            ],
            zone,
          );
          expect(back).toBeDefined();
          if (back === undefined || back === instant) return;
          expect(back + zoneOffset(back, zone)).toBe(wall.getTime());
          expect(back).toBeLessThan(instant);
        },
      ),
      { seed, numRuns: 2000 },
    );
  });

  it('a day begins at its first instant, also where midnight is skipped', () => {
    expect(shown(dayStart('2026-03-29', 'Europe/Berlin'))).toBe('2026-03-28T23:00:00Z');
    expect(shown(dayStart('2026-09-06', 'America/Santiago'))).toBe('2026-09-06T04:00:00Z');
    expect(dayStart('2026-02-30', 'UTC')).toBeUndefined();
    fc.assert(
      fc.property(
        fc.integer({ min: at('2000-01-01Z'), max: at('2040-01-01Z') }),
        fc.constantFrom(...zones),
        (instant, zone) => {
          const day = dayOf(instant, zone);
          const start = dayStart(day, zone) ?? Number.NaN;
          expect(start).toBeLessThanOrEqual(instant);
          expect(dayOf(start, zone)).toBe(day);
          expect(dayOf(start - 1, zone) < day).toBe(true);
        },
      ),
      { seed, numRuns: 1000 },
    );
  });

  it.each([
    ['Z', 0],
    ['gmt', 0],
    ['+02', 7_200_000],
    ['-0730', -27_000_000],
    ['UTC+5:30', 19_800_000],
    ['+19:00', undefined],
    ['CET', undefined],
    ['', undefined],
  ])('offset %j', (text, offset) => expect(parseOffset(text)).toBe(offset));

  it('knows what a zone is', () => {
    expect(['UTC', 'Europe/Berlin', 'Mars/Olympus', ''].map(isZone)).toEqual([true, true, false, false]);
  });
});

describe('a time without a year is the nearest before', () => {
  it.each([
    ['Dec 31 23:59:59', '2027-01-01T00:10:00Z', '2026-12-31T23:59:59Z'],
    ['Jan  1 00:00:01', '2027-01-01T00:10:00Z', '2027-01-01T00:00:01Z'],
    // A clock that runs ahead by less than a day.
    ['Jan  1 00:00:01', '2026-12-31T23:50:00Z', '2027-01-01T00:00:01Z'],
    ['Jan  2 00:00:01', '2026-12-31T23:50:00Z', '2026-01-02T00:00:01Z'],
    ['Nov 23 11:00:00', '2026-11-22T12:00:00Z', '2026-11-23T11:00:00Z'],
    ['Nov 23 13:00:00', '2026-11-22T12:00:00Z', '2025-11-23T13:00:00Z'],
    ['Feb 29 10:00:00', '2027-03-01T00:00:00Z', '2024-02-29T10:00:00Z'],
    ['Feb 29 10:00:00', '2103-03-01T00:00:00Z', '2096-02-29T10:00:00Z'],
    ['Nov 22 2019 10:00:00', '2026-11-22T12:00:00Z', '2019-11-22T10:00:00Z'],
    ['Nov 22 10:00:00.250 2019', '2026-11-22T12:00:00Z', '2019-11-22T10:00:00.250Z'],
    ['Nov 32 10:00:00', '2026-11-22T12:00:00Z', undefined],
    ['Foo 22 10:00:00', '2026-11-22T12:00:00Z', undefined],
  ])('%s before %s', (text, before, expected) => expect(shown(parseRfc3164(text, 'UTC', at(before)))).toBe(expected));

  it('in a zone far east the new year has begun', () => {
    expect(shown(parseRfc3164('Jan  1 01:00:00', 'Pacific/Auckland', at('2026-12-31T12:30:00Z')))).toBe(
      '2026-12-31T12:00:00Z',
    );
  });
});

describe('shapes', () => {
  it.each([
    ['2026-11-22T10:00:00Z', '2026-11-22T10:00:00Z'],
    ['2026-11-22 10:00:00', '2026-11-22T09:00:00Z'],
    ['2026/11/22 10:00', '2026-11-22T09:00:00Z'],
    ['2026-11-22', '2026-11-21T23:00:00Z'],
    ['2026-11-22T10:00:00.123456789-0500', '2026-11-22T15:00:00.123Z'],
    ['2026-11-22T10:00:00,5+01:00', '2026-11-22T09:00:00.500Z'],
    ['2026-11-22 10:00:00 UTC', '2026-11-22T10:00:00Z'],
    ['2026-11-22T10:00:00 +0530', '2026-11-22T04:30:00Z'],
    ['2026-13-22T10:00:00Z', undefined],
    ['x2026-11-22', undefined],
  ])('ISO %s', (text, expected) => expect(shown(parseIso(text, 'Europe/Berlin'))).toBe(expected));

  it.each([
    ['1795341600', '2026-11-22T10:00:00Z'],
    ['1795341600.25', '2026-11-22T10:00:00.250Z'],
    [1795341600.25, '2026-11-22T10:00:00.250Z'],
    [1795341600250, '2026-11-22T10:00:00.250Z'],
    ['1795341600250999', '2026-11-22T10:00:00.250Z'],
    ['1795341600250999888', '2026-11-22T10:00:00.250Z'],
    ['-5', undefined],
    ['12345678901234567890', undefined],
    ['1e9', undefined],
    [Number.NaN, undefined],
    ['', undefined],
  ])('epoch %s', (value, expected) => expect(shown(parseEpoch(value))).toBe(expected));

  it.each([
    ['[22/Nov/2026:10:00:00 -0700]', '2026-11-22T17:00:00Z'],
    ['22/Nov/2026:10:00:00', '2026-11-22T09:00:00Z'],
    ['22/Nop/2026:10:00:00', undefined],
  ])('CLF %s', (text, expected) => expect(shown(parseClf(text, 'Europe/Berlin'))).toBe(expected));

  it.each([
    ['Sun Nov 22 10:00:00 2026', '2026-11-22T09:00:00Z'],
    ['Sun Nov 22 10:00:00 UTC 2026', '2026-11-22T10:00:00Z'],
    ['Sun, 22 Nov 2026 10:00:00 GMT', '2026-11-22T10:00:00Z'],
    ['22 Nov 2026 10:00:00 +0200', '2026-11-22T08:00:00Z'],
    ['22-Nov-2026 10:00:00.123', '2026-11-22T09:00:00.123Z'],
  ])('ctime %s', (text, expected) => expect(shown(parseCtime(text, 'Europe/Berlin'))).toBe(expected));

  it.each([
    ['3/12/2026 7:22:01 PM', 'mdy', '2026-03-12T19:22:01Z'],
    ['3/12/2026 7:22:01 PM', 'dmy', '2026-12-03T19:22:01Z'],
    ['12.03.26 00:01', 'dmy', '2026-03-12T00:01:00Z'],
    ['3/12/2026 12:00 a.m.', 'mdy', '2026-03-12T00:00:00Z'],
    ['3/12/2026 12:00 PM', 'mdy', '2026-03-12T12:00:00Z'],
    ['3/12/2026 13:00 PM', 'mdy', undefined],
    ['22/11/2026', 'mdy', undefined],
  ] as const)('%s %s', (text, order, expected) => expect(shown(parseDayMonth(text, order, 'UTC'))).toBe(expected));

  it('parseTime knows them all, and reads a numeric date the other way round where only that fits', () => {
    const texts = [
      '1795341600',
      '20261122100000',
      '2026-11-22T10:00:00Z',
      '22/Nov/2026:10:00:00',
      'Nov 22 10:00:00',
      'Sun Nov 22 10:00:00 2026',
      '11/22/2026 10:00:00',
      '22/11/2026 10:00:00',
    ];
    for (const text of texts) expect(shown(parseTime(text, 'UTC', at('2026-11-23Z')))).toBe('2026-11-22T10:00:00Z');
    expect(shown(parseTime('20261122', 'UTC', 0))).toBe('2026-11-22T00:00:00Z');
    expect(shown(parseTime('20261322', 'UTC', 0))).toBe('1970-08-23T12:08:42Z');
  });

  it('what formatTime writes, parseIso reads; nothing throws', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: at('2100-01-01Z') }), (instant) => {
        expect(parseIso(formatTime(instant), 'Asia/Kolkata')).toBe(instant);
      }),
      { seed, numRuns: 500 },
    );
    fc.assert(
      fc.property(fc.oneof(fc.string({ maxLength: 60 }), fc.stringMatching(/^[0-9/:. TZ+a-zA-Z-]{0,40}$/)), (text) => {
        const time = parseTime(text, 'Europe/Berlin', 0);
        if (time !== undefined) expect(Number.isFinite(time)).toBe(true);
      }),
      { seed, numRuns: 3000 },
    );
  });
});
