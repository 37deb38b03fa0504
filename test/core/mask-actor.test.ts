import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { maskActor } from '../../src/core/mask-actor.js';

/** The plain way: a pattern for each name, whatever the text is. */
function plain(text: string, id: string): string {
  let out = text;
  for (const name of new Set([id, id.replace(/^.*\\/, ''), id.replace(/@.*$/, '')])) {
    if (name === '') continue;
    const literal = name.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
    out = out.replace(new RegExp(`(?<![\\p{L}\\p{N}])${literal}(?![\\p{L}\\p{N}])`, 'giu'), '[user]');
  }
  return out;
}

describe('the actor of a record, taken out of a text', () => {
  it.each([
    ['GET /x?u=ADA.Lovelace&v=1', 'ada.lovelace@acme.example', 'GET /x?u=[user]&v=1'],
    ['ACME\\ada asked, ada_1 and ada1 did not', 'ACME\\ada', '[user] asked, [user]_1 and ada1 did not'],
    ['canada ada', 'ada', 'canada [user]'],
    ['adaada ada', 'ada', 'adaada [user]'],
    ['söderström söderströms', 'Söderström', '[user] söderströms'],
    ['åada ada', 'ada', 'åada [user]'],
    ['nothing here', '', 'nothing here'],
    ['a(b)+ a(b)+', 'a(b)+', '[user] [user]'],
  ])('%j without %j', (text, id, expected) => {
    expect(maskActor(text, id)).toBe(expected);
  });

  it('is what the plain way gives, for any text and name', () => {
    const piece = fc.constantFrom(
      'a',
      'B',
      'ab',
      'ba',
      'AB',
      '1',
      '_',
      '.',
      '@',
      '\\',
      ' ',
      '[user]',
      'ä',
      'ß',
      'ſ',
      'K',
      '\u0130',
      '(',
      '',
    );
    const words = fc.array(piece, { maxLength: 12 }).map((parts) => parts.join(''));
    const ids = fc.array(piece, { maxLength: 4 }).map((parts) => parts.join(''));
    fc.assert(
      fc.property(words, ids, (text, id) => {
        expect(maskActor(text, id)).toBe(plain(text, id));
      }),
      { numRuns: 2000, seed: 20261126 },
    );
  });
});
