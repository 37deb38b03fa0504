import fc from 'fast-check';
import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { expect, test } from 'vitest';
import { reportToHtml } from '../../src/reports/html.js';
import { namedReport } from './fixture.js';
import { attacks, hostileReport, mapStrings } from './hostile.js';

/** Elements, the names of their attributes, the values of those that do something, and comments, in the order of the page. */
function skeletonOf(page: string): string[] {
  const lines: string[] = [];
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if (node.nodeName === '#comment') lines.push('comment');
    if ('tagName' in node) {
      const attributes = node.attrs.map(({ name, value }) => {
        const shown = name === 'title' || name === 'aria-label' || name === 'd' ? '' : `=${value}`;
        return `${name}${shown}`;
      });
      lines.push(`${node.tagName} ${attributes.join(' ')}`);
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(page));
  return lines;
}

function parseErrors(page: string): string[] {
  const errors: string[] = [];
  parse(page, { onParseError: (error) => errors.push(`${error.code} on line ${error.startLine}`) });
  return errors;
}

/** As long as the original, so that it is cut in the same places; line ends make elements of their own in records shown as they are. */
const benign = (text: string): string => text.replaceAll(/[^\n]/g, 'x');

const unseen = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}\p{Noncharacter_Code_Point}]/u;

test('hostile strings in every field add no tag, attribute or comment to the page', () => {
  const report = hostileReport();
  const page = reportToHtml(report);
  expect(skeletonOf(page)).toEqual(skeletonOf(reportToHtml(mapStrings(report, benign))));
  expect(parseErrors(page)).toEqual([]);
});

test('control, bidirectional and invisible characters never reach the page as they are, but can be seen', () => {
  const page = reportToHtml(hostileReport());
  expect(unseen.exec(page.replaceAll('\n', ''))).toBeNull();
  expect(page).toContain('\\u{202e}gnp.exe');
});

test('any string in any field keeps the page as it was', () => {
  const text = fc.oneof(
    fc.string({ unit: 'binary', maxLength: 60 }),
    fc.constantFrom(...attacks),
    fc.tuple(fc.constantFrom(...attacks), fc.string({ unit: 'grapheme' })).map(([a, b]) => `${b}${a}`),
    fc
      .array(fc.constantFrom('<', '>', '"', "'", '&', '`', '=', '/', '!', '-', ' ', 'a', '\u202e', '\ud800'))
      .map((all) => all.join('')),
  );
  const base = namedReport();
  const small = { ...base, findings: base.findings.slice(0, 4) };
  fc.assert(
    fc.property(fc.array(text, { minLength: 1, maxLength: 40 }), fc.integer({ min: 0, max: 50 }), (texts, shift) => {
      let next = shift;
      const report = mapStrings(small, () => texts[next++ % texts.length] ?? '');
      const page = reportToHtml(report);
      expect(skeletonOf(page)).toEqual(skeletonOf(reportToHtml(mapStrings(report, benign))));
      expect(parseErrors(page)).toEqual([]);
      expect(unseen.test(page.replaceAll('\n', ''))).toBe(false);
    }),
    { seed: 20261101, numRuns: 60 },
  );
});
