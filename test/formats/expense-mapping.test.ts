import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { previewExpenses } from '../../src/formats/common/expense-preview.js';
import { parseMapping } from '../../src/formats/common/mapping-file.js';
import { takeSample } from '../../src/formats/common/sample.js';
import { fixtureModified, parseBytes, parseText } from '../helpers/parse.js';

const folder = join(import.meta.dirname, '../fixtures/formats/expense-csv');
const preview = (text: string | Buffer) =>
  previewExpenses({
    zone: 'UTC',
    modified: fixtureModified,
    sample: takeSample('expenses.csv', Buffer.from(text), true),
  });
const withoutFormat = (events: readonly object[]): object[] =>
  events.map((event) => ({ ...event, vendor_format: undefined }));

describe('the mapping that a preview saves', () => {
  it.each(readdirSync(folder).filter((name) => name.endsWith('.csv') && name !== 'shapes.csv'))(
    'reads %s as it was read without one',
    async (name) => {
      const text = readFileSync(join(folder, name));
      const found = preview(text);
      if (found === undefined) throw new Error('no header was found');
      const { framing, expenses } = found.mapping;
      const mapping = parseMapping(parse(stringify({ framing, expenses })), 'm.yaml');
      const [plain, mapped] = [await parseBytes('expense-csv', text), await parseBytes('csv', text, { mapping })];
      expect(plain.events.length).toBeGreaterThan(0);
      expect(withoutFormat(mapped.events)).toEqual(withoutFormat(plain.events));
      expect(mapped.rejects).toEqual(plain.rejects);
    },
  );

  it('can be corrected: another column, the month first, negative purchases, a currency', async () => {
    const text = 'Day,Shop,Net,Gross,Who\n03/04/2026,OPENAI,-10.00,-12.00,jane\n';
    const mapping = parseMapping(
      {
        framing: { type: 'csv' },
        expenses: {
          columns: { date: 'day', merchant: 'Shop', amount: 'Gross', user: 'Who' },
          dates: 'month-first',
          purchases: 'negative',
          currency: 'CHF',
        },
      },
      'm.yaml',
    );
    const { events } = await parseText('csv', text, { mapping });
    expect(events).toMatchObject([
      { time: '2026-03-04T00:00:00Z', merchant: 'OPENAI', amount: 1200, currency: 'CHF', user: 'jane' },
    ]);
  });

  it.each([
    [{ columns: { merchant: 'a', amount: 'b' } }, 'the date'],
    [{ columns: { date: 'a', amount: 'b' } }, 'the merchant'],
    [{ columns: { date: 'a', merchant: 'b' } }, 'an amount'],
    [{ columns: { date: 'a', merchant: 'b', amount: 'c' }, currency: 'euro' }, 'ISO code'],
  ])('says what is missing in %j', (expenses, said) => {
    expect(() => parseMapping({ framing: { type: 'csv' }, expenses }, 'm.yaml')).toThrow(said);
  });
});

describe('a preview', () => {
  it('names columns, rows, what is left out and what is not understood', () => {
    const found = preview(
      'Acme\n\nDate,Vendor,Amount (EUR),Employee,Notes\n2026-10-05,OPENAI,20.00,"Doe, Jane",x\n2026-10-06,Figma,abc,Joe,y\n',
    );
    expect(found).toMatchObject({
      line: 3,
      delimiter: ',',
      unused: ['Notes'],
      rows: [{ line: 4, day: '2026-10-05', merchant: 'OPENAI', amount: 2000, currency: 'EUR', who: 'Doe, Jane' }],
      rejects: [{ line: 5, reason: 'the amount is missing or not readable' }],
      doubts: [],
    });
    expect(found?.used.map(({ column, role }) => `${column}: ${role}`)).toEqual([
      'Date: date',
      'Vendor: merchant',
      'Amount (EUR): amount',
      'Employee: user',
    ]);
  });

  it.each([
    ['Date,Vendor,Amount,Employee,Currency\n03/04/2026,A,1.00,j,USD\n', 'whether the day or the month comes first'],
    ['Date,Vendor,Amount,Billed Amount,Employee,Currency\n2026-04-03,A,1.00,1.00,j,USD\n', 'There are 2 amounts'],
    ['Date,Vendor,Amount,Employee,Currency\n2026-04-03,A,1.234,j,USD\n', 'read as thousands'],
    ['Date,Vendor,Amount,Employee\n2026-04-03,A,1.00,j\n', 'Nothing names a currency'],
    ['Date,Vendor,Amount,Currency\n2026-04-03,A,1.00,USD\n', 'No column says who paid'],
    ['Date,Description,Amount,Employee,Currency\n2026-04-03,A,1.00,j,USD\n', 'No column is called merchant'],
    [`Date,Vendor,Amount,Currency\n${'2026-04-03,A,-1.00,USD\n'.repeat(5)}`, 'written as negative'],
  ])('tells what the first lines do not prove: %j', (text, doubt) => {
    expect(preview(text)?.doubts.join(' ')).toContain(doubt);
  });
});
