import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { eventKeys } from '../../src/core/event-json.js';
import { mappingFormats, mappingKeys } from '../../src/core/mapping.js';
import { compileTimePattern } from '../../src/core/time-pattern.js';
import { parseMapping } from '../../src/formats/common/mapping-file.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { detectText, parseText } from '../helpers/parse.js';

const mapping = (value: object) => parseMapping(value, 'm.yaml');
const problem = (value: object): string => {
  try {
    mapping(value);
    return '';
  } catch (error) {
    return error instanceof Error ? error.message : '';
  }
};

describe('time patterns', () => {
  it.each([
    ['yyyy-MM-dd HH:mm:ss', '2026-03-02 09:15:01', '2026-03-02T09:15:01.000Z'],
    ["yyyy-MM-dd'T'HH:mm:ss.SSSX", '2026-03-02T09:15:01.123+01:00', '2026-03-02T08:15:01.123Z'],
    ['dd/MMM/yy h:mm a', '02/Mar/26 1:05 PM', '2026-03-02T13:05:00.000Z'],
    ['EEE MMM d HH:mm:ss yyyy', 'Mon Mar  2 09:15:01 2026', '2026-03-02T09:15:01.000Z'],
    ['d.M.yyyy', '2.3.2026', '2026-03-02T00:00:00.000Z'],
    ['yyyyMMddHHmmss', '20260302091501', '2026-03-02T09:15:01.000Z'],
    ["'at' (yyyy/MM/dd)", 'at (2026/03/02)', '2026-03-02T00:00:00.000Z'],
    ["yyyy'年'MM'月'dd", '2026年03月02', '2026-03-02T00:00:00.000Z'],
  ])('%s', (pattern, text, expected) => {
    const instant = compileTimePattern(pattern)(text, 'UTC');
    expect(instant === undefined ? undefined : new Date(instant).toISOString()).toBe(expected);
  });
  it('another shape is undefined', () => {
    expect(compileTimePattern('yyyy-MM-dd')('02.03.2026', 'UTC')).toBeUndefined();
    expect(compileTimePattern('yyyy-MM-dd')('2026-02-30', 'UTC')).toBeUndefined();
  });
  it.each(['HH:mm', 'yyyy-MM-dd Q', '', 'yyyy'])('%j is refused', (pattern) => {
    expect(() => compileTimePattern(pattern)).toThrow(/time pattern/);
  });
});

describe('the mapping file', () => {
  const csv = { framing: { type: 'csv' }, fields: { host: 'h' } };
  it.each([
    [{ ...csv, fields: { hostt: 'h' } }, 'fields'],
    [{ ...csv, fields: {} }, 'name at least one field'],
    [{ ...csv, time: { format: 'HH:mm' } }, 'time.format: a time pattern needs'],
    [{ ...csv, time: { zone: 'Mars/Base' } }, 'time.zone: use an IANA name'],
    [{ ...csv, constants: { kind: 'webb' } }, 'constants.kind: use one of web'],
    [{ ...csv, constants: { action: 'ok' } }, 'constants.action: use one of allowed'],
    [{ ...csv, constants: { time: '1' } }, 'constants.time'],
    [{ framing: { type: 'regex', pattern: '(?=a)' }, fields: { host: 1 } }, 'framing.pattern: error parsing regexp'],
    [{ framing: { type: 'xml' }, fields: { host: 1 } }, 'framing'],
  ])('%j', (value, message) => {
    expect(problem(value)).toContain(message);
    expect(problem(value)).toContain('m.yaml');
  });
  it('knows every key that parse prints', () => {
    expect(new Set([...mappingKeys, 'line', 'vendor_format'])).toEqual(new Set([...eventKeys, 'date']));
  });
  it('a mapping of another framing rejects, and never throws', async () => {
    const regex = mapping({ framing: { type: 'regex', pattern: '(.*)' }, fields: { host: 1 } });
    for (const id of ['csv', 'json-lines', 'key-value'])
      expect((await parseText(id, 'host=a\n', { mapping: regex })).rejects, id).toHaveLength(1);
    expect((await parseText('text-pattern', 'x', { mapping: mapping(csv) })).rejects).toHaveLength(1);
    expect((await parseText('text-pattern', 'x')).rejects).toHaveLength(1);
    expect(Object.keys(mappingFormats)).toEqual(['csv', 'json', 'key-value', 'regex']);
  });
});

describe('without a mapping', () => {
  it.each([
    ['csv', 'time,user,host,url\n2026-01-02T03:04:05Z,anna,chatgpt.com,/\n'],
    ['csv', 'Time\tUser\tHost\n2026-01-02T03:04:05Z\tanna\tchatgpt.com\n'],
    ['json-lines', '{"time":"2026-01-02T03:04:05Z","user":"anna","host":"chatgpt.com"}\n'],
    ['key-value', 'time=2026-01-02T03:04:05Z user=anna host=chatgpt.com\n'],
  ])('%s %#', async (id, text) => {
    expect(await detectText('x', text)).toMatchObject({ format: id });
    expect((await parseText(id, text)).events).toMatchObject([
      { time: '2026-01-02T03:04:05Z', user: 'anna', host: 'chatgpt.com', kind: 'web', action: 'unknown' },
    ]);
  });
  it.each([
    ['chat.acme.example:8443', { host: 'chat.acme.example', port: 8443 }],
    ['[2001:DB8::1]:8443', { host: '2001:db8::1', port: 8443 }],
    ['2001:DB8::1', { host: '2001:db8::1' }],
    ['https://chat.acme.example/x', { host: 'chat.acme.example' }],
    ['0/25.2.0.192.in-addr.arpa', {}],
  ])('a host written as %s', async (host, expected) => {
    const [event] = (await parseText('json-lines', JSON.stringify({ time: 1767323045, user: 'anna', app: 'x', host })))
      .events;
    expect({ host: event?.host, port: event?.port }).toEqual({ host: undefined, port: undefined, ...expected });
  });
  it('an empty row of a CSV is skipped', async () => {
    expect(await parseText('csv', 'time,user,host\n,,\n')).toMatchObject({ skips: [{}, { reason: 'empty row' }] });
  });
  it('a sample cut within a character is read as UTF-8', () => {
    const head = Buffer.from('Händler;Betrag\nÄpfel').subarray(0, 17);
    expect(takeSample('x', head, false).lines).toEqual(['Händler;Betrag']);
  });
  it('what parse printed is read as the same again', async () => {
    const event = {
      line: 1,
      time: '2026-01-02T03:04:05Z',
      kind: 'expense',
      action: 'allowed',
      merchant: 'OpenAI',
      amount: 123456,
      currency: 'EUR',
      vendor_format: 'json-lines',
    };
    expect((await parseText('json-lines', JSON.stringify(event))).events).toEqual([event]);
  });
  it('unknown shapes are rejected', async () => {
    expect((await parseText('csv', 'a,b\n1,2\n')).rejects).toHaveLength(2);
    expect((await parseText('json-lines', '{"a":1}')).rejects).toHaveLength(1);
    expect((await parseText('key-value', 'a=1 b=2')).rejects).toHaveLength(1);
  });
});

it('major and minor amounts', async () => {
  const base = {
    framing: { type: 'csv', header: false },
    fields: { merchant: 1, amount: 2 },
    constants: { kind: 'expense', currency: 'JPY' },
  };
  const read = async (more: object) =>
    (await parseText('csv', 'OpenAI,1200\n', { mapping: mapping({ ...base, ...more }) })).events[0];
  expect(await read({})).toMatchObject({ amount: 1200 });
  expect(await read({ constants: { kind: 'expense', currency: 'EUR' } })).toMatchObject({ amount: 120000 });
  expect(await read({ constants: { kind: 'expense', currency: 'EUR' }, amounts: 'minor' })).toMatchObject({
    amount: 1200,
  });
});

it('never throws, and hostile lines take no time', async () => {
  const all = Object.fromEntries(mappingKeys.map((key, i) => [key, i + 1]));
  const csv = mapping({ framing: { type: 'csv', header: false }, fields: all });
  const regex = mapping({
    framing: { type: 'regex', pattern: '^(?:(a*)*)*(b)?$|^(\\S+) (.*)$' },
    fields: { host: 1, user: 3, url: '4' },
  });
  await fc.assert(
    fc.asyncProperty(
      fc.oneof(
        fc.string({ maxLength: 120 }),
        fc.json(),
        fc.array(fc.string({ maxLength: 6 })).map((a) => a.join(',')),
      ),
      async (text) => {
        for (const [id, with_] of [
          ['csv', csv],
          ['csv', undefined],
          ['json-lines', undefined],
          ['key-value', undefined],
          ['text-pattern', regex],
        ] as const)
          for (const event of (await parseText(id, text, { mapping: with_ })).events) {
            expect(Object.values(event)).not.toContain(undefined);
            expect(Object.values(event)).not.toContain('-');
          }
      },
    ),
    { numRuns: 200, seed: 20260302 },
  );
  const start = performance.now();
  await parseText('text-pattern', `${'a'.repeat(200_000)}!`, { mapping: regex });
  await parseText('csv', `time,host,url\n${',"'.repeat(400_000)}`);
  await parseText('key-value', 'host= '.repeat(150_000));
  expect(performance.now() - start).toBeLessThan(15_000);
});
