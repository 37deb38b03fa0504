import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import { attacks } from '../hostile.js';
import { october } from './document.js';
import { mapTexts } from './texts.js';

/** What somebody who can write into a log would try on a report: the page's attacks, and those on mail, PDF, Markdown and spreadsheets. */
export const corpus: readonly string[] = [
  ...attacks.filter((text) => text.length < 1000 && text !== ''),
  'a'.repeat(400),
  `${'שלום'.repeat(6)} ${'x'.repeat(90)} مرحبا`,
  '<img src="file:///etc/passwd"><iframe src="http://169.254.169.254/latest/meta-data/">',
  'file:///etc/passwd',
  'http://169.254.169.254/latest/meta-data/iam/security-credentials/',
  '<svg xmlns="http://www.w3.org/2000/svg"><image href="file:///etc/hostname"/><script>window.pwned=1</script></svg>',
  'data:text/html,<script>window.pwned=1</script>',
  '![x](http://127.0.0.1:9/x.png) [click](javascript:window.pwned=1) <http://127.0.0.1:9/> [a]: http://127.0.0.1:9/',
  'see www.evil.example, http://evil.example/x and mail evil@evil.example',
  '<!channel> <!here> <@U012AB3CD> <http://evil.example|safe> @channel @everyone #123 :rotating_light: <at>Ann</at>',
  '| cell | *bold* __strong__ ~~gone~~ `code` \\| \\',
  '# heading',
  '- item',
  '1. one',
  '---',
  '===',
  '> quote',
  '    indented',
  '```js',
  '~~~',
  '[^1] [ ] [x] $x^2$ \\(y\\)',
  '=1+1',
  '+1+1',
  '-1+1',
  '@SUM(A1:A9)',
  '\t=1+1',
  '\r=1+1',
  '\u0000=1+1',
  '\uff1d1+1',
  '\uff0b1+1',
  '\uff0d1+1',
  '\uff20SUM(A1)',
  "'=1+1",
  ' =1+1',
  '"=1+1',
  'x;=1+1',
  'x,=1+1',
  'x\t=1+1',
  'x\n=1+1',
  '=HYPERLINK("http://127.0.0.1:9/","click")',
  "=cmd|' /C calc'!A0",
  '=WEBSERVICE("http://127.0.0.1:9/")',
  '日本語 中文 한국어 \u{1f680} e\u0301 \u{1d54f}',
  '{{constructor.constructor("return process")()}} <%= 7*7 %> #{7*7} @{7*7}',
  'trailing ',
  '  ',
  '*',
  '\\',
];

// The long table has its place in the report that is looked at; here a few rows of it do.
const short: ReportDocument = {
  ...october,
  blocks: october.blocks.map((block) =>
    block.kind === 'table' && block.rows.length > 20 ? { ...block, rows: block.rows.slice(0, 3) } : block,
  ),
};

/** October with an attack in each text. `turn` shifts which attack stands where. */
export function hostileDocument(turn = 0): ReportDocument {
  let next = turn;
  return mapTexts(short, () => corpus[next++ % corpus.length] ?? '');
}

/** So many documents that each attack stands in each place of a text once. */
export const turns: readonly number[] = Array.from({ length: corpus.length }, (_, turn) => turn);

/**
 * A text as a reader sees it: what is invisible, or would turn or end the line, as its number. Written apart from the product, by the
 * general categories of Unicode.
 */
export const shown = (text: string): string =>
  Array.from(text, (char) =>
    /^[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}\p{DI}\p{NChar}]$/u.test(char)
      ? `\\u{${(char.codePointAt(0) ?? 0).toString(16)}}`
      : char,
  ).join('');

/** Texts compared without blanks, which lines and columns add. */
export const dense = (text: string): string => text.replace(/\s+/gu, '');
