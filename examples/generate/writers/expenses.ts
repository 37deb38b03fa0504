import { dateAndClock, wall } from '../time.js';
import type { Writer } from '../types.js';
import { csv, lines } from './shared.js';

const major = (amount: number): string => (amount / 100).toFixed(2);
/** `1.234,56` */
const german = (amount: number): string =>
  major(amount)
    .replace('.', ',')
    .replace(/\B(?=(\d{3})+,)/g, '.');

/** An expense tool: people by e-mail address. */
export const expenseTool: Writer = {
  ...lines,
  format: 'expense-csv',
  header: ['Employee Email,Transaction Date,Merchant,Amount,Currency,Category,Cost Centre,Expense ID'],
  line: (rec) =>
    csv([
      rec.who.email,
      dateAndClock(rec.at).date,
      rec.merchant,
      major(rec.amount),
      rec.currency,
      'Card',
      rec.who.costCentre,
      `EX-${rec.nonce.slice(0, 8)}`,
    ]),
};

/** The same as rows of a workbook: real dates and numbers, other names of columns, in another order. */
export const expenseSheet: Writer = {
  ...lines,
  format: 'expense-csv',
  header: [JSON.stringify(['Expense ID', 'Date', 'Employee Email', 'Merchant', 'Cost Centre', 'Currency', 'Amount'])],
  line: (rec) =>
    JSON.stringify([
      `EX-${rec.nonce.slice(0, 8)}`,
      { day: dateAndClock(rec.at).date },
      rec.who.email,
      rec.merchant,
      rec.who.costCentre,
      rec.currency,
      rec.amount / 100,
    ]),
};

/** A German card statement: semicolons, decimal commas, people by name. */
export const cardStatement: Writer = {
  ...lines,
  format: 'expense-csv',
  header: ['Buchungsdatum;Karteninhaber;Händler;Betrag;Währung;Kostenstelle'],
  line: (rec) => {
    const { day, month, year } = wall(rec.at);
    const name = `${rec.who.first} ${rec.who.last}`;
    return csv(
      [`${day}.${month}.${year}`, name, rec.merchant, german(rec.amount), rec.currency, rec.who.costCentre],
      ';',
    );
  },
};

/** A list of purchase cards, as a spreadsheet exports it: no names, only cost centres. */
export const purchaseCards: Writer = {
  ...lines,
  format: 'expense-csv',
  header: ['TRANS DATE,MERCHANT NAME,BILLING GROSS AMT,BILLING CUR CODE,CARD NUMBER,COST CENTRE'],
  footer: ['Total,,,,,'],
  line: (rec) => {
    const { day, month, year } = wall(rec.at);
    const card = `************${String(4000 + (Number.parseInt(rec.nonce.slice(0, 3), 16) % 1000))}`;
    return csv([`${day}/${month}/${year}`, rec.merchant, major(rec.amount), rec.currency, card, rec.who.costCentre]);
  },
};
