import type { Framing } from './format.js';

/** Longest record that is read; the rest of a longer one is passed over and the record is given as too long. */
export const maxRecordBytes = 1 << 20;
/** A quoted CSV field that spans more lines than this was never closed: its first line is taken as broken, the others stand. */
const maxQuotedLines = 200;

/**
 * Takes `bytes[start, end)` as one record (no line end). `line` is the physical line on which it begins. `tooLong`: only the
 * first bytes are given. The bytes are valid during the call only.
 */
export type OnRecord = (bytes: Buffer, start: number, end: number, line: number, tooLong: boolean) => void;

/** Cuts a stream of bytes into records; the result does not depend on how the stream is cut into chunks. */
export interface Framer {
  push(chunk: Buffer): void;
  end(): void;
  /** Physical lines so far; a last one without newline counts at `end`. */
  readonly lines: number;
}

/** `head`: the first bytes of the input (64 KiB do), which decide how JSON is laid out. */
export function createFramer(framing: Framing, head: Buffer, onRecord: OnRecord): Framer {
  if (framing === 'csv') return new CsvFramer(onRecord);
  if (framing === 'json' && isJsonDocument(head)) return new JsonFramer(onRecord);
  return new LineFramer(onRecord);
}

const NEWLINE = 10;
const CR = 13;
const QUOTE = 34;

class LineFramer implements Framer {
  lines = 0;
  #carry: Buffer[] = [];
  #carried = 0;
  readonly #onRecord: OnRecord;
  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
  }

  push(chunk: Buffer): void {
    let start = 0;
    for (;;) {
      const newline = chunk.indexOf(NEWLINE, start);
      if (newline < 0) break;
      this.lines++;
      if (this.#carried === 0) this.#emit(chunk, start, newline);
      else {
        this.#keep(chunk.subarray(start, newline));
        this.#flush();
      }
      start = newline + 1;
    }
    if (start < chunk.length) this.#keep(chunk.subarray(start));
  }

  end(): void {
    if (this.#carried === 0) return;
    this.lines++;
    this.#flush();
  }

  #emit(bytes: Buffer, start: number, end: number): void {
    const stop = end > start && bytes[end - 1] === CR ? end - 1 : end;
    const tooLong = stop - start > maxRecordBytes;
    this.#onRecord(bytes, start, tooLong ? start + maxRecordBytes : stop, this.lines, tooLong);
  }

  /** Keeps a copy: the caller may use its chunk again. Beyond the limit only the length is kept. */
  #keep(part: Buffer): void {
    const room = maxRecordBytes + 1 - this.#carried;
    if (room > 0) this.#carry.push(Buffer.from(part.subarray(0, room)));
    this.#carried += part.length;
  }

  #flush(): void {
    const tooLong = this.#carried > maxRecordBytes + 1;
    const bytes = Buffer.concat(this.#carry);
    this.#carry = [];
    this.#carried = 0;
    if (tooLong) this.#onRecord(bytes, 0, maxRecordBytes, this.lines, true);
    else this.#emit(bytes, 0, bytes.length);
  }
}

/** Lines, joined while a quoted field is open. */
class CsvFramer implements Framer {
  readonly #lines: LineFramer;
  readonly #onRecord: OnRecord;
  #open: { bytes: Buffer; line: number; tooLong: boolean }[] = [];
  #openBytes = 0;
  #quoted = false;
  constructor(onRecord: OnRecord) {
    this.#onRecord = onRecord;
    this.#lines = new LineFramer((bytes, start, end, line, tooLong) => this.#line(bytes, start, end, line, tooLong));
  }
  get lines(): number {
    return this.#lines.lines;
  }
  push(chunk: Buffer): void {
    this.#lines.push(chunk);
  }
  end(): void {
    this.#lines.end();
    while (this.#open.length > 0) this.#giveUp();
  }

  #line(bytes: Buffer, start: number, end: number, line: number, tooLong: boolean): void {
    const stillQuoted = !tooLong && endsQuoted(bytes, start, end, this.#quoted);
    if (this.#open.length === 0 && !stillQuoted) {
      this.#onRecord(bytes, start, end, line, tooLong);
      return;
    }
    this.#open.push({ bytes: Buffer.from(bytes.subarray(start, end)), line, tooLong });
    this.#openBytes += end - start;
    this.#quoted = stillQuoted;
    if (!stillQuoted) {
      const [first] = this.#open;
      const joined = Buffer.concat(
        this.#open.flatMap((part, i) => (i === 0 ? [part.bytes] : [Buffer.from('\n'), part.bytes])),
      );
      this.#reset();
      const size = Math.min(joined.length, maxRecordBytes);
      this.#onRecord(joined, 0, size, first?.line ?? line, joined.length > size);
    } else if (this.#open.length > maxQuotedLines || this.#openBytes > maxRecordBytes) this.#giveUp();
  }

  /** The quote was never closed: the first line stands alone, the others are read anew. */
  #giveUp(): void {
    const [first, ...rest] = this.#open;
    this.#reset();
    if (first === undefined) return;
    this.#onRecord(first.bytes, 0, first.bytes.length, first.line, first.tooLong);
    for (const part of rest) this.#line(part.bytes, 0, part.bytes.length, part.line, part.tooLong);
  }

  #reset(): void {
    this.#open = [];
    this.#openBytes = 0;
    this.#quoted = false;
  }
}

/** Whether a quoted field is open at the end of a line. A quote opens only where a field begins. */
function endsQuoted(bytes: Buffer, start: number, end: number, quoted: boolean): boolean {
  let open = quoted;
  // A view: the search must not run on through the rest of the chunk.
  const line = bytes.subarray(start, end);
  for (let i = line.indexOf(QUOTE); i >= 0; i = line.indexOf(QUOTE, i + 1)) {
    if (open) {
      if (line[i + 1] === QUOTE) i++;
      else open = false;
    } else {
      let before = i - 1;
      while (before >= 0 && line[before] === 32) before--;
      const byte = line[before];
      open = before < 0 || byte === 44 || byte === 59 || byte === 9 || byte === 124;
    }
  }
  return open;
}

/** Keys whose list of objects is what a wrapper object wraps. */
const listKeys = new Set(['records', 'items', 'value', 'result', 'results', 'entries', 'logs', 'data']);

/** Objects of arrays, wrapper objects or pretty-printed sequences, streamed. */
class JsonFramer implements Framer {
  lines = 0;
  readonly #onRecord: OnRecord;
  #parts: Buffer[] = [];
  #length = 0;
  #recordLine = 0;
  #inRecord = false;
  #depth = 0;
  /** Depth at which elements begin: 0 for a bare sequence, 1 in an array, 2 in a wrapper's list. */
  #base = 0;
  #string = false;
  #escape = false;
  #key: number[] = [];
  #listKey = false;
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
      if (byte === NEWLINE) this.lines++;
      if (this.#string) {
        if (this.#escape) this.#escape = false;
        else if (byte === 92) this.#escape = true;
        else if (byte === QUOTE) this.#string = false;
        if (this.#string && this.#base === 0 && this.#depth === 1 && this.#key.length < 16) this.#key.push(byte);
        continue;
      }
      if (byte === QUOTE) {
        this.#string = true;
        this.#key = [];
        this.#listKey = false;
      } else if (byte === 123) {
        if (!this.#inRecord && this.#depth === this.#base) {
          this.#inRecord = true;
          this.#recordLine = this.lines + 1;
          from = i;
        } else if (this.#listKey && this.#base === 0 && this.#depth === 2) {
          // `"records": [ {`: what began as a record is a wrapper, and this is its first element.
          this.#parts = [];
          this.#length = 0;
          this.#base = 2;
          this.#recordLine = this.lines + 1;
          from = i;
        }
        this.#listKey = false;
        this.#depth++;
      } else if (byte === 91) {
        if (!this.#inRecord && this.#depth === 0) this.#base = 1;
        else if (this.#base === 0 && this.#depth === 1)
          this.#listKey = listKeys.has(Buffer.from(this.#key).toString('latin1').toLowerCase());
        this.#depth++;
      } else if (byte === 125 || byte === 93) {
        if (this.#depth > 0) this.#depth--;
        this.#listKey = false;
        if (this.#inRecord && byte === 125 && this.#depth === this.#base) {
          this.#keep(chunk.subarray(from, i + 1));
          this.#emit();
        } else if (!this.#inRecord && this.#depth === 0) this.#base = 0;
        // The wrapper's list is closed: nothing after it, up to the end of the wrapper, is an element.
        else if (this.#base === 2 && this.#depth === 1) this.#base = Number.POSITIVE_INFINITY;
      } else if (this.#listKey && byte > 32) this.#listKey = false;
    }
    if (this.#inRecord) this.#keep(chunk.subarray(from));
  }

  end(): void {
    if (this.#sawBytes && !this.#endsWithNewline) this.lines++;
    if (this.#inRecord) this.#emit();
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
  if (/^\[\s*(\{|\]|$)/.test(text)) return true;
  if (!text.startsWith('{')) return false;
  const newline = text.indexOf('\n');
  const first = newline < 0 ? text : text.slice(0, newline);
  if (new RegExp(`^\\{(?:[^\\[{]*,)?\\s*"(?:${[...listKeys].join('|')})"\\s*:\\s*\\[\\s*(?:\\{|$)`, 'i').test(first))
    return true;
  const rest = newline < 0 ? '' : text.slice(newline + 1);
  try {
    JSON.parse(first);
    // One whole object a line; a single one may be a wrapper whose list stands behind other objects.
    return rest.trim() === '' && opensList(first);
  } catch {
    return opensList(first) || (newline >= 0 && !/^\s*(\{|<\d)/.test(rest));
  }
}

/** Whether a list of objects begins in the outermost object under one of the list keys. */
function opensList(text: string): boolean {
  let depth = 0;
  let key = '';
  for (let i = 0; i < text.length; i++) {
    const c = text[i];
    if (c === '"') {
      const begin = i + 1;
      for (i = begin; i < text.length && text[i] !== '"'; i++) if (text[i] === '\\') i++;
      key = text.slice(begin, i);
    } else if (c === '[' && depth === 1 && listKeys.has(key.toLowerCase())) {
      if (/^\s*(?:\{|$)/.test(text.slice(i + 1, i + 64))) return true;
      depth++;
    } else if (c === '{' || c === '[') depth++;
    else if (c === '}' || c === ']') depth--;
    else if (c === ',') key = '';
  }
  return false;
}
