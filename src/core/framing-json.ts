import { type Framer, maxRecordBytes, type OnRecord } from './framer.js';

const NEWLINE = 10;
const QUOTE = 34;

/** Keys whose list of objects is what a wrapper object wraps. */
const listKeys = new Set(['records', 'items', 'value', 'result', 'results', 'entries', 'logs', 'data', 'authlogs']);
/** Keys whose object may hold such a list: `{"response": {"authlogs": [...]}}`. */
const outerKeys = new Set(['response', 'data', 'result', 'd']);

/**
 * Objects of arrays, wrapper objects or pretty-printed sequences, streamed. A string never holds a line end, so one that does
 * was never closed: it ends there, and what begins on a later line where this record began is the next record.
 */
export class JsonFramer implements Framer {
  lines = 0;
  readonly #onRecord: OnRecord;
  #parts: Buffer[] = [];
  #length = 0;
  #recordLine = 0;
  #inRecord = false;
  #depth = 0;
  /** Depth at which elements begin: 0 for a bare sequence, 1 in an array, 2 or 3 in a wrapper's list. */
  #base = 0;
  #string = false;
  #escape = false;
  #key: number[] = [];
  #listKey = false;
  #outerKey = false;
  /** A string of the record was never closed. */
  #torn = false;
  /** Only blanks so far on this line, and how many; and how many stood before the record. */
  #blank = true;
  #column = 0;
  #recordColumn = 0;
  #sawBytes = false;
  #endsWithNewline = true;
  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    if (chunk.length === 0) return;
    this.#sawBytes = true;
    this.#endsWithNewline = chunk[chunk.length - 1] === NEWLINE;
    let from = 0;
    for (let i = 0; i < chunk.length; i++) {
      const byte = chunk[i] ?? 0;
      if (byte === NEWLINE) {
        this.lines++;
        this.#blank = true;
        this.#column = 0;
        this.#torn ||= this.#string && this.#inRecord;
        this.#string = false;
        this.#escape = false;
        continue;
      }
      if (this.#string) {
        if (this.#escape) this.#escape = false;
        else if (byte === 92) this.#escape = true;
        else if (byte === QUOTE) this.#string = false;
        if (this.#string && this.#base === 0 && this.#depth <= 2 && this.#key.length < 16) this.#key.push(byte);
        continue;
      }
      if (byte <= 32) {
        if (this.#blank) this.#column++;
        continue;
      }
      const leads = this.#blank;
      this.#blank = false;
      if (byte === QUOTE) {
        this.#string = true;
        this.#key = [];
        this.#listKey = false;
      } else if (byte === 123) {
        if (this.#torn && leads && this.#inRecord && this.#column <= this.#recordColumn) {
          this.#keep(chunk.subarray(from, i));
          this.#emit();
          this.#depth = this.#base;
        }
        if (!this.#inRecord && this.#depth === this.#base) {
          this.#begin(leads);
          from = i;
        } else if (this.#listKey && this.#base === 0) {
          // `"records": [ {`: what began as a record is a wrapper, and this is its first element.
          this.#parts = [];
          this.#length = 0;
          this.#base = this.#depth;
          this.#begin(leads);
          from = i;
        } else if (this.#base === 0 && this.#depth === 1) this.#outerKey = outerKeys.has(this.#lastKey());
        this.#listKey = false;
        this.#depth++;
      } else if (byte === 91) {
        if (!this.#inRecord && this.#depth === 0) this.#base = 1;
        else if (this.#base === 0 && (this.#depth === 1 || (this.#depth === 2 && this.#outerKey)))
          this.#listKey = listKeys.has(this.#lastKey());
        this.#depth++;
      } else if (byte === 125 || byte === 93) {
        if (this.#depth > 0) this.#depth--;
        this.#listKey = false;
        if (this.#depth < 2) this.#outerKey = false;
        if (this.#inRecord && byte === 125 && this.#depth === this.#base) {
          this.#keep(chunk.subarray(from, i + 1));
          this.#emit();
        } else if (!this.#inRecord && this.#depth === 0) this.#base = 0;
        // The wrapper's list is closed: nothing after it, up to the end of the wrapper, is an element.
        else if (this.#base >= 2 && this.#depth < this.#base) this.#base = Number.POSITIVE_INFINITY;
      } else this.#listKey = false;
    }
    if (this.#inRecord) this.#keep(chunk.subarray(from));
  }

  end(): void {
    if (this.#sawBytes && !this.#endsWithNewline) this.lines++;
    if (this.#inRecord) this.#emit();
  }

  #begin(leads: boolean): void {
    this.#inRecord = true;
    this.#recordLine = this.lines + 1;
    this.#recordColumn = leads ? this.#column : 0;
  }

  #lastKey(): string {
    return Buffer.from(this.#key).toString('latin1').toLowerCase();
  }

  #keep(part: Buffer): void {
    const room = maxRecordBytes - this.#length;
    if (room > 0) this.#parts.push(Buffer.from(part.subarray(0, room)));
    this.#length += part.length;
  }

  #emit(): void {
    const bytes = Buffer.concat(this.#parts);
    const tooLong = this.#length > maxRecordBytes;
    this.#parts = [];
    this.#length = 0;
    this.#inRecord = false;
    this.#torn = false;
    this.#onRecord(bytes, 0, bytes.length, this.#recordLine, tooLong);
  }
}

/**
 * Whether an input holds JSON that is not one object a line: an array, a wrapper object, pretty-printed objects. One object
 * a line is safer to read line by line: a broken one then costs only itself.
 */
export function isJsonDocument(head: Buffer): boolean {
  const text = head
    .toString('utf8')
    .replace(/^\uFEFF/, '')
    .trimStart();
  if (/^\[\s*(\{|\]|\/[/*]|$)/.test(text)) return true;
  if (!text.startsWith('{')) return false;
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  if (new RegExp(`^\\{(?:[^\\[{]*,)?\\s*"(?:${[...listKeys].join('|')})"\\s*:\\s*\\[\\s*(?:\\{|$)`, 'i').test(first))
    return true;
  const rest = newline < 0 ? '' : text.slice(newline + 1);
  if (objectFollows(first)) return true;
  // One whole object a line; a single one may be a wrapper whose list stands behind other objects.
  if (isJson(first)) return rest.trim() === '' && opensList(first);
  return opensList(first) || (newline >= 0 && !/^\s*(\{|<\d)/.test(rest));
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

/** Whether one more object is to come right behind the first: records stored without anything between them, a cut array. */
function objectFollows(text: string): boolean {
  let depth = 0;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      for (i++; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
    } else if (c === '{') depth++;
    else if (c === '}' && --depth === 0)
      return /^\s{0,8}(?:\{|,\s{0,8}(?:\{|$))/.test(text.slice(i + 1, i + 20)) && isJson(text.slice(0, i + 1));
  }
  return false;
}

/** Whether a list of objects begins under one of the list keys, in the outermost object or in one under an outer key. */
function opensList(text: string): boolean {
  let depth = 0;
  let key = '';
  let outer = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const begin = i + 1;
      for (i = begin; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      key = text.slice(begin, i);
    } else if (c === '[' && (depth === 1 || (depth === 2 && outer)) && listKeys.has(key.toLowerCase())) {
      if (/^\s*(?:\{|$)/.test(text.slice(i + 1, i + 64))) return true;
      depth++;
    } else if (c === '{' || c === '[') {
      if (depth === 1) outer = c === '{' && outerKeys.has(key.toLowerCase());
      depth++;
    } else if (c === '}' || c === ']') depth--;
    else if (c === ',') key = '';
  }
  return false;
}
