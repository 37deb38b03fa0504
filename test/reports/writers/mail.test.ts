import { type DefaultTreeAdapterTypes, parse } from 'parse5';
import { beforeAll, expect, test } from 'vitest';
import type { Block, ReportDocument } from '../../../src/reports/blocks/block.js';
import { mailWords } from '../../../src/reports/writers/mail.js';
import { type NamedWriter, writersOf } from '../../../src/reports/writers.js';
import { writerContract } from '../../contracts/writer.js';
import { october } from './document.js';
import { corpus, hostileDocument, turns } from './hostile.js';
import { readHtml, skeletonOf } from './read-html.js';
import { readText } from './read-text.js';
import { mapTexts } from './texts.js';

writerContract({ id: 'mail', read: (bytes) => readHtml(bytes) });

let writer: NamedWriter;
beforeAll(async () => {
  const found = (await writersOf()).get('mail');
  if (found === undefined) throw new Error('There is no writer mail.');
  writer = found;
});

test('a mail is layout by tables and styles at the elements: no style sheet, class, picture, link or script', async () => {
  const tags = new Set<string>();
  const attributes = new Set<string>();
  const styles = new Set<string>();
  const walk = (node: DefaultTreeAdapterTypes.Node): void => {
    if ('tagName' in node) {
      tags.add(node.tagName);
      for (const { name, value } of node.attrs) {
        attributes.add(name);
        if (name === 'style') for (const rule of value.split(';')) styles.add(rule.split(':')[0]?.trim() ?? '');
      }
    }
    if ('childNodes' in node) for (const child of node.childNodes) walk(child);
  };
  walk(parse(Buffer.from(await writer.write(october)).toString()));
  const html = 'html head meta title body table tbody tr td th h1 h2 h3 p b br ul li span bdi'.split(' ');
  expect([...tags].filter((tag) => !html.includes(tag))).toEqual([]);
  const known =
    'lang charset http-equiv content name role width height cellpadding cellspacing border bgcolor align valign nowrap colspan scope style'.split(
      ' ',
    );
  expect([...attributes].filter((name) => !known.includes(name))).toEqual([]);
  // Each of these is known to Outlook, or loses nothing of the layout where it is not (max-width, where the width is an attribute).
  const rules =
    'margin padding padding-top font font-size line-height color background border border-top border-collapse width max-width word-break'.split(
      ' ',
    );
  expect([...styles].filter((rule) => !rules.includes(rule))).toEqual([]);
});

test('the answer is what a reader of mail sees first', async () => {
  const text = readHtml(await writer.write(october))
    .replace(/\s+/g, ' ')
    .trim();
  expect(text.startsWith(`${october.title} ${october.answer}`)).toBe(true);
});

test('no text of a report makes a tag or an attribute of the mail', async () => {
  for (const turn of turns) {
    const document = hostileDocument(turn);
    const benign = mapTexts(document, (text) => text.replace(/\S/gu, (char) => 'x'.repeat(char.length)));
    expect(skeletonOf(await writer.write(document))).toEqual(skeletonOf(await writer.write(benign)));
  }
});

const table = (rows: number, text: string, id = 'big'): Block => ({
  kind: 'table',
  id,
  caption: 'Big',
  columns: ['a', 'b', 'c'].map((key) => ({ key, title: key, align: 'start' })),
  rows: Array.from({ length: rows }, (_, i) => ['a', 'b', 'c'].map((key) => ({ text: `${text} ${key}${i}` }))),
  more: 2,
  empty: '',
});

const large: [string, ReportDocument][] = [
  ['a table of 10,000 rows', { ...october, blocks: [table(10_000, 'row')] }],
  ['forty tables', { ...october, blocks: Array.from({ length: 40 }, (_, i) => table(60, 'row', `t-${i}`)) }],
  ['texts of 50,000 characters', mapTexts(october, (text) => text + '<'.repeat(50_000))],
  [
    'a thousand parts',
    {
      ...october,
      blocks: Array.from({ length: 1000 }, () => ({ kind: 'text', tone: 'bad', text: 'part '.repeat(40) })),
    },
  ],
  [
    'long lists and bars',
    {
      ...october,
      about: Array.from({ length: 3000 }, () => ({ label: 'label', value: 'value '.repeat(30) })),
      blocks: [
        { kind: 'list', items: Array.from({ length: 5000 }, (_, i) => `item ${i}`) },
        {
          kind: 'bars',
          caption: 'Bars',
          unit: '',
          bars: Array.from({ length: 5000 }, (_, i) => ({ label: `bar ${i}`, value: i, text: String(i) })),
        },
        {
          kind: 'figures',
          items: Array.from({ length: 5000 }, (_, i) => ({ label: `figure ${i}`, value: '1', note: '', tone: 'good' })),
        },
      ],
    },
  ],
];

test.each(large)('%s: the mail stays below what Gmail shows in full, and says what is missing', async (_, document) => {
  const bytes = await writer.write(document);
  expect(bytes.length).toBeLessThanOrEqual(100_000);
  expect(readHtml(bytes)).toContain('This mail is shortened');
  const { text } = mailWords(document);
  expect(Buffer.byteLength(text)).toBeLessThanOrEqual(100_000);
  expect(text).toContain('This mail is shortened');
});

test('rows that a mail left out are counted with those that the report left out', async () => {
  const text = readHtml(await writer.write({ ...october, blocks: [table(10_000, 'row')] }));
  expect(text).toContain('row a49');
  expect(text).not.toContain('row a50');
  expect(text).toContain('9,952 more rows not shown.');
});

test('a mail that fits is not shortened', async () => {
  expect(readHtml(await writer.write(october))).not.toContain('shortened');
  expect(mailWords(october).text).not.toContain('shortened');
});

test('the subject is one line, and the plain part has lines that every reader takes', () => {
  expect(mailWords(october).subject).toBe('AI in use, October 2026');
  for (const attack of corpus) {
    const { subject, text } = mailWords(mapTexts(october, () => attack));
    expect(subject).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(subject.length).toBeLessThanOrEqual(201);
    readText(Buffer.from(text), 76);
  }
});
