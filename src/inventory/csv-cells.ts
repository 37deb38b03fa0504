/**
 * How cells of the inventory's CSV are written and read back. Everything that is written reads back as it was; a test with random
 * entries holds it.
 */

/**
 * Spreadsheets run cells that begin with these as formulas. An apostrophe in front makes them text. A cell that begins with
 * apostrophes before such a character gets one more, so that taking one away always gives the original.
 */
const guarded = /^'*[=+\-@\t\r]/;

export const formulaGuard = (cell: string): string => (guarded.test(cell) ? `'${cell}` : cell);
export const undoFormulaGuard = (cell: string): string =>
  cell.startsWith("'") && guarded.test(cell) ? cell.slice(1) : cell;

/** Quoted where the text needs it (RFC 4180). */
export const csvCell = (text: string): string => {
  const safe = formulaGuard(text);
  return /[",;\t|\r\n]|^\s|\s$/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
};

/** Items joined by `;`, with `\;` for a semicolon and `\\` for a backslash within an item. */
export const joinList = (items: readonly string[]): string =>
  items.map((item) => item.replace(/[\\;]/g, '\\$&')).join(';');

/** Undoes `joinList`. A backslash before anything else is itself; blank items are dropped. */
export function splitList(text: string): string[] {
  const items: string[] = [];
  let item = '';
  for (let i = 0; i < text.length; i++) {
    const char = text[i] ?? '';
    const next = text[i + 1];
    if (char === '\\' && (next === '\\' || next === ';')) {
      item += next;
      i++;
    } else if (char === ';') {
      items.push(item);
      item = '';
    } else item += char;
  }
  items.push(item);
  return items.map((value) => value.trim()).filter((value) => value !== '');
}
