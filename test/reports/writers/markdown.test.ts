import fc from 'fast-check';
import { expect, test } from 'vitest';
import { markdownText } from '../../../src/reports/writers/common/markdown-escape.js';
import { writerContract } from '../../contracts/writer.js';
import { corpus, shown } from './hostile.js';
import { readMarkdown } from './read-markdown.js';

writerContract({ id: 'markdown', read: readMarkdown });

const read = (text: string): string => readMarkdown(Buffer.from(text));

test('any text reads back as it was, in a paragraph, an item and a cell', () => {
  const any = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.constantFrom(...corpus),
    fc.array(fc.constantFrom(...'\\`*_{}[]()<>#+-=.!|~&:@/$^"\' \tw1ax')).map((all) => all.join('')),
    fc
      .array(
        fc.constantFrom(
          'http',
          '://',
          'www',
          '.',
          '@',
          ':',
          '#',
          '1',
          'a',
          ' ',
          '&',
          ';',
          '&#32;',
          '\\',
          '|',
          'MAILTO:',
        ),
      )
      .map((all) => all.join('')),
  );
  fc.assert(
    fc.property(any, (text) => {
      const written = markdownText(text);
      if (written !== '') expect(read(`${written}\n`)).toBe(shown(text));
      expect(read(`- ${written}\n`)).toBe(shown(text));
      expect(read(`| ${written} | b |\n| :-- | --: |\n| c | ${written} |\n`)).toBe(
        `${shown(text)}\nb\nc\n${shown(text)}`,
      );
    }),
    { seed: 20261126, numRuns: Number(process.env.ESCAPER_STRINGS ?? 1000) },
  );
});

test.each([
  ['1.2 GB and 2026-10-01', '1.2 GB and 2026-10-01'],
  ['-5 %', '-5 %'],
  ['a_b*c', 'a\\_b\\*c'],
  ['<!channel>', '&lt;!channel&gt;'],
  ['1. one', '1\\. one'],
  ['a | b', 'a &#124; b'],
  ['http://a.example', 'http:\u2060//a.example'],
])('%s is written as %s', (text, written) => {
  expect(markdownText(text)).toBe(written);
});
