import { sniffDelimiter, splitCsv } from '../../core/csv.js';
import type { EventDraft } from '../../core/event.js';
import { type FormatContext, type Outcome, reject, type Sample, skip } from '../../core/format.js';
import { known } from '../../core/text.js';
import { type DayOrder, dayOrder, parseDate } from './dates.js';
import { type ExpenseColumns, expenseColumns, foldName, type Role } from './expense-columns.js';
import { currencyOf, type DecimalMark, decimalMark, minorUnits, parseMoney } from './money.js';

/** A header line and what the lines after it, as far as the sample goes, tell about the whole. */
export interface ExpenseLayout {
  columns: ExpenseColumns;
  delimiter: string;
  order: DayOrder;
  mark: DecimalMark;
  /** Purchases are written as negative amounts, as bank statements do. */
  flipped: boolean;
  /** Where no column, amount or header names one. */
  currency?: string | undefined;
}

export const amountRoles = ['billedAmount', 'amount', 'originalAmount', 'debit', 'credit'] as const;
/** The field of a role; undefined where it is missing. */
export const field = (fields: readonly string[], columns: ExpenseColumns, role: Role): string | undefined => {
  const index = columns.index.get(role);
  return index === undefined ? undefined : known(fields[index]);
};

/** A line read as a header: its fields, the roles of its columns, and what separates them. */
export interface ExpenseHeader {
  fields: readonly string[];
  columns: ExpenseColumns;
  delimiter: string;
}

/** Reads a line as the header of expenses; undefined: it is none. */
export function headerOf(line: string): ExpenseHeader | undefined {
  const start = line.slice(0, 4000);
  const delimiter = sniffDelimiter(start);
  const fields = splitCsv(start, delimiter);
  // A line of data has digits in most amounts and dates; header names hardly any.
  if (fields === undefined || fields.length < 3 || fields.filter((name) => /\d{2}/.test(name)).length > 1)
    return undefined;
  const columns = expenseColumns(fields);
  return columns && { fields, columns, delimiter };
}

/** Order of day and month, decimal mark and sign of purchases: a single line cannot tell, the first lines together can. */
export function layoutOf(header: ExpenseHeader, sample: Sample): ExpenseLayout {
  const { columns, delimiter } = header;
  const rows = sample.lines.map((line) => splitCsv(line, delimiter) ?? []);
  const values = (role: Role) => rows.flatMap((row) => field(row, columns, role) ?? []);
  const mark = decimalMark(amountRoles.flatMap(values));
  const currencies = [...values('billedCurrency'), ...values('currency'), ...columns.headerCurrency.values()];
  const dollars = currencies.some((code) => currencyOf(code) === 'USD');
  // Only the United States (and few others) write the month first.
  const dayFirst =
    mark === ',' ||
    delimiter === ';' ||
    (!dollars && (currencies.length > 0 || /cost ?centre|£|\bvat\b/i.test(sample.text.slice(0, 4000)))) ||
    !columns.englishDate;
  const signs = (['billedAmount', 'amount'] as const).map((role) =>
    values(role).flatMap((text) => parseMoney(text) ?? []),
  );
  const amounts = signs.find((list) => list.length > 0) ?? [];
  const negative = amounts.filter((money) => money.negative).length;
  const noPerson = !columns.index.has('email') && !columns.index.has('user') && !columns.index.has('lastName');
  return {
    columns,
    delimiter,
    order: dayOrder(values('date'), dayFirst ? 'dmy' : 'mdy'),
    mark,
    flipped: noPerson && amounts.length >= 4 && negative / amounts.length >= 0.75,
  };
}

/**
 * The amount to count: the billed one (what the card or account was charged), then the plain one, then the original one; the
 * first of them whose currency is known, in its own column, beside the amount or in the header; else the first without one.
 */
function amountOf(
  fields: readonly string[],
  layout: ExpenseLayout,
): Pick<EventDraft, 'amount' | 'currency'> | undefined {
  const { columns, mark } = layout;
  let withoutCurrency: Pick<EventDraft, 'amount'> | undefined;
  const pairs = [
    ['billedAmount', 'billedCurrency', 1],
    ['amount', 'currency', 1],
    ['debit', 'currency', 1],
    ['credit', 'currency', -1],
    ['originalAmount', 'originalCurrency', 1],
  ] as const;
  for (const [role, currencyRole, direction] of pairs) {
    const money = parseMoney(field(fields, columns, role) ?? '');
    if (money === undefined) continue;
    const separate = role === 'debit' || role === 'credit';
    if (separate && /^[0.,]*$/.test(money.digits)) continue;
    const currency =
      currencyOf(field(fields, columns, currencyRole)) ??
      (separate ? currencyOf(field(fields, columns, 'billedCurrency')) : undefined) ??
      columns.headerCurrency.get(role) ??
      money.currency ??
      layout.currency;
    const size = minorUnits(money.digits, currency, mark);
    if (size === undefined) continue;
    const side = money.side ?? sideOf(field(fields, columns, 'side'));
    let amount = size * (money.negative ? -1 : 1) * (layout.flipped ? -1 : 1);
    // Debit and credit columns hold sizes: what they say of the direction counts, not the sign.
    if (separate) amount = size * direction;
    else if (side !== undefined) amount = side === 'credit' ? -size : size;
    amount = amount === 0 ? 0 : amount;
    if (currency !== undefined) return { amount, currency };
    withoutCurrency ??= { amount };
  }
  return withoutCurrency;
}

function sideOf(text: string | undefined): 'debit' | 'credit' | undefined {
  if (text === undefined) return undefined;
  if (/^(d|dr|debit|dbit|s|soll|af|debet|debito|débit)$/i.test(text)) return 'debit';
  return /^(c|cr|credit|crdt|h|haben|bij|kredit|credito|crédit|refund|return|reversal)$/i.test(text)
    ? 'credit'
    : undefined;
}

function personOf(fields: readonly string[], columns: ExpenseColumns): string | undefined {
  const [first, last] = [field(fields, columns, 'firstName'), field(fields, columns, 'lastName')];
  const name = [first, last].filter((part) => part !== undefined).join(' ');
  return (
    field(fields, columns, 'email') ??
    field(fields, columns, 'user') ??
    (known(name) || field(fields, columns, 'employeeId'))
  );
}

const totals =
  /^(grand|sub|report|page)?(total|totals|subtotal|summe|gesamt|gesamtsumme|zwischensumme|totalgeneral|totalgeneral|totale|totaal|totalt|razem|suma|celkem|summa|sum|yhteensa|合計|小計|总计|合计|openingbalance|closingbalance|balance|anfangssaldo|endsaldo|saldo)/u;

/** Reads one row. */
export function readExpense(fields: readonly string[], layout: ExpenseLayout, context: FormatContext): Outcome {
  const { columns, order } = layout;
  if (fields.every((text) => text.trim() === '')) return skip('empty row');
  const date = field(fields, columns, 'date');
  const merchant = field(fields, columns, 'merchant') ?? field(fields, columns, 'description');
  const time = date === undefined ? undefined : parseDate(date, order, context.zone, context.modified);
  if (time === undefined) {
    const first = fields.find((text) => text.trim() !== '') ?? '';
    if (totals.test(foldName(first)) || totals.test(foldName(merchant ?? ''))) return skip('total line');
    if (merchant === undefined || fields.length < 3) return skip('no transaction: text or summary');
    if (date !== undefined) return reject('the date is not readable');
  } else if (/^(opening|closing|beginning|ending) balance|^(anfangs|end)saldo/i.test(merchant ?? ''))
    return skip('total line');
  const amount = amountOf(fields, layout);
  if (amount === undefined) return reject('the amount is missing or not readable');
  return {
    kind: 'expense',
    action: /^(declined?|failed|voided?)$/i.test(field(fields, columns, 'status') ?? '') ? 'blocked' : 'allowed',
    time,
    user: personOf(fields, columns),
    merchant,
    ...amount,
    cost_centre: field(fields, columns, 'costCentre') ?? field(fields, columns, 'department'),
    event_id: field(fields, columns, 'id'),
  };
}
