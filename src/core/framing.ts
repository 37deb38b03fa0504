import type { Framing } from './format.js';
import { type Framer, maxRecordBytes, type OnRecord } from './framer.js';
import { isJsonDocument, JsonFramer } from './framing-json.js';

export { type Framer, maxRecordBytes, type OnRecord } from './framer.js';
export { isJsonDocument } from './framing-json.js';

/** A quoted CSV field that spans more lines than this was never closed: its first line is taken as broken, the others stand. */
const maxQuotedLines = 200;

/** `head`: the first bytes of the input (64 KiB do), which decide how JSON is laid out. */
export function createFramer(framing: Framing, head: Buffer, onRecord: OnRecord): Framer {
  if (framing === 'csv') return new CsvFramer(onRecord);
  if (framing === 'json' && isJsonDocument(head)) return new JsonFramer(onRecord);
  return new LineFramer(onRecord);
}

/** Whether the records of an input are its lines. */
export const framedByLines = (framing: Framing, head: Buffer): boolean =>
  framing === 'lines' || (framing === 'json' && !isJsonDocument(head));

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
