import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { unwrapSyslog } from '../../src/core/syslog.js';
import { formatTime } from '../../src/core/time.js';

const before = Date.UTC(2026, 10, 22, 12);
function unwrapped(text: string): Record<string, unknown> {
  const { time, ...rest } = unwrapSyslog(text);
  const instant = time?.('Europe/Berlin', before);
  return { ...rest, ...(instant !== undefined && { time: formatTime(instant) }) };
}

describe('unwrapSyslog', () => {
  it.each([
    [
      '<134>Nov 22 10:00:01 gw1 squid[77]: the message',
      { message: 'the message', wrapped: true, host: 'gw1', app: 'squid', time: '2026-11-22T09:00:01Z' },
    ],
    [
      'Nov  2 10:00:01 gw1 (squid-1)[77]: m',
      { message: 'm', wrapped: true, host: 'gw1', app: '(squid-1)', time: '2026-11-02T09:00:01Z' },
    ],
    [
      '<5>Dec 24 10:00:01 10.1.2.3 m=1',
      { message: 'm=1', wrapped: true, host: '10.1.2.3', time: '2025-12-24T09:00:01Z' },
    ],
    [
      '<5>Nov 22 2026 10:00:01 2001:db8::1 app: m',
      { message: 'm', wrapped: true, host: '2001:db8::1', app: 'app', time: '2026-11-22T09:00:01Z' },
    ],
    [
      '<134>1 2026-11-22T10:00:01.5Z gw1 app 7 id - m',
      { message: 'm', wrapped: true, host: 'gw1', app: 'app', time: '2026-11-22T10:00:01.500Z' },
    ],
    [
      '<134>1 2026-11-22T10:00:01+01:00 - - - - [a x="]"][b y="\\"]"] m',
      { message: 'm', wrapped: true, time: '2026-11-22T09:00:01Z' },
    ],
    [
      '1 2026-11-22T10:00:01Z gw1 app 7 - - m',
      { message: 'm', wrapped: true, host: 'gw1', app: 'app', time: '2026-11-22T10:00:01Z' },
    ],
    ['<134>1 - gw1 app - - [only x="1"]', { message: '[only x="1"]', wrapped: true, host: 'gw1', app: 'app' }],
    [
      '<134>1 2026-11-22T10:00:01Z gw1 app - - \uFEFFm',
      { message: 'm', wrapped: true, host: 'gw1', app: 'app', time: '2026-11-22T10:00:01Z' },
    ],
    [
      '2026-11-22T10:00:01+01:00 gw1 app[1]: m',
      { message: 'm', wrapped: true, host: 'gw1', app: 'app', time: '2026-11-22T09:00:01Z' },
    ],
    ['<13>CEF:0|a|b', { message: 'CEF:0|a|b', wrapped: true }],
    ['Nov 22 10:00:01 gw1 CEF: 0|a', { message: 'CEF: 0|a', wrapped: true, host: 'gw1', time: '2026-11-22T09:00:01Z' }],
    ['123 <13>Nov 22 10:00:01 gw1 m x', { message: 'm x', wrapped: true, host: 'gw1', time: '2026-11-22T09:00:01Z' }],
    // No host: the message begins straight after the time.
    ['Nov 22 10:00:01 a=1 b=2', { message: 'a=1 b=2', wrapped: true, time: '2026-11-22T09:00:01Z' }],
    ['Nov 22 10:00:01 1,2026/11/22,x', { message: '1,2026/11/22,x', wrapped: true, time: '2026-11-22T09:00:01Z' }],
    [
      'Nov 22 10:00:01 2026-11-22 10:00:01 x',
      { message: '2026-11-22 10:00:01 x', wrapped: true, time: '2026-11-22T09:00:01Z' },
    ],
    [
      'Nov 22 10:00:01 1795341601.049 5 x',
      { message: '1795341601.049 5 x', wrapped: true, time: '2026-11-22T09:00:01Z' },
    ],
    // No header at all.
    ['2026-11-22 10:00:01 10.1.2.3 GET', { message: '2026-11-22 10:00:01 10.1.2.3 GET', wrapped: false }],
    ['{"a":1}', { message: '{"a":1}', wrapped: false }],
    ['<html>', { message: '<html>', wrapped: false }],
    ['', { message: '', wrapped: false }],
  ])('%j', (text, expected) => expect(unwrapped(text)).toEqual(expected));

  it('never throws, and the message is the end of the text', () => {
    const piece = fc.oneof(
      fc.constantFrom(
        '<134>',
        '<134>1 ',
        'Nov 22 10:00:01 ',
        '2026-11-22T10:00:01Z ',
        'gw1 ',
        'app[1]: ',
        '- ',
        '[a b="',
        '"]',
        '\\',
      ),
      fc.string({ maxLength: 8 }),
    );
    fc.assert(
      fc.property(fc.array(piece, { maxLength: 10 }), (pieces) => {
        const text = pieces.join('');
        const result = unwrapSyslog(text);
        result.time?.('Europe/Berlin', before);
        expect(text.endsWith(result.message) || result.message === '').toBe(true);
      }),
      { seed: 20261122, numRuns: 3000 },
    );
  });

  it('is linear in hostile text', () => {
    for (const piece of ['<1>', ' ', '[', '"', '\\', 'a', '<134>1 a ', 'Nov 22 10:00:01 ', '1 ']) {
      for (const start of ['', '<134>1 - - - - - [', 'Nov 22 10:00:01 ']) {
        const begin = performance.now();
        unwrapSyslog(start + piece.repeat(200_000));
        expect(performance.now() - begin, start + piece).toBeLessThan(1000);
      }
    }
  });
});
