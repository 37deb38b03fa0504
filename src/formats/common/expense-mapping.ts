import { splitCsv } from '../../core/csv.js';
import { type FormatContext, type Reader, reject, skip } from '../../core/format.js';
import { type ExpenseMapping, type ExpenseRole, expenseRoles, type Mapping } from '../../core/mapping.js';
import { expenseColumns, foldName } from './expense-columns.js';
import { amountRoles, type ExpenseHeader, type ExpenseLayout, readExpense } from './expense-rows.js';

/** Reads expenses by a mapping: the columns are those that it names, all else is as the reader of expenses does it. */
export function mappedExpenses(framing: Mapping['framing'], expenses: ExpenseMapping, context: FormatContext): Reader {
  if (framing.type !== 'csv') return { read: () => reject('the mapping is for another framing than csv') };
  const { delimiter } = framing;
  const wanted = expenseRoles.flatMap((role) => {
    const name = expenses.columns[role];
    return name === undefined ? [] : [[role, foldName(name)] as const];
  });
  const headerIn = (text: string): ExpenseLayout | undefined => {
    const fields = splitCsv(text, delimiter) ?? [];
    const names = fields.map(foldName);
    const index = new Map<ExpenseRole, number>();
    for (const [role, name] of wanted) if (names.includes(name)) index.set(role, names.indexOf(name));
    const merchant = index.has('merchant') || index.has('description');
    if (!index.has('date') || !merchant || !amountRoles.some((role) => index.has(role))) return undefined;
    return {
      columns: { index, headerCurrency: expenseColumns(fields)?.headerCurrency ?? new Map(), englishDate: true },
      delimiter,
      order: expenses.dates === 'month-first' ? 'mdy' : 'dmy',
      mark: expenses.decimal,
      flipped: expenses.purchases === 'negative',
      currency: expenses.currency,
    };
  };
  const expected = context.sample.lines.some((line) => headerIn(line) !== undefined);
  let layout: ExpenseLayout | undefined;
  return {
    read(text) {
      const header = layout === undefined || !/\d{2}/.test(text.slice(0, 400)) ? headerIn(text) : undefined;
      if (header !== undefined) {
        layout = header;
        return skip('header line');
      }
      if (layout === undefined)
        return expected
          ? skip('text before the header line')
          : reject('no line has the columns that the mapping names');
      const fields = splitCsv(text, delimiter);
      return fields === undefined ? reject('a quoted field is not closed') : readExpense(fields, layout, context);
    },
  };
}

/** The mapping that says what was found out by itself. `currency`: that of all amounts, where none of them names one. */
export function mappingOf({ fields, columns, delimiter }: ExpenseHeader, layout: ExpenseLayout): Mapping {
  const named = expenseRoles.flatMap((role) => {
    const index = columns.index.get(role);
    return index === undefined ? [] : [[role, fields[index]?.trim() ?? ''] as const];
  });
  return {
    framing: { type: 'csv', delimiter, header: true },
    fields: {},
    constants: {},
    missing: [],
    blocked: [],
    expenses: {
      columns: Object.fromEntries(named),
      dates: layout.order === 'mdy' ? 'month-first' : 'day-first',
      ...(layout.mark !== undefined && { decimal: layout.mark }),
      purchases: layout.flipped ? 'negative' : 'positive',
    },
  };
}
