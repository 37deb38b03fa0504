import { createHash } from 'node:crypto';
import { closeSync, openSync, readSync } from 'node:fs';
import { setImmediate as nextTurn } from 'node:timers/promises';
import { compressionOf } from './decompress.js';
import { headBytes, type InputSource } from './input.js';

const headSpace = Buffer.alloc(headBytes);

/** A file that is read from its disk without a stream; and by several threads, a part each time. */
export class OpenFile {
  readonly #fd: number;
  /** The first bytes. */
  readonly head: Buffer;

  /** @throws Error of the file system */
  constructor(path: string) {
    this.#fd = openSync(path, 'r');
    try {
      let length = 0;
      for (let more = 1; more > 0 && length < headBytes; length += more)
        more = readSync(this.#fd, headSpace, length, headBytes - length, length);
      // A copy as long as need be: many small files would otherwise leave as many large buffers behind.
      this.head = Buffer.from(headSpace.subarray(0, length));
    } catch (error) {
      this.close();
      throw error;
    }
  }

  /** Its bytes are text as it is: neither compressed nor UTF-16. */
  get plain(): boolean {
    const [a, b] = this.head;
    return compressionOf(this.head) === 'none' && !(a === 0xff && b === 0xfe) && !(a === 0xfe && b === 0xff);
  }

  /** Where the first line begins that begins at `at` or behind it; `end` where there is none before it. */
  lineFrom(at: number, end: number): number {
    if (at === 0) return 0;
    const bytes = Buffer.allocUnsafe(4096);
    for (let from = at - 1; from < end; ) {
      const length = readSync(this.#fd, bytes, 0, Math.min(bytes.length, end - from), from);
      if (length === 0) break;
      const newline = bytes.subarray(0, length).indexOf(10);
      if (newline >= 0) return from + newline + 1;
      from += length;
    }
    return end;
  }

  /** Reads `[from, to)` through `into`, which says where bytes go, and `filled`. Others get their turn in between. */
  async read(
    from: number,
    to: number,
    into: (most: number) => Buffer,
    filled: (length: number) => void,
  ): Promise<void> {
    let turn = from;
    for (let at = from; at < to; ) {
      const space = into(Math.min(readBytes, to - at));
      const length = readSync(this.#fd, space, 0, Math.min(space.length, readBytes, to - at), at);
      if (length === 0) return;
      at += length;
      filled(length);
      if (at - turn >= turnBytes) {
        turn = at;
        await nextTurn();
      }
    }
  }

  /** SHA-256 of the first `length` bytes, in hex. */
  async sha256(length: number): Promise<string> {
    const hash = createHash('sha256');
    const space = Buffer.allocUnsafe(readBytes);
    const into = (): Buffer => space;
    await this.read(0, length, into, (more) => hash.update(space.subarray(0, more)));
    return hash.digest('hex');
  }

  close(): void {
    closeSync(this.#fd);
  }
}

const readBytes = 1 << 18;
const turnBytes = 1 << 21;

/** Bytes of a part; where it is another number, a multiple of 64 KiB, of each of which the kernel reads the first line in full. */
export const defaultPartBytes = 16 << 20;
/** Lines of parts are numbered by part until it is known how many came before. */
const linesOfPart = 2 ** 33;
export const firstLineOf = (part: number): number => part * linesOfPart + 1;

/** Turns such numbers into those of the file; `before`: lines before each part. */
export const lineOf = (line: number, before: readonly number[]): number =>
  (before[Math.floor(line / linesOfPart)] ?? 0) + (line % linesOfPart);

/** What threads need to read one file together. */
export interface PartsJob {
  source: Extract<InputSource, { kind: 'file' }>;
  /** Of the file when it was looked at; what is appended meanwhile is not read. */
  size: number;
  partBytes: number;
  /** The next part that nobody has taken: one number that all threads count up. */
  counter: SharedArrayBuffer;
}

export const partsJob = (source: PartsJob['source'], size: number, partBytes: number): PartsJob => ({
  source,
  size,
  partBytes,
  counter: new SharedArrayBuffer(4),
});

/** The next part of a file, for this thread alone; undefined when all are taken. */
export function takePart({ counter, size, partBytes }: PartsJob): number | undefined {
  const part = Atomics.add(new Int32Array(counter), 0, 1);
  return part * partBytes < size ? part : undefined;
}

/** All parts are taken; threads that come too late find none. */
export const partsLeft = ({ counter, size, partBytes }: PartsJob): boolean =>
  Atomics.load(new Int32Array(counter), 0) * partBytes < size;

/** Of a part that was read: its lines, and what the reader had in mind before and behind it. */
export interface PartReport {
  part: number;
  lines: number;
  before: string;
  behind: string;
}

/**
 * Lines before each part, when the parts add up to the file: each was read as what came before it demands. Undefined where a
 * header in the middle changed how lines are read.
 */
export function linesBefore(reports: readonly PartReport[]): number[] | undefined {
  const before: number[] = [];
  let [lines, state]: [number, string | undefined] = [0, undefined];
  for (const report of reports.toSorted((a, b) => a.part - b.part)) {
    if (report.part !== before.length || (state !== undefined && report.before !== state)) return undefined;
    before.push(lines);
    lines += report.lines;
    state = report.behind;
  }
  return before;
}
