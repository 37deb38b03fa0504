import { Unreadable } from './file.js';

/** A text of a TOML file: its tables and keys, and where it stands. In lists the last step is the number of the item. */
export type TomlText = (path: readonly string[], value: string, offset: number) => void;

/**
 * Gives the texts of a TOML file with their paths (`dependencies`, `serde`, `version`). A tolerant reader for manifests: numbers, dates and
 * truth values are texts too, arrays of tables have no numbers. One pass.
 * @throws Unreadable where a text or list has no end.
 */
export function walkToml(text: string, give: TomlText): void {
  let table: string[] = [];
  let at = skip(text, 0);
  while (at < text.length) {
    const start = at;
    if (text[at] === '[') {
      const double = text[at + 1] === '[';
      const [path, end] = key(text, at + (double ? 2 : 1));
      table = path;
      at = lineEnd(text, end);
      // A table may be empty and still mean something (`[dependencies.openai]`).
      give(table, '', start);
    } else {
      const [path, end] = key(text, at);
      if (path.length === 0 || text[end] !== '=') throw new Unreadable('has a line that is no key and value', start);
      at = value(text, blank(text, end + 1), [...table, ...path], start, give, 0);
      at = lineEnd(text, at);
    }
    at = skip(text, at);
  }
}

const blank = (text: string, from: number): number => {
  let at = from;
  while (text[at] === ' ' || text[at] === '\t') at++;
  return at;
};
const lineEnd = (text: string, at: number): number => {
  const end = text.indexOf('\n', at);
  return end < 0 ? text.length : end;
};

/** The place behind blanks, line ends and comments. */
function skip(text: string, from: number): number {
  let at = from;
  for (;;) {
    const char = text[at];
    if (char === ' ' || char === '\t' || char === '\n' || char === '\r' || char === '\ufeff') at++;
    else if (char === '#') at = lineEnd(text, at);
    else return at;
  }
}

/** A dotted key with bare and quoted parts, and the place behind it. */
function key(text: string, from: number): [string[], number] {
  const path: string[] = [];
  let at = blank(text, from);
  for (;;) {
    if (text[at] === '"' || text[at] === "'") {
      const [part, end] = string(text, at);
      path.push(part);
      at = blank(text, end);
    } else {
      const start = at;
      while (/[\w-]/.test(text[at] ?? '')) at++;
      if (at === start) return [path, at];
      path.push(text.slice(start, at));
      at = blank(text, at);
    }
    if (text[at] !== '.') return [path, at];
    at = blank(text, at + 1);
  }
}

function value(
  text: string,
  from: number,
  path: readonly string[],
  offset: number,
  give: TomlText,
  depth: number,
): number {
  if (depth > 50) throw new Unreadable('is nested deeper than 50', from);
  const char = text[from];
  if (char === '"' || char === "'") {
    const [part, end] = string(text, from);
    give(path, part, depth === 0 ? offset : from);
    return end;
  }
  if (char === '[') {
    let at = skip(text, from + 1);
    for (let item = 0; text[at] !== ']'; item++) {
      if (at >= text.length) throw new Unreadable('has a list without its end', from);
      at = skip(text, value(text, at, [...path, String(item)], at, give, depth + 1));
      if (text[at] === ',') at = skip(text, at + 1);
      else if (text[at] !== ']') throw new Unreadable('has a list without its end', from);
    }
    return at + 1;
  }
  if (char === '{') {
    let at = skip(text, from + 1);
    while (text[at] !== '}') {
      const [name, end] = key(text, at);
      if (name.length === 0 || text[end] !== '=') throw new Unreadable('has a table that is no key and value', from);
      at = skip(text, value(text, blank(text, end + 1), [...path, ...name], offset, give, depth + 1));
      if (text[at] === ',') at = skip(text, at + 1);
      else if (text[at] !== '}') throw new Unreadable('has a table without its end', from);
    }
    return at + 1;
  }
  let at = from;
  while (/[\w.:+-]/.test(text[at] ?? '')) at++;
  if (at === from) throw new Unreadable('lacks a value', from);
  give(path, text.slice(from, at), offset);
  return at;
}

function string(text: string, from: number): [string, number] {
  const quote = text[from] ?? '';
  const triple = quote.repeat(3);
  if (text.startsWith(triple, from)) {
    const end = text.indexOf(triple, from + 3);
    if (end < 0) throw new Unreadable('has text without its closing quotes', from);
    return [text.slice(from + 3, end), end + 3];
  }
  for (let at = from + 1; at < text.length && text[at] !== '\n'; at++) {
    if (quote === '"' && text[at] === '\\') at++;
    else if (text[at] === quote) return [text.slice(from + 1, at), at + 1];
  }
  throw new Unreadable('has text without its closing quote', from);
}
