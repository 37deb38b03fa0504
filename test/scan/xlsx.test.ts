import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import { type ScanResult, scan } from '../../src/scan/scan.js';
import { findInputs, type NotRead } from '../../src/scan/walk.js';
import { dateText, numberStyle, numberText } from '../../src/scan/xlsx/cells.js';
import { ownCatalog, scanOptions } from '../helpers/scan.js';
import { type Cell, dated, escaped, formula, inline, type SheetDraft, workbookOf } from '../helpers/xlsx.js';
import { zipOf } from '../helpers/zip.js';

const folder = mkdtempSync(join(tmpdir(), 'halflight-xlsx-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const options = await scanOptions(ownCatalog());

async function scanFile(name: string, bytes: Buffer | string): Promise<ScanResult> {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  const notRead: NotRead[] = [];
  return scan(
    findInputs([path], new Set(), (problem) => notRead.push(problem)),
    notRead,
    options,
  );
}

/** The table of an input as the reader of CSV gets it. */
async function linesOf(bytes: Buffer): Promise<string[]> {
  const path = join(folder, 'lines.xlsx');
  writeFileSync(path, bytes);
  const lines: string[] = [];
  for await (const input of findInputs([path], new Set(), ({ why }) => expect.unreachable(why))) {
    const parts: Buffer[] = [];
    for await (const chunk of await input.bytes()) parts.push(chunk);
    lines.push(...Buffer.concat(parts).toString().split('\n').slice(0, -1));
  }
  return lines;
}

const header: Cell[] = ['Transaction Date', 'Employee', 'Merchant', 'Amount', 'Currency'];
const openai = 'OPENAI *CHATGPT SUBSCR';
const spend = (result: ScanResult): Record<string, number> => {
  const sums: Record<string, number> = {};
  for (const row of result.usage)
    for (const [currency, amount] of row.spend) sums[currency] = (sums[currency] ?? 0) + amount;
  return sums;
};
const oneSheet = (rows: SheetDraft['rows'], more: Partial<SheetDraft> = {}): SheetDraft[] => [
  { name: 'Expenses', rows, ...more },
];

describe('a workbook is read like the CSV of its sheets', () => {
  it('payments, days, people and amounts come out, the line is the row', async () => {
    const result = await scanFile(
      'october.xlsx',
      workbookOf({
        sheets: [
          {
            name: 'October',
            rows: [
              ['Acme Ltd', 'Expense report'],
              undefined,
              header,
              // 2026-10-05; 20 dollars as binary arithmetic leaves them.
              [dated(46300), 'Doe, Jane', openai, 19.999999999999996, 'USD'],
              undefined,
              [dated(46301), 'Roe, Richard', openai, -20, 'USD'],
              [dated(46301), 'Roe, Richard', openai, 'twenty', 'USD'],
            ],
          },
        ],
      }),
    );
    expect(result.notRead).toEqual([]);
    expect(result.inputs.map(({ name, format }) => [name.slice(folder.length + 1), format])).toEqual([
      ['october.xlsx/October', 'expense-csv'],
    ]);
    expect(result.usage.map(({ day, actor, spend: paid }) => [day, actor.id, [...paid]])).toEqual([
      ['2026-10-05', 'jane doe', [['USD', 2000]]],
      ['2026-10-06', 'richard roe', [['USD', -2000]]],
    ]);
    expect(result.evidence.map(({ line }) => line)).toEqual([4, 6]);
    expect(result.inputs[0]?.rejectSamples).toMatchObject([
      { file: join(folder, 'october.xlsx/October'), line: 7, reason: 'the amount is missing or not readable' },
    ]);
  });

  it('every sheet with a table counts, a hidden one is named so, notes and empty sheets are passed over', async () => {
    const row = (serial: number): Cell[] => [dated(serial), 'jane@acme.example', openai, 20, 'USD'];
    const result = await scanFile(
      'book.xlsx',
      workbookOf({
        sheets: [
          { name: 'Notes', rows: [['Exported by finance'], ['Ask Ann', 'for more']] },
          { name: 'September', rows: [header, row(46270)] },
          { name: 'Q & A <3', rows: [header, row(46300)], state: 'veryHidden' },
          { name: 'Sheet3', rows: [] },
        ],
      }),
    );
    expect(result.notRead).toEqual([]);
    expect(result.inputs.map(({ name }) => name.slice(folder.length + 1))).toEqual([
      'book.xlsx/September',
      'book.xlsx/Q & A <3 (hidden)',
    ]);
    expect(spend(result)).toEqual({ USD: 4000 });
  });

  it('writers differ: prefixes, no references, inline and formula texts, the days of 1904, formats of their own', async () => {
    const expected = ['Transaction Date,Employee,Merchant,Amount,Currency', `2026-10-05,jane,${openai},20.5,EUR`];
    const rows = (date: Cell): Cell[][] => [
      header,
      [date, inline('jane'), formula('A&B', openai, 'str'), formula('1+2', 20.5), 'EUR'],
    ];
    expect(await linesOf(workbookOf({ sheets: oneSheet(rows(dated(46300))), prefix: 'x' }))).toEqual(expected);
    expect(await linesOf(workbookOf({ sheets: oneSheet(rows(dated(46300))), bare: true }))).toEqual(expected);
    expect(await linesOf(workbookOf({ sheets: oneSheet(rows(dated(46300 - 1462))), from1904: true }))).toEqual(
      expected,
    );
    expect(
      await linesOf(workbookOf({ sheets: oneSheet(rows(dated(46300, 2))), format: '[$-407]d. mmmm yyyy;@' })),
    ).toEqual(expected);
    expect(await linesOf(workbookOf({ sheets: oneSheet(rows({ xml: 't="d"><v>2026-10-05</v>' })) }))).toEqual(expected);
  });

  it('a text that is merged over rows stands in each, an amount only once', async () => {
    const sheets = oneSheet(
      [
        header,
        [dated(46300), 'Jane', openai, 20, 'USD'],
        [undefined, undefined, 'CLAUDE.AI SUBSCRIPTION', undefined, 'USD'],
        [],
      ],
      { merges: ['A2:A4', 'B2:B4', 'D2:D3', 'C1:D1'] },
    );
    expect(await linesOf(workbookOf({ sheets }))).toEqual([
      'Transaction Date,Employee,Merchant,Amount,Currency',
      `2026-10-05,Jane,${openai},20,USD`,
      '2026-10-05,Jane,CLAUDE.AI SUBSCRIPTION,,USD',
      '',
    ]);
  });

  it('quotes, commas, line ends and control characters in cells keep to their field', async () => {
    const sheets = oneSheet([
      ['a "b", c', 'two\nlines', 'x_x000D_y', ' blank '],
      ['1', '2', '3'],
    ]);
    expect(await linesOf(workbookOf({ sheets }))).toEqual(['"a ""b"", c",two lines,x y," blank "', '1,2,3']);
  });

  it('a table gives the same as CSV and as workbook, whatever it holds', async () => {
    const cell = fc.oneof(
      fc.string({ maxLength: 12 }).map((text) => text.replace(/[\p{C}\uFFFE\uFFFF]|_x/gu, '')),
      fc.constantFrom(openai, 'CLAUDE.AI SUBSCRIPTION', 'Cafe, "Central"', 'Total'),
    );
    const row = fc.record({
      day: fc.integer({ min: 45000, max: 47000 }),
      who: cell,
      merchant: cell,
      cents: fc.integer({ min: -5_000_00, max: 5_000_00 }),
      currency: fc.constantFrom('USD', 'EUR'),
    });
    await fc.assert(
      fc.asyncProperty(fc.array(row, { minLength: 1, maxLength: 12 }), async (rows) => {
        const quoted = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const iso = (serial: number): string =>
          new Date(Date.UTC(1899, 11, 30) + serial * 86_400_000).toISOString().slice(0, 10);
        const csv = [
          header.join(','),
          ...rows.map(({ day, who, merchant, cents, currency }) =>
            [iso(day), quoted(who), quoted(merchant), (cents / 100).toFixed(2), currency].join(','),
          ),
        ].join('\n');
        const workbook = workbookOf({
          sheets: oneSheet([
            header,
            ...rows.map(({ day, who, merchant, cents, currency }) => [
              dated(day),
              who,
              merchant,
              cents / 100,
              currency,
            ]),
          ]),
        });
        const [one, other] = [await scanFile('same.csv', csv), await scanFile('same.xlsx', workbook)];
        expect(other.usage).toEqual(one.usage);
        expect(other.inputs[0]?.counts).toEqual(one.inputs[0]?.counts);
      }),
      { numRuns: 40, seed: 71 },
    );
  }, 30_000);
});

describe('numbers and dates', () => {
  it.each([
    ['19.989999999999998', '19.99'],
    ['0.1', '0.1'],
    ['1E+2', '100'],
    ['1.2345678901234E+17', '123456789012340000'],
    ['1E-7', '0.00000010000000000000'],
    ['1234567890.12', '1234567890.12'],
    // Three decimals could be read as thousands.
    ['1.234', '1.2340'],
    ['-5.005', '-5.0050'],
    ['12', '12'],
    ['', ''],
    ['n/a', 'n/a'],
  ])('%s is written %s', (raw, text) => expect(numberText(raw)).toBe(text));

  it('cents stay exact as binary arithmetic changes them', () =>
    fc.assert(
      fc.property(fc.integer({ min: -1e12, max: 1e12 }), (cents) => {
        const sum = cents / 100 + 0.1 - 0.1;
        expect(Math.round(Number(numberText(String(sum))) * 100)).toBe(cents);
        expect(numberText(String(sum))).toMatch(/^-?\d+(\.\d{1,2})?$/);
      }),
      { seed: 5 },
    ));

  it.each([
    ['1', false, '1900-01-01'],
    ['59', false, '1900-02-28'],
    ['61', false, '1900-03-01'],
    ['46300', false, '2026-10-05'],
    ['44838', true, '2026-10-05'],
    ['46300.5', false, '2026-10-05 12:00:00'],
    ['46300.999999999', false, '2026-10-06'],
    ['0.25', false, '06:00:00'],
    ['-1', false, undefined],
    ['3000000', false, undefined],
    ['', false, undefined],
  ])('day %s (1904: %s) is %s', (raw, from1904, text) => expect(dateText(raw, from1904)).toBe(text));

  it.each([
    [0, undefined, 'number'],
    [14, undefined, 'date'],
    [4, undefined, 'number'],
    [164, 'yyyy\\-mm\\-dd', 'date'],
    [164, '#,##0.00 "USD"', 'number'],
    [164, '[Red]0.00', 'number'],
    [164, '_-* #,##0.00 [$€-407]_-', 'number'],
    [164, '0.00E+00', 'number'],
    [164, '[h]:mm', 'number'],
    [164, 'General', 'number'],
    [164, '000000', 'digits'],
  ])('format %s %s is a %s', (id, code, kind) => expect(numberStyle(id, code).kind).toBe(kind));
});

describe('a hostile or broken workbook costs itself and nothing else', () => {
  const good = { name: 'Good', rows: [header, [dated(46300), 'Jane', openai, 20, 'USD']] };
  const worksheet = (rows: string): string =>
    `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>${rows}</sheetData></worksheet>`;
  const cells = (row: number): string =>
    `<row r="${row}">${['Transaction Date', 'Merchant', 'Amount'].map((text) => `<c t="inlineStr"><is><t>${text}</t></is></c>`).join('')}</row>`;

  it('entities and document types are not taken', async () => {
    const bomb = `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;"><!ENTITY f SYSTEM "file:///etc/passwd">]>${worksheet(`${cells(1)}<row><c t="inlineStr"><is><t>&b;&f;</t></is></c></row>`)}`;
    const result = await scanFile(
      'doctype.xlsx',
      workbookOf({ sheets: [good, good], parts: { 'xl/worksheets/sheet2.xml': bomb } }),
    );
    expect(result.notRead).toMatchObject([
      { name: expect.stringContaining('/Good'), why: expect.stringContaining('document type') },
    ]);
    expect(spend(result)).toEqual({ USD: 2000 });
    const unknown = await scanFile(
      'entity.xlsx',
      workbookOf({
        sheets: [good],
        parts: {
          'xl/worksheets/sheet1.xml': worksheet(`${cells(1)}<row><c t="inlineStr"><is><t>&b;</t></is></c></row>`),
        },
      }),
    );
    expect(unknown.notRead).toMatchObject([{ why: expect.stringContaining('damaged part') }]);
  });

  it('a sheet that unpacks to far more than it weighs ends early, in flat memory', async () => {
    const row = '<row>'.padEnd(1000, ' ') + '</row>'.padEnd(100_000, '\n');
    const bytes = workbookOf({
      sheets: [good],
      parts: { 'xl/worksheets/sheet1.xml': worksheet(cells(1) + row.repeat(3200)) },
    });
    const before = process.memoryUsage().rss;
    const result = await scanFile('bomb.xlsx', bytes);
    expect(result.notRead).toMatchObject([{ why: expect.stringContaining('unpacks to more than 200 times its size') }]);
    expect(process.memoryUsage().rss - before).toBeLessThan(200 << 20);
  }, 30_000);

  it('a value, a nesting and a table of texts without end are refused', async () => {
    const long = await scanFile(
      'long.xlsx',
      workbookOf({
        sheets: [good],
        parts: { 'xl/worksheets/sheet1.xml': worksheet(`${cells(1)}<row><c><v>${'9'.repeat(3 << 20)}</v></c></row>`) },
      }),
    );
    expect(long.notRead).toMatchObject([{ why: expect.stringContaining('value of more than 1 MiB') }]);
    const deep = await scanFile(
      'deep.xlsx',
      workbookOf({
        sheets: [good],
        parts: { 'xl/worksheets/sheet1.xml': worksheet(cells(1) + '<a>'.repeat(100_000)) },
      }),
    );
    expect(deep.notRead).toMatchObject([{ why: expect.stringContaining('nested deeper') }]);
    const texts = `<sst>${Array.from({ length: 2200 }, (_, n) => `<si><t>${String(n).padEnd(32_000, 'ab')}</t></si>`).join('')}</sst>`;
    const many = await scanFile('texts.xlsx', workbookOf({ sheets: [good], parts: { 'xl/sharedStrings.xml': texts } }));
    expect(many.notRead).toMatchObject([{ why: expect.stringContaining('64 MiB of different texts') }]);
  }, 30_000);

  it('rows beyond those of a sheet are told, those before count; wide and unordered references do no harm', async () => {
    const paid = (reference: string): string =>
      `<row r="${reference}"><c r="A2"><v>46300</v></c><c><v>1</v></c><c r="ZZZ9"><v>7</v></c><c r="C1"><v>3</v></c></row>`;
    const result = await scanFile(
      'rows.xlsx',
      workbookOf({
        sheets: [good],
        parts: { 'xl/worksheets/sheet1.xml': worksheet(cells(1) + paid('1048576') + paid('3') + paid('1048577')) },
      }),
    );
    expect(result.notRead).toMatchObject([{ why: expect.stringContaining('more rows than the 1,048,576 of a sheet') }]);
    expect(result.inputs[0]?.counts).toMatchObject({ lines: 1_048_576, withEvents: 1 });
  }, 30_000);

  it('formulas that were never calculated are told', async () => {
    const result = await scanFile(
      'formulas.xlsx',
      workbookOf({ sheets: oneSheet([header, [dated(46300), 'Jane', openai, { xml: '><f>SUM(1,2)</f>' }, 'USD']]) }),
    );
    expect(result.notRead).toMatchObject([{ why: expect.stringContaining('1 formulas without a value') }]);
  });

  it('documents of other programs say what to do', async () => {
    const old = await scanFile(
      'old.xls',
      Buffer.concat([Buffer.from([0xd0, 0xcf, 0x11, 0xe0, 0xa1, 0xb1, 0x1a, 0xe1]), Buffer.alloc(600)]),
    );
    expect(old.notRead).toMatchObject([{ why: expect.stringContaining('save it as .xlsx or CSV') }]);
    const binary = await scanFile('b.xlsb', zipOf({ 'xl/workbook.bin': 'x' }));
    expect(binary.notRead).toMatchObject([{ why: expect.stringContaining('(.xlsb)') }]);
    const open = await scanFile(
      'o.ods',
      zipOf({ mimetype: 'x', 'content.xml': '<a/>', 'META-INF/manifest.xml': '<a/>' }),
    );
    expect(open.notRead).toMatchObject([{ why: expect.stringContaining('OpenDocument') }]);
  });

  it('whatever is changed in a workbook, the scan ends and says so or reads it', async () => {
    const parts = [
      'xl/workbook.xml',
      'xl/_rels/workbook.xml.rels',
      'xl/styles.xml',
      'xl/sharedStrings.xml',
      'xl/worksheets/sheet1.xml',
    ];
    const sheet = worksheet(
      `${cells(1)}<row r="2"><c r="A2" s="1"><v>46300</v></c><c t="s"><v>0</v></c><c><f>1</f><v>20</v></c></row>`,
    );
    const originals: Record<string, string> = {
      'xl/workbook.xml':
        '<workbook xmlns:r="x"><workbookPr date1904="0"/><sheets><sheet name="S" r:id="rId1"/></sheets></workbook>',
      'xl/_rels/workbook.xml.rels':
        '<R><Relationship Id="rId1" Type="a/worksheet" Target="worksheets/sheet1.xml"/></R>',
      'xl/styles.xml': '<s><cellXfs><xf/><xf numFmtId="14"/></cellXfs></s>',
      'xl/sharedStrings.xml': `<sst><si><t>${escaped(openai)}</t></si></sst>`,
      'xl/worksheets/sheet1.xml': sheet,
    };
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...parts),
        fc.nat(400),
        fc.nat(30),
        fc.oneof(
          fc.string({ maxLength: 8 }),
          fc.constantFrom('<', '&', '"', '-1', '9'.repeat(40), ']]>', '<!--', '\0', 'r="0"'),
        ),
        async (part, at, cut, put) => {
          const text = originals[part] ?? '';
          const place = at % (text.length + 1);
          const changed = { ...originals, [part]: text.slice(0, place) + put + text.slice(place + cut) };
          const result = await scanFile('fuzz.xlsx', zipOf(changed));
          for (const { counts } of result.inputs)
            expect(counts.records).toBe(counts.withEvents + counts.skipped + counts.rejected);
          for (const { why } of result.notRead) expect(why).not.toMatch(/cannot be read: |undefined|TypeError/);
        },
      ),
      { numRuns: 200, seed: 2026 },
    );
    const bytes = zipOf(originals);
    await fc.assert(
      fc.asyncProperty(fc.nat(bytes.length - 1), fc.integer({ min: 1, max: 255 }), async (at, flip) => {
        const changed = Buffer.from(bytes);
        changed[at] = (changed[at] ?? 0) ^ flip;
        await scanFile('flip.xlsx', changed);
      }),
      { numRuns: 150, seed: 2027 },
    );
  }, 60_000);
});
