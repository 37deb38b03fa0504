import { safeText } from './terminal.js';

// Spreadsheets run cells that begin with these as formulas, also behind apostrophes or blanks. Source: OWASP, CSV Injection.
const formula = /^['\s]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/;

/** One CSV row (RFC 4180, CRLF). Text that a spreadsheet would run gets an apostrophe in front, control characters are shown as `\u{1b}`; numbers stay numbers. */
export function csvRow(cells: readonly (string | number)[]): string {
  return `${cells.map(cell).join(',')}\r\n`;
}

/** Text of which nothing has to be changed, as nearly all cells hold: it begins with a letter or digit, and no rule below knows any of its characters. */
const plain = /^[A-Za-z0-9][A-Za-z0-9_.:@/+-]*$/;

function cell(value: string | number): string {
  if (typeof value === 'number') return String(value);
  if (value === '' || plain.test(value)) return value;
  const text = safeText(value);
  const safe = formula.test(text) ? `'${text}` : text;
  return /[",;\t|\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
}
