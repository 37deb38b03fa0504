import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseKeyValues } from '../../src/core/keyvalue.js';

describe('parseKeyValues', () => {
  it.each([
    ['a=1 b="x y" c=', { a: '1', b: 'x y', c: '' }],
    ['a="say \\"hi\\" c=2" b="C:\\\\x"', { a: 'say "hi" c=2', b: 'C:\\x' }],
    ['user="ACME\\jdoe" x=1', { user: 'ACME\\jdoe', x: '1' }],
    ['a=1 a=2', { a: '1' }],
    ['url=http://x.example/?a=b c=d', { url: 'http://x.example/?a=b', c: 'd' }],
    ['noise a=1 <5> =x b=2"', { a: '1', b: '2"' }],
    ['a="open b=2', { a: 'open b=2' }],
    ['', {}],
  ])('%j', (text, pairs) => expect(Object.fromEntries(parseKeyValues(text))).toEqual(pairs));

  it.each([
    ["a='x y' b=1", { a: 'x y', b: '1' }],
    ["a='Tom's b=2' c='' d=\"it's\"", { a: "Tom's b=2", c: '', d: "it's" }],
    ["a='open b=2", { a: 'open b=2' }],
    ["a=O'Brien b='", { a: "O'Brien", b: '' }],
  ])('in single quotes too, where asked for: %j', (text, pairs) =>
    expect(Object.fromEntries(parseKeyValues(text, true))).toEqual(pairs),
  );

  it('a value comes back as it was written and changes no other field', () => {
    const quote = (value: string): string => `"${value.replace(/["\\]/g, '\\$&')}"`;
    const value = fc.oneof(fc.string({ unit: 'binary', maxLength: 20 }), fc.stringMatching(/^[ "\\=a\t]{0,10}$/));
    const key = fc.stringMatching(/^[a-z][a-z0-9_.-]{0,8}$/);
    fc.assert(
      fc.property(
        fc.uniqueArray(key, { minLength: 1, maxLength: 6 }),
        fc.array(value, { minLength: 6, maxLength: 6 }),
        (keys, values) => {
          const pairs = keys.map((name, i) => [name, values[i] ?? ''] as const);
          const text = pairs.map(([name, written]) => `${name}=${quote(written)}`).join(' ');
          expect([...parseKeyValues(text)]).toEqual(pairs);
        },
      ),
      { seed: 20261122, numRuns: 3000 },
    );
  });

  it('is linear in hostile text', () => {
    for (const piece of ['a', ' ', '"', '=', '\\', 'a="', 'a= ', "'", "a='"]) {
      const start = performance.now();
      parseKeyValues(piece.repeat(400_000));
      parseKeyValues(piece.repeat(400_000), true);
      expect(performance.now() - start, piece).toBeLessThan(1500);
    }
  });
});
