import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { isTwoPerson, people, samePerson } from '../../src/inventory/two-person.js';

describe('whether two people stand behind a decision', () => {
  it.each([
    [undefined, false],
    [[], false],
    [['jane'], false],
    [['jane', 'jane'], false],
    [['Jane', ' jane '], false],
    [['cli:jane', 'JANE'], false],
    [['jane doe', 'Jane\t  Doe'], false],
    [['jane', 'ja\u200bne', '\u202ejane'], false],
    // Letters of another width are the same letters.
    [['jane', '\uff4a\uff41\uff4e\uff45'], false],
    [['jane', '', '   ', '\u200b'], false],
    [['jane', 'max'], true],
    [['jane', 'jane', 'max', 'MAX'], true],
  ])('%j: %s', (decided_by, expected) => {
    expect(isTwoPerson({ decided_by })).toBe(expected);
  });

  it('keeps the first spelling of each, in their order', () => {
    expect(people([' Max ', 'jane', 'MAX', 'cli:Jane', ''])).toEqual(['Max', 'jane']);
  });

  it('no blanks, case or invisible characters make a second person of one', () => {
    const noise = fc.constantFrom('', ' ', '  ', '\t', '\n', '\u200b', '\u00ad', '\ufeff', '\u202e', '\0');
    fc.assert(
      fc.property(fc.stringMatching(/^[a-z]{1,12}$/), noise, noise, fc.boolean(), (name, before, behind, upper) => {
        const written = `${before}${upper ? name.toUpperCase() : name}${behind}`;
        expect(samePerson(name, written)).toBe(true);
        expect(isTwoPerson({ decided_by: [name, written, `cli:${name}`] })).toBe(false);
      }),
      { seed: 7, numRuns: 300 },
    );
  });
});
