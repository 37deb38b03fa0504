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
