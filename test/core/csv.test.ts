import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Columns, sniffDelimiter, splitCsv } from '../../src/core/csv.js';

describe('splitCsv', () => {
  it.each([
    ['a,b,,', ['a', 'b', '', '']],
    ['"a,b","c ""d""",e', ['a,b', 'c "d"', 'e']],
    ['a, "b c" ,d', ['a', 'b c', 'd']],
    ['say "hi",b', ['say "hi"', 'b']],
    ['"a"b,c', ['ab', 'c']],
    ['"two\nlines",x', ['two\nlines', 'x']],
    ['""', ['']],
    ['', ['']],
    ['"open,b', undefined],
    ['a,"b""', undefined],
  ])('%j', (record, fields) => expect(splitCsv(record)).toEqual(fields));

  it('is the inverse of writing', () => {
    const field = fc.oneof(fc.string({ maxLength: 12 }), fc.stringMatching(/^[ ",;\t|\n\ra]{0,8}$/));
    fc.assert(
      fc.property(
        fc.array(field, { minLength: 1, maxLength: 8 }),
        fc.constantFrom(',', ';', '\t', '|'),
        fc.boolean(),
        (fields, delimiter, always) => {
          const write = (text: string): string =>
            always || /["\n\r ]/.test(text) || text.includes(delimiter) ? `"${text.replaceAll('"', '""')}"` : text;
          expect(splitCsv(fields.map(write).join(delimiter), delimiter)).toEqual(fields);
        },
      ),
      { seed: 20261122, numRuns: 3000 },
    );
  });
});

it('sniffDelimiter takes what gives the most fields', () => {
  expect(sniffDelimiter('"a;b";"c, d";"e"')).toBe(';');
  expect(sniffDelimiter('a\tb\tc')).toBe('\t');
  expect(sniffDelimiter('a|b')).toBe('|');
  expect(sniffDelimiter('single')).toBe(',');
});

it('Columns finds names however they are written', () => {
  const columns = new Columns(['User Agent', 'Application ID ', 'cs-host', 'Type', 'type']);
  expect(columns.has('userAgent')).toBe(true);
  expect(columns.has('nothing', 'APPLICATION_ID')).toBe(true);
  expect(columns.has('constructor')).toBe(false);
  const row = ['curl', ' 7 ', '', 'first', 'second'];
  expect(columns.get(row, 'user_agent')).toBe('curl');
  expect(columns.get(row, 'applicationid')).toBe('7');
  expect(columns.get(row, 'cshost', 'type')).toBe('first');
  expect(columns.get([], 'type')).toBeUndefined();
});
