import { parseOffset, wallClock } from './time.js';

const months = ['jan', 'feb', 'mar', 'apr', 'may', 'jun', 'jul', 'aug', 'sep', 'oct', 'nov', 'dec'];

/** What each run of letters in a pattern stands for: the expression that it becomes. */
const tokens: Readonly<Record<string, string>> = {
  yyyy: '(\\d{4})',
  yy: '(\\d{2})',
  MMMM: '([a-z]{3,9})',
  MMM: '([a-z]{3})',
  MM: '(\\d{2})',
  M: '(\\d{1,2})',
  dd: '(\\d{2})',
  d: '(\\d{1,2})',
  HH: '(\\d{2})',
  H: '(\\d{1,2})',
  hh: '(\\d{2})',
  h: '(\\d{1,2})',
  mm: '(\\d{2})',
  m: '(\\d{1,2})',
  ss: '(\\d{2})',
  s: '(\\d{1,2})',
  S: '(\\d{1,9})',
  a: '([ap]\\.?m\\.?)',
  EEE: '([a-z]{3})',
  EEEE: '([a-z]{3,12})',
  X: '(z|utc|gmt|[+-]\\d{2}:?\\d{0,2})',
};

/** Reads a time with a given shape; undefined where the text has another. */
export type TimeParser = (text: string, zone: string) => number | undefined;

/**
 * Compiles a pattern of the letters yyyy yy MM M MMM MMMM dd d HH H hh h mm m ss s S a EEE EEEE X (zone; also Z, XX, XXX),
 * text in single quotes, and other characters that stand for themselves: `yyyy-MM-dd'T'HH:mm:ss.SSSX`.
 * @throws Error that says which letters are not known, or that the pattern has no date.
 */
export function compileTimePattern(pattern: string): TimeParser {
  const order: string[] = [];
  let source = '';
  for (const [part = ''] of pattern.slice(0, 200).matchAll(/'[^']*'|([A-Za-z])\1*|[^A-Za-z']|'/g)) {
    const name = /^S+$/.test(part) ? 'S' : /^(?:X+|Z+|x+)$/.test(part) ? 'X' : part;
    if (/^[A-Za-z]/.test(part)) {
      const token = Object.hasOwn(tokens, name) ? tokens[name] : undefined;
      if (token === undefined)
        throw new Error(
          `"${part}" in a time pattern is not known; known are ${Object.keys(tokens).join(' ')} (text goes in single quotes)`,
        );
      order.push(name);
      source += token;
    } else if (/^\s$/.test(part)) source += '\\s{1,4}';
    else {
      const literal = part === "''" ? "'" : part.replace(/^'|'$/g, '');
      source += literal.replace(/[^\p{L}\p{N}]/gu, '\\$&').replace(/\\([^\p{ASCII}])/gu, '$1');
    }
  }
  if (!order.includes('d') && !order.includes('dd')) throw new Error('a time pattern needs year, month and day');
  if (!order.some((name) => name.startsWith('y')) || !order.some((name) => name.startsWith('M')))
    throw new Error('a time pattern needs year, month and day');
  const shape = new RegExp(`^${source}$`, 'i');
  return (text, zone) => {
    const trimmed = text.trim();
    const match = trimmed.length > 200 ? null : shape.exec(trimmed);
    if (!match) return undefined;
    const found = new Map<string, string>();
    for (const [i, name] of order.entries()) found.set(name.startsWith('MMM') ? 'MMM' : name, match[i + 1] ?? '');
    const number = (...names: readonly string[]) =>
      Number(names.map((name) => found.get(name)).find((v) => v !== undefined) ?? 0);
    const monthName = found.get('MMM');
    const month = monthName === undefined ? number('MM', 'M') : months.indexOf(monthName.slice(0, 3).toLowerCase()) + 1;
    const year = found.has('yyyy') ? number('yyyy') : 2000 + number('yy');
    const twelve = found.get('a');
    let hour = number('HH', 'H', 'hh', 'h');
    if (twelve !== undefined) hour = (hour % 12) + (/^p/i.test(twelve) ? 12 : 0);
    const ms = Number((found.get('S') ?? '0').slice(0, 3).padEnd(3, '0'));
    const offset = found.get('X');
    const named = offset !== undefined && parseOffset(offset) !== undefined ? offset : zone;
    return wallClock([year, month, number('dd', 'd'), hour, number('mm', 'm'), number('ss', 's'), ms], named);
  };
}
