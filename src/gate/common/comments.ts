import type { Syntax } from './languages.js';

/**
 * Where the comments of a text are: offsets, start and end by turns. A tolerant reader of many languages, not a parser of one: strings end
 * with their line unless the language has longer ones, so a mistake (a quote in a regular expression) does not reach far, and `//` behind
 * a colon is a URL everywhere. One pass.
 */
export function commentRanges(text: string, syntax: Syntax): number[] {
  const ranges: number[] = [];
  if (syntax === 'plain') return ranges;
  const style = styles[syntax];
  // Up to where a quote is known to have no pair: a line of escaped quotes is not read again for each of them.
  const unpaired = new Map<string, number>();
  let at = 0;
  while (at < text.length) {
    const char = text[at] ?? '';
    const end = style.comment(text, at, char);
    if (end > at) {
      ranges.push(at, end);
      at = end;
    } else if (char === '"' || char === "'" || char === '`') at = stringEnd(text, at, char, style, ranges, unpaired);
    else at++;
  }
  return ranges;
}

interface Style {
  /** End of the comment that begins here; 0 for none. */
  comment(text: string, at: number, char: string): number;
  /** Quotes that strings have. */
  quotes: string;
  /** Quotes whose strings go over line ends. */
  long: string;
  /** Three quotes make a long string; as a statement of its own it is documentation. */
  triple: boolean;
}

const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};
const past = (text: string, mark: string, at: number): number => {
  const end = text.indexOf(mark, at);
  return end < 0 ? text.length : end + mark.length;
};
const slashes = (text: string, at: number, char: string): number => {
  if (char !== '/') return 0;
  if (text[at + 1] === '*') return past(text, '*/', at + 2);
  return text[at + 1] === '/' && text[at - 1] !== ':' ? lineEnd(text, at) : 0;
};
const hash = (text: string, at: number, char: string): number =>
  char === '#' && (at === 0 || /\s/.test(text[at - 1] ?? '')) ? lineEnd(text, at) : 0;
const lineStart = (text: string, at: number): boolean => {
  let before = at - 1;
  while (text[before] === ' ' || text[before] === '\t') before--;
  return before < 0 || text[before] === '\n';
};

const styles: Readonly<Record<Exclude<Syntax, 'plain'>, Style>> = {
  c: { comment: slashes, quotes: '"\'`', long: '`', triple: false },
  json: { comment: slashes, quotes: '"', long: '', triple: false },
  hash: { comment: hash, quotes: '"\'', long: '', triple: false },
  python: { comment: hash, quotes: '"\'', long: '', triple: true },
  php: {
    comment: (text, at, char) => slashes(text, at, char) || hash(text, at, char),
    quotes: '"\'',
    long: '',
    triple: false,
  },
  hcl: {
    comment: (text, at, char) => slashes(text, at, char) || hash(text, at, char),
    quotes: '"',
    long: '',
    triple: false,
  },
  ini: {
    comment: (text, at, char) =>
      (char === '#' || char === ';' || char === '!') && lineStart(text, at) ? lineEnd(text, at) : 0,
    quotes: '',
    long: '',
    triple: false,
  },
  xml: {
    comment: (text, at, char) => (char === '<' && text.startsWith('<!--', at) ? past(text, '-->', at + 4) : 0),
    quotes: '',
    long: '',
    triple: false,
  },
  dashes: {
    comment: (text, at, char) => (char === '-' && text[at + 1] === '-' ? lineEnd(text, at) : slashes(text, at, char)),
    quotes: '"\'',
    long: '',
    triple: false,
  },
};

/** The place behind the string that begins here. */
function stringEnd(
  text: string,
  at: number,
  quote: string,
  style: Style,
  ranges: number[],
  unpaired: Map<string, number>,
): number {
  if (!style.quotes.includes(quote) || at < (unpaired.get(quote) ?? 0)) return at + 1;
  if (style.triple && text.startsWith(quote.repeat(3), at)) {
    const end = past(text, quote.repeat(3), at + 3);
    if (lineStart(text, at)) ranges.push(at, end);
    return end;
  }
  const long = style.long.includes(quote);
  for (let i = at + 1; i < text.length; i++) {
    const char = text[i];
    if (char === '\\') i++;
    else if (char === quote) return i + 1;
    // A quote without its pair on the line (an apostrophe, a lifetime) opens nothing.
    else if (char === '\n' && !long) {
      unpaired.set(quote, i);
      return at + 1;
    }
  }
  unpaired.set(quote, text.length);
  return long ? text.length : at + 1;
}
