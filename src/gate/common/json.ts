import { Unreadable } from './file.js';

/** A value that is no object or array, with the place of its key (of itself, in arrays). Do not keep `path`: it changes. */
export type Leaf = (path: readonly string[], value: string | number | boolean | null, offset: number) => void;

const deepest = 200;

/**
 * Walks JSON as people write it: comments and commas before a closing bracket are allowed. Empty objects and arrays are leaves of value
 * null. No recursion and no tree: what a file holds costs no memory.
 * @throws Unreadable where the text is no JSON, or nested deeper than 200.
 */
export function walkJson(text: string, leaf: Leaf): void {
  const path: string[] = [];
  const levels: { object: boolean; count: number }[] = [];
  let at = blank(text, 0);
  let keyAt = at;
  for (;;) {
    // A value begins here.
    const char = text[at];
    if (char === '{' || char === '[') {
      if (levels.length >= deepest) throw new Unreadable(`is nested deeper than ${deepest}`, at);
      levels.push({ object: char === '{', count: 0 });
      at = blank(text, at + 1);
    } else {
      const [value, end] = scalar(text, at);
      leaf(path, value, keyAt);
      at = blank(text, end);
    }
    // Here an item has ended, or a bracket was opened: close what ends too, up to where the next value begins.
    for (;;) {
      const level = levels.at(-1);
      if (level === undefined) {
        if (at < text.length) throw new Unreadable('has text behind its end', at);
        return;
      }
      const close = level.object ? '}' : ']';
      if (level.count > 0) {
        path.pop();
        if (text[at] === ',') at = blank(text, at + 1);
        else if (text[at] !== close) throw new Unreadable(`lacks a comma or ${close}`, at);
      }
      if (text[at] !== close) {
        keyAt = at;
        if (level.object) {
          const [name, end] = quoted(text, at);
          at = blank(text, end);
          if (text[at] !== ':') throw new Unreadable('lacks a colon', at);
          at = blank(text, at + 1);
          path.push(name);
        } else path.push(String(level.count));
        level.count++;
        break;
      }
      if (level.count === 0) leaf(path, null, keyAt);
      levels.pop();
      at = blank(text, at + 1);
    }
  }
}

/** The place behind blanks and comments. */
function blank(text: string, from: number): number {
  let at = from;
  for (;;) {
    const code = text.charCodeAt(at);
    if (code === 32 || code === 10 || code === 13 || code === 9 || code === 0xfeff) at++;
    else if (code === 47 && text[at + 1] === '/') {
      const end = text.indexOf('\n', at);
      at = end < 0 ? text.length : end;
    } else if (code === 47 && text[at + 1] === '*') {
      const end = text.indexOf('*/', at + 2);
      at = end < 0 ? text.length : end + 2;
    } else return at;
  }
}

function quoted(text: string, at: number): [string, number] {
  if (text[at] !== '"') throw new Unreadable(at >= text.length ? 'ends too early' : 'lacks a name in quotes', at);
  for (let end = at + 1; end < text.length; end++) {
    const char = text[end];
    if (char === '\\') end++;
    else if (char === '"') {
      const raw = text.slice(at, end + 1);
      if (!raw.includes('\\')) return [raw.slice(1, -1), end + 1];
      try {
        return [JSON.parse(raw) as string, end + 1];
      } catch {
        return [raw.slice(1, -1), end + 1];
      }
    } else if (char === '\n') break;
  }
  throw new Unreadable('has text without its closing quote', at);
}

const word = /[\w.+-]{1,64}/y;
function scalar(text: string, at: number): [string | number | boolean | null, number] {
  if (text[at] === '"') return quoted(text, at);
  word.lastIndex = at;
  const [raw] = word.exec(text) ?? [];
  if (raw === undefined) throw new Unreadable(at >= text.length ? 'ends too early' : 'lacks a value', at);
  const value = raw === 'true' ? true : raw === 'false' ? false : raw === 'null' ? null : Number(raw);
  if (Number.isNaN(value)) throw new Unreadable('has a word that is no value', at);
  return [value, at + raw.length];
}
