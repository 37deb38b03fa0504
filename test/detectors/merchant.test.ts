import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { compileCatalog } from '../../src/catalog/compile.js';
import { matchMerchant, merchantWords } from '../../src/detectors/common/merchant-text.js';
import { service } from '../helpers/service.js';

const catalog = compileCatalog([
  service({
    id: 'chatgpt',
    merchants: [{ descriptor: 'OPENAI *CHATGPT SUBSCR', account: 'personal' }, { descriptor: 'CHATGPT SUBSCRIPTION' }],
  }),
  service({ id: 'openai-api', merchants: [{ descriptor: 'OPENAI', ambiguous: true }, { descriptor: 'OPENAI API' }] }),
  service({ id: 'otter', merchants: [{ descriptor: 'OTTER.AI' }] }),
  service({ id: 'midjourney', merchants: [{ descriptor: 'MIDJOURNEY INC.' }] }),
  service({ id: 'one', merchants: [{ descriptor: 'SUPERLONG NAME OF A FIRM ONE' }] }),
  service({ id: 'two', merchants: [{ descriptor: 'SUPERLONG NAME OF A FIRM TWO' }] }),
]);
const named = (text: string): string | undefined => {
  const match = matchMerchant(text, catalog);
  if (match === undefined) return undefined;
  return 'ambiguous' in match ? 'ambiguous' : match.rule.service.id;
};

describe('a merchant text', () => {
  it.each<[string, string | undefined]>([
    ['OPENAI *CHATGPT SUBSCR', 'chatgpt'],
    ['OPENAI *CHATGPT SUBSCR +14158799686 CA', 'chatgpt'],
    ['OpenAI *ChatGPT Subscription San Francisco', 'chatgpt'],
    ['OPENAI   * CHATGPT   SUBSCR', 'chatgpt'],
    ['OPENAI *CHATGPT SUBSC', 'chatgpt'],
    ['PAYPAL *OPENAI CHATGPT SUBSCR', 'chatgpt'],
    ['GOOGLE *CHATGPT SUBSCRIPTION', 'chatgpt'],
    ['OPENAI API SAN FRANCISCO', 'openai-api'],
    ['OPENAI', 'ambiguous'],
    ['OPENAI 8005551234', 'ambiguous'],
    ['OTTER.AI', 'otter'],
    ['OTTER AI LOS ALTOS CA', 'otter'],
    ['PADDLE.NET* OTTER.AI', 'otter'],
    ['PADDLE.NET*OTTER.AI', 'otter'],
    ['SP OTTER.AI', 'otter'],
    ['SQ *OTTER.AI', 'otter'],
    ['WWW.OTTER.AI', 'otter'],
    ['OTTERBOX', undefined],
    ['OTTER', undefined],
    ['THE OTTER AI CLUB', undefined],
    ['MIDJOURNEY INC. SOUTH SAN FRANC', 'midjourney'],
    ['MIDJOURNEY', undefined],
    ['SUPERLONG NAME OF A FI', 'ambiguous'],
    ['SUPERLONG NAME OF A FIRM TWO LTD', 'two'],
    ['', undefined],
    ['***', undefined],
    ['PAYPAL', undefined],
  ])('%j is %s', (text, expected) => expect(named(text)).toBe(expected));

  it('loses processor prefixes only where something follows', () => {
    expect(merchantWords('PAYPAL *')).toEqual(['PAYPAL']);
    expect(merchantWords('IN *ACME')).toEqual(['ACME']);
    expect(merchantWords('SPOTIFY')).toEqual(['SPOTIFY']);
    expect(merchantWords('GOOGLE CLOUD')).toEqual(['GOOGLE', 'CLOUD']);
  });
});

describe('the quick way', () => {
  const descriptors = [
    'OPENAI',
    'OPENAI API',
    'OPENAI *CHATGPT SUBSCR',
    'OTTER.AI',
    'UNBELIEVABLYLONGFIRM',
    'SUPERLONG NAME OF A FIRM ONE',
    'SUPERLONG NAME OF A FIRM TWO',
  ];
  const beginning = (words: readonly string[], wanted: readonly string[]): boolean =>
    wanted.length <= words.length &&
    wanted.every((word, i) => {
      const last = i === wanted.length - 1 && wanted.join(' ').length >= 18;
      return last ? words[i]?.startsWith(word) === true : words[i] === word;
    });
  const many = compileCatalog(
    descriptors.map((descriptor, n) => service({ id: `s${n}`, merchants: [{ descriptor, ambiguous: n === 0 }] })),
  );
  // The plain one: every descriptor, split for every text.
  const plain = (text: string): string[] => {
    const words = merchantWords(text);
    const full = descriptors.filter((descriptor) => beginning(words, merchantWords(descriptor)));
    const length = (descriptor: string): number => merchantWords(descriptor).join('').length;
    const longest = Math.max(0, ...full.map(length));
    const found = full.filter((descriptor) => length(descriptor) === longest);
    const short = text.trim().length < 20 || text.trim().length > 25 || words.join('').length < 8;
    if (short || found.some((descriptor) => descriptor !== 'OPENAI')) return found;
    const cut = descriptors.filter((descriptor) => {
      const wanted = merchantWords(descriptor);
      const last = words.length - 1;
      return (
        words.length > 0 &&
        words.length <= wanted.length &&
        words.every((word, i) => (i === last ? wanted[i]?.startsWith(word) === true : wanted[i] === word))
      );
    });
    return cut.length > 0 ? cut : found;
  };
  const quick = (text: string): string[] => {
    const match = matchMerchant(text, many);
    if (match === undefined) return [];
    return ('ambiguous' in match ? match.ambiguous : [match.rule]).map((rule) => rule.value);
  };

  it('finds what looking at every descriptor finds', () => {
    const text = fc.tuple(
      fc.constantFrom('', 'PAYPAL *', 'SP ', 'www.', ' '),
      fc.constantFrom(...descriptors),
      fc.nat(30),
      fc.constantFrom('', ' 4158799686', 'X', ' SAN FRANCISCO', ' API', '*'),
    );
    let found = 0;
    fc.assert(
      fc.property(text, ([before, descriptor, cut, after]) => {
        const merchant = `${before}${descriptor.slice(0, Math.max(3, descriptor.length - cut))}${after}`;
        const expected = plain(merchant);
        if (expected.length > 0) found++;
        expect([merchant, new Set(quick(merchant))]).toEqual([merchant, new Set(expected)]);
      }),
      { seed: 7, numRuns: 3000 },
    );
    expect(found).toBeGreaterThan(500);
  });
});
