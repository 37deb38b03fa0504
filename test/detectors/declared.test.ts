import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { oneSlip, spokenServices } from '../../src/detectors/common/spoken-names.js';
import { ownCatalog } from '../helpers/scan.js';

const meant = (text: string): string[] => spokenServices(text, ownCatalog()).map(({ service }) => service.id);

describe('what people call a service', () => {
  it.each([
    ['ChatGPT', ['chatgpt']],
    ['chat gpt 4o', ['chatgpt']],
    ['Chat-GPT Plus', ['chatgpt']],
    ['chatgtp', ['chatgpt']],
    ['GPT-4', ['chatgpt']],
    ['Claude (free)', ['claude']],
    ['claude.ai', ['claude']],
    ['Perplexity AI', ['perplexity']],
    ['perplexcity', ['perplexity']],
    ['M365 Copilot', ['microsoft-365-copilot']],
    ['Github co-pilot', ['github-copilot']],
    ['I mostly use ChatGPT for writing mails', ['chatgpt']],
  ])('%s', (text, services) => expect(meant(text)).toEqual(services));

  it.each([
    ['several services have the name', 'Copilot'],
    ['a slip in a short name could be another word', 'Cloude'],
    ['a wider product is not the AI in it', 'Notion'],
    ['an ordinary word in a sentence is no name', 'I move the cursor with my mouse'],
    ['nothing', ''],
    ['signs', '-- ! --'],
  ])('is nothing where %s', (_why, text) => expect(meant(text)).toEqual([]));

  it('one slip is one letter more, less or other, or two exchanged, either way round', () => {
    const word = fc.string({ minLength: 2, maxLength: 10, unit: fc.constantFrom('a', 'b', 'c') });
    fc.assert(
      fc.property(word, fc.nat(9), fc.constantFrom('x', 'y'), (text, place, letter) => {
        const at = place % text.length;
        const slips = [
          text.slice(0, at) + letter + text.slice(at),
          text.slice(0, at) + letter + text.slice(at + 1),
          text.slice(0, at) + text.slice(at + 1),
          text.slice(0, at) + (text[at + 1] ?? '') + text[at] + text.slice(at + 2),
        ];
        for (const slip of slips) expect(oneSlip(text, slip) && oneSlip(slip, text), slip).toBe(true);
        expect(oneSlip(text, `${letter}${text}${letter}`)).toBe(false);
      }),
      { seed: 20261126 },
    );
  });

  it('never fails, whatever is written', () => {
    fc.assert(
      fc.property(fc.string({ maxLength: 2000, unit: 'binary' }), (text) => {
        expect(meant(text).length).toBeLessThan(50);
      }),
      { seed: 20261126, numRuns: 300 },
    );
  });
});
