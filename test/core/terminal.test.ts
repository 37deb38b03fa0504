import fc from 'fast-check';
import { expect, it } from 'vitest';
import { safeLine, safeText } from '../../src/core/terminal.js';

it.each([
  ['plain ünïcode 例 😀', 'plain ünïcode 例 😀'],
  ['\u001b[31mred\u0007', '\\u{1b}[31mred\\u{7}'],
  ['a\rb', 'a\\u{d}b'],
  ['\u009b31m', '\\u{9b}31m'],
  ['abc\u202edcba', 'abc\\u{202e}dcba'],
  ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
  ['line\u2028sep', 'line\\u{2028}sep'],
  ['tag\u{e0041}', 'tag\\u{e0041}'],
  ['a\tb\nc', 'a\tb\nc'],
])('safeText %j', (text, expected) => expect(safeText(text)).toBe(expected));

it('safeLine is one line', () => {
  expect(safeLine('a\tb\nc\r')).toBe('a\\u{9}b\\u{a}c\\u{d}');
});

it('nothing that steers a terminal is left, and safe text stays as it is', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary', maxLength: 60 }), (text) => {
      const safe = safeText(text);
      expect(safe.replace(/[\n\t]/g, '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}\u2028\u2029]/u);
      expect(safeText(safe)).toBe(safe);
      expect(safeLine(text)).not.toMatch(/[\n\t\r]/);
    }),
    { seed: 20261122, numRuns: 3000 },
  );
});
