import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { at, foldKeys, isObject, parseObject, textAt } from '../../src/core/json.js';

describe('json', () => {
  it('parseObject takes objects only', () => {
    expect(parseObject('{"a":1}')).toEqual({ a: 1 });
    for (const text of ['[1]', 'null', '1', '"a"', '{"a":', '', '{} x']) expect(parseObject(text)).toBeUndefined();
    expect([{}, [], null, 'x', undefined].map(isObject)).toEqual([true, false, false, false, false]);
  });

  const value = { a: { b: [{ c: ' x ' }, null], n: 0, bad: Number.NaN }, dash: '-', blank: ' ', flag: false };
  it.each([
    ['a.b[0].c', ' x '],
    ['a.b.0.c', ' x '],
    ['a.b[1].c', undefined],
    ['a.b[9]', undefined],
    ['dash.length', undefined],
    ['constructor', undefined],
    ['__proto__', undefined],
    ['a.b.length', 2],
  ])('at %s', (path, expected) => expect(at(value, path)).toBe(expected));

  it('textAt takes the first path that says something', () => {
    expect(textAt(value, 'none', 'dash', 'blank', 'a.bad', 'a.b', 'a.b[0].c')).toBe('x');
    expect(textAt(value, 'a.n')).toBe('0');
    expect(textAt(value, 'flag', 'a')).toBeUndefined();
    expect(textAt(null, 'a')).toBeUndefined();
  });

  it('own paths are found, others are not, and nothing throws', () => {
    fc.assert(
      fc.property(
        fc.dictionary(fc.stringMatching(/^[a-z_]{1,6}$/), fc.jsonValue()),
        fc.string({ maxLength: 10 }),
        (object, path) => {
          for (const [key, item] of Object.entries(object)) expect(at(object, key)).toBe(item);
          at(object, path);
          textAt(object, path);
        },
      ),
      { seed: 20261122, numRuns: 500 },
    );
  });

  it('foldKeys', () => {
    const folded = foldKeys({ UserName: 1, username: 2, B: 3 });
    expect([...folded]).toEqual([
      ['username', 1],
      ['b', 3],
    ]);
  });
});
