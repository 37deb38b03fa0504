import fc from 'fast-check';
import { expect, it } from 'vitest';
import { KeyFinder } from '../../src/gate/common/keys.js';
import { index } from './helpers.js';

const finder = new KeyFinder(index);
/** The rule as it is documented, one place after the other: what the fast way has to agree with. */
function plainly(text: string): number[] {
  const found: number[] = [];
  for (const { 0: key, index: at, 1: prefix = '' } of text.matchAll(
    /(?<![A-Za-z0-9])(sk-proj-|sk-ant-api03-)[A-Za-z0-9_-]{16,}/g,
  )) {
    const body = key.slice(prefix.length);
    const drawn = /\d/.test(body) || (/[a-z]/.test(body) && /[A-Z]/.test(body));
    if (
      drawn &&
      new Set(body).size >= 6 &&
      !/x{4}|your|example|placeholder|redacted|changeme|replace|insert|dummy/i.test(body)
    )
      found.push(at);
  }
  return found;
}

it('finds the same keys as a search from place to place', () => {
  const piece = fc.constantFrom(
    'sk-proj-',
    'sk-ant-api03-',
    'aB3dE5gH7',
    'Zx9',
    ' ',
    '"',
    '\n',
    'sk-',
    'xxxx',
    '_',
    '-',
    'é',
    'word',
    '.',
  );
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), (pieces) => {
      const text = pieces.join('');
      expect([...finder.find(text)].map(({ offset }) => offset)).toEqual(plainly(text));
      // Once masked, no key is left.
      expect(plainly(finder.mask(text))).toEqual([]);
    }),
    { numRuns: 3000, seed: 4 },
  );
});
