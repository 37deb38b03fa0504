// How a worksheet writes numbers and dates. Source: ECMA-376 part 1, 18.8.30 (number formats) and 18.17.4 (dates).

/** What a cell's style makes of its number. */
export type NumberStyle = { kind: 'number' } | { kind: 'date' } | { kind: 'digits'; length: number };

const plain: NumberStyle = { kind: 'number' };
const date: NumberStyle = { kind: 'date' };

/** Style of a built-in format, by its id. */
const isBuiltInDate = (id: number): boolean =>
  (id >= 14 && id <= 22) || (id >= 27 && id <= 36) || id === 45 || id === 47 || (id >= 50 && id <= 58);

/** Style of a number format: its id, and its code where the workbook has one of its own. */
export function numberStyle(id: number, code: string | undefined): NumberStyle {
  if (code === undefined) return isBuiltInDate(id) ? date : plain;
  // Only the first section is of positive numbers. Quoted text, escaped characters, colours and locales are no letters of a date.
  const bare = code
    .slice(0, 255)
    .replace(/"[^"]*"/g, '')
    .replace(/[\\_*]./g, '')
    .replace(/\[[^\]]*\]/g, (part) => (/^\[(h+|m+|s+)\]$/i.test(part) ? '#' : ''))
    .split(';', 1)[0]
    ?.trim();
  if (bare === undefined || /^(general|standard)$/i.test(bare) || bare.includes('#')) return plain;
  if (/^0{2,20}$/.test(bare)) return { kind: 'digits', length: bare.length };
  return /[ymdhse]/i.test(bare) && !/e\+/i.test(bare) ? date : plain;
}

/**
 * A number as a table writes it: 15 significant digits, as the program shows them (`19.989999999999998` was typed as 19.99), without
 * exponent. Never three decimals, which could be read as thousands.
 */
export function numberText(raw: string): string {
  const value = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(value)) return raw;
  const rounded = Number(value.toPrecision(15));
  let text = String(rounded);
  if (text.includes('e')) text = Math.abs(rounded) >= 1 ? BigInt(Math.round(rounded)).toString() : rounded.toFixed(20);
  const point = text.indexOf('.');
  return point >= 0 && text.length - point - 1 === 3 ? `${text}0` : text;
}

const dayMs = 86_400_000;

/**
 * A serial number as ISO date, with a time of day where it has one, to the second; without a day the time alone. In the system of
 * 1900 day 60 is 29 February 1900, which never was. Undefined: no date that a table would hold.
 */
export function dateText(raw: string, from1904: boolean): string | undefined {
  const serial = Number(raw);
  if (raw.trim() === '' || !Number.isFinite(serial) || serial < 0 || serial >= 2_958_466) return undefined;
  const seconds = Math.round(serial * 86_400);
  const days = Math.floor(seconds / 86_400);
  const clock = new Date((seconds % 86_400) * 1000).toISOString().slice(11, 19);
  if (days === 0 && seconds > 0) return clock;
  const shift = from1904 ? 1462 : days < 60 ? 1 : 0;
  const day = new Date(Date.UTC(1899, 11, 30) + (days + shift) * dayMs).toISOString().slice(0, 10);
  return clock === '00:00:00' ? day : `${day} ${clock}`;
}

/** A number in its style. */
export function styledText(raw: string, style: NumberStyle | undefined, from1904: boolean): string {
  if (style?.kind === 'date') return dateText(raw, from1904) ?? numberText(raw);
  if (style?.kind === 'digits' && /^\d{1,20}$/.test(raw)) return raw.padStart(style.length, '0');
  return numberText(raw);
}

/** Column of a cell reference, from 0: `A1` 0, `AB7` 27; undefined for what is none. */
export function columnOf(reference: string | undefined): number | undefined {
  const letters = reference === undefined ? undefined : /^([A-Z]{1,3})\d/.exec(reference)?.[1];
  if (letters === undefined) return undefined;
  let column = 0;
  for (const letter of letters) column = column * 26 + letter.charCodeAt(0) - 64;
  return column - 1;
}

/** Text of a cell on one line: line ends and tabs become blanks, `_x000D_` the character that it stands for. */
export const cellText = (text: string): string =>
  text
    .replace(/_x([0-9A-Fa-f]{4})_/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)))
    // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what becomes a blank
    .replace(/[\u0000-\u001f\u007f\u0085\u2028\u2029]+/g, ' ');

/** One row as a line of CSV. */
export function csvLine(cells: readonly (string | undefined)[]): string {
  return cells.map((cell = '') => (/[",]|^\s|\s$/.test(cell) ? `"${cell.replaceAll('"', '""')}"` : cell)).join(',');
}
