import { createHash } from 'node:crypto';
import type { Event } from '../core/event.js';
import { readLoggedUser } from '../people/logged-user.js';

/**
 * What tells a payment from others, as a hash: day, amount and currency with its transaction id; where it has none, with the merchant
 * and who paid (employee, card holder, cost centre). Undefined where neither an id nor a day is known: nothing tells it then.
 * `hit`: which of the hits of the event it is; nearly always the only one.
 */
export function expenseIdentity(event: Event, day: string, attempt: boolean, hit: number): string | undefined {
  const { event_id: stated, amount, currency, merchant = '', user, cost_centre: centre } = event;
  const id = stated === undefined || rowNumber.test(stated) ? undefined : stated;
  if (id === undefined && day === '') return undefined;
  const payment = [day, amount ?? null, currency ?? null, attempt, hit];
  const rest = id === undefined ? [foldText(merchant), whoOf(user) ?? foldText(centre ?? '')] : ['id', foldId(id)];
  return createHash('sha256')
    .update(JSON.stringify([...payment, ...rest]))
    .digest('hex')
    .slice(0, 32);
}

/** A short number in the column of ids is that of the row, which changes from export to export. */
const rowNumber = /^\s*\d{1,5}\s*$/;

/** Letters and digits: exports differ in case, blanks and punctuation. */
const foldText = (text: string): string =>
  text
    .normalize('NFKC')
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]/gu, '');

/** Spreadsheets take the zeros in front of a number. */
const foldId = (id: string): string =>
  id
    .normalize('NFKC')
    .trim()
    .toLowerCase()
    .replace(/^0+(?=\d)/, '');

/** `Doe, Jane` and `Jane Doe` are one. */
function whoOf(user: string | undefined): string | undefined {
  const read = user === undefined ? undefined : readLoggedUser(user);
  return read === undefined ? undefined : read.canonical || read.display;
}
