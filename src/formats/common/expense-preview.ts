import { splitCsv } from '../../core/csv.js';
import { type FormatContext, isReject, isSkip } from '../../core/format.js';
import type { ExpenseRole, Mapping } from '../../core/mapping.js';
import { dayOf } from '../../core/time.js';
import { completeEvent } from './complete.js';
import { mappingOf } from './expense-mapping.js';
import {
  amountRoles,
  type ExpenseHeader,
  type ExpenseLayout,
  field,
  headerOf,
  layoutOf,
  readExpense,
} from './expense-rows.js';
import { currencyOf, decimalMark, parseMoney } from './money.js';

/** How a table of expenses is read, for a person to look at before it counts. */
export interface ExpensePreview {
  /** Line of the header, from 1. */
  line: number;
  delimiter: string;
  /** Columns that are used, and as what, in their order. */
  used: { column: string; role: ExpenseRole; means: string }[];
  /** Columns that are left out. */
  unused: string[];
  /** The first rows as they are read. */
  rows: PreviewRow[];
  /** The first rows that are not understood. */
  rejects: { line: number; reason: string }[];
  /** What a person should look at: what the first lines do not prove. */
  doubts: string[];
  /** The same as a mapping, to be corrected. */
  mapping: Mapping;
}

export interface PreviewRow {
  line: number;
  /** `YYYY-MM-DD`. */
  day: string;
  merchant: string;
  /** Minor units. */
  amount: number | undefined;
  currency: string | undefined;
  who: string;
}

const shown = { rows: 3, rejects: 3 };

const roleWords: Readonly<Record<ExpenseRole, string>> = {
  date: 'date',
  merchant: 'merchant',
  description: 'merchant, where there is no other',
  billedAmount: 'amount billed',
  billedCurrency: 'currency of the amount billed',
  amount: 'amount',
  currency: 'currency',
  originalAmount: 'amount where it was spent',
  originalCurrency: 'currency where it was spent',
  debit: 'amount of a purchase',
  credit: 'amount of a refund',
  side: 'purchase or refund',
  email: 'who paid (e-mail)',
  user: 'who paid',
  firstName: 'who paid (first name)',
  lastName: 'who paid (last name)',
  employeeId: 'who paid (number)',
  costCentre: 'cost centre',
  department: 'cost centre, where there is no other',
  id: 'transaction id',
  status: 'state (declined ones do not count)',
};

/** Previews a table by its first lines (`context.sample.text`). Undefined: they hold no header of expenses. */
export function previewExpenses(context: FormatContext): ExpensePreview | undefined {
  const lines = context.sample.text.split(/\r?\n/);
  const at = lines.findIndex((line) => headerOf(line) !== undefined);
  const header = headerOf(lines[at] ?? '');
  if (header === undefined) return undefined;
  const layout = layoutOf(header, context.sample);
  const { fields, columns } = header;
  const roles = new Map([...columns.index].map(([role, index]) => [index, role]));
  const rows: PreviewRow[] = [];
  const rejects: ExpensePreview['rejects'] = [];
  for (const [index, line] of lines.entries()) {
    if (index <= at || line.trim() === '') continue;
    const values = splitCsv(line, header.delimiter);
    if (values === undefined) continue;
    const outcome = readExpense(values, layout, context);
    if (isReject(outcome)) {
      if (rejects.length < shown.rejects) rejects.push({ line: index + 1, reason: outcome.reject });
    } else if (!isSkip(outcome) && !Array.isArray(outcome) && rows.length < shown.rows)
      rows.push(rowOf(outcome as Parameters<typeof rowOf>[0], index + 1, context.zone));
  }
  const mapping = mappingOf(header, layout);
  return {
    line: at + 1,
    delimiter: header.delimiter,
    used: fields.flatMap((name, index) => {
      const role = roles.get(index);
      return role === undefined
        ? []
        : [
            {
              column: name.trim(),
              role,
              means: meaning(role, layout, columns.headerCurrency, numericDates(header, context).length > 0),
            },
          ];
    }),
    unused: fields.filter((name, index) => !roles.has(index) && name.trim() !== '').map((name) => name.trim()),
    rows,
    rejects,
    doubts: doubtsOf(header, layout, context, rows),
    mapping,
  };
}

function meaning(
  role: ExpenseRole,
  layout: ExpenseLayout,
  headerCurrency: ReadonlyMap<ExpenseRole, string>,
  ordered: boolean,
): string {
  if (role === 'date' && ordered)
    return `${roleWords.date}, ${layout.order === 'dmy' ? 'day before month' : 'month before day'}`;
  const currency = headerCurrency.get(role);
  return currency === undefined ? roleWords[role] : `${roleWords[role]}, in ${currency}`;
}

/** Dates of the first lines in which day and month could be taken for each other by their place: the two numbers. */
function numericDates({ columns, delimiter }: ExpenseHeader, { sample }: FormatContext): [number, number][] {
  return sample.lines.flatMap((line) => {
    const date = field(splitCsv(line, delimiter) ?? [], columns, 'date') ?? '';
    const match = /^(\d{1,2})[/.-](\d{1,2})[/.-]\d{2,4}/.exec(date);
    return match === null ? [] : [[Number(match[1]), Number(match[2])] as [number, number]];
  });
}

function rowOf(draft: Parameters<typeof completeEvent>[0], line: number, zone: string): PreviewRow {
  const event = completeEvent(draft, line, 'expense-csv');
  return {
    line,
    day: event.time === undefined ? 'no date' : dayOf(event.time, zone),
    merchant: event.merchant ?? 'no merchant',
    amount: event.amount,
    currency: event.currency,
    who: event.user ?? event.cost_centre ?? 'nobody named',
  };
}

function doubtsOf(
  header: ExpenseHeader,
  layout: ExpenseLayout,
  context: FormatContext,
  rows: readonly PreviewRow[],
): string[] {
  const { columns, delimiter } = header;
  const records = context.sample.lines.map((line) => splitCsv(line, delimiter) ?? []);
  const values = (role: ExpenseRole): string[] => records.flatMap((record) => field(record, columns, role) ?? []);
  const has = (role: ExpenseRole): boolean => columns.index.has(role);
  const doubts: string[] = [];
  const dates = numericDates(header, context);
  if (dates.length > 0 && !dates.some(([one, two]) => one > 12 || two > 12))
    doubts.push(
      `No date in the first lines tells whether the day or the month comes first; they are read ${layout.order === 'dmy' ? 'day' : 'month'} first.`,
    );
  const sizes = amountRoles.filter((role) => has(role) && role !== 'debit' && role !== 'credit');
  if (sizes.length > 1)
    doubts.push(
      `There are ${sizes.length} amounts: the first of them counts whose currency is known, in the order ${sizes.map((role) => roleWords[role]).join(', ')}.`,
    );
  const amounts = amountRoles.flatMap(values);
  const oneMark = amounts.some((text) => /^\D*\d{1,3}[.,]\d{3}\D*$/.test(text));
  if (oneMark && decimalMark(amounts) === undefined)
    doubts.push('Amounts such as 1.234 are read as thousands: no amount in the first lines shows a decimal mark.');
  const money = amounts.flatMap((text) => parseMoney(text) ?? []);
  const currencies = (['currency', 'billedCurrency', 'originalCurrency'] as const).flatMap(values);
  const named =
    currencies.some((text) => currencyOf(text) !== undefined) || money.some((item) => item.currency !== undefined);
  if (!named && columns.headerCurrency.size === 0)
    doubts.push('Nothing names a currency: amounts are added up as of an unknown one. Say it in the mapping.');
  if (layout.flipped)
    doubts.push('Most amounts are negative and nobody is named, so purchases are taken to be written as negative.');
  if (!['email', 'user', 'lastName', 'employeeId'].some((role) => has(role as ExpenseRole)))
    doubts.push(
      has('costCentre') || has('department')
        ? 'No column says who paid: payments stand for their cost centre.'
        : 'No column says who paid, nor a cost centre.',
    );
  if (!has('merchant')) doubts.push('No column is called merchant: the description stands for it.');
  if (rows.length === 0) doubts.push('None of the first rows could be read.');
  return doubts;
}
