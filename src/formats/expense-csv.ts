import { splitCsv } from '../core/csv.js';
import { type Format, type Reader, reject, skip } from '../core/format.js';
import { type ExpenseLayout, headerOf, layoutOf, readExpense } from './common/expense-rows.js';

/**
 * Expenses as CSV: expense tools (SAP Concur, Ramp, Brex, Expensify), purchase-card lists, card and bank statements. The
 * header is found by its names in many languages, after any lines of preamble; delimiter, order of day and month and decimal
 * mark are told from the first lines. Amounts are positive for what was bought, negative for refunds.
 */
export const format: Format = {
  title: 'Expenses (CSV: expense tools, card statements)',
  kinds: ['expense'],
  framing: 'csv',
  detect({ lines }) {
    const at = lines.slice(0, 30).findIndex((line) => headerOf(line) !== undefined);
    if (at < 0) return undefined;
    const strict = headerOf(lines[at] ?? '')?.columns.index.has('merchant') === true;
    return {
      confidence: strict ? 0.93 : 0.8,
      why: `a header line with the columns date, ${strict ? 'merchant' : 'description'} and amount`,
    };
  },
  open(context): Reader {
    let layout: ExpenseLayout | undefined;
    const expected = context.sample.lines.some((line) => headerOf(line) !== undefined);
    return {
      read(text) {
        const header = layout === undefined || !/\d{2}/.test(text.slice(0, 400)) ? headerOf(text) : undefined;
        if (header !== undefined) {
          layout = layoutOf(header, context.sample);
          return skip('header line');
        }
        if (layout === undefined)
          return expected
            ? skip('text before the header line')
            : reject('no header line with date, merchant and amount');
        const fields = splitCsv(text, layout.delimiter);
        return fields === undefined ? reject('a quoted field is not closed') : readExpense(fields, layout, context);
      },
    };
  },
};
