import { createFramer, type Framer, type OnRecord } from '../../core/framing.js';
import type { Layout } from '../../core/layout.js';
import { atLimit, atLine, type Kernel } from './kernel.js';

const NEWLINE = 10;
const CR = 13;

/** Of each so many bytes of an input the first line is read in full, so that the time that it covers is known. */
const readInFullEvery = 1 << 20;
/** Tokens of one line that are judged before it is read in full. */
const maxTokens = 64;

const nothing = Buffer.alloc(0);

/** What becomes of lines. */
export interface LineSink {
  /** Reads a line in full. */
  read: OnRecord;
  /** So many lines were each surely one event without a hit. */
  passed(lines: number): void;
  /** As lines look from now on; undefined: all are read. */
  layout(): Layout | undefined;
}

/** Cuts a stream into lines; those that the kernel finds ordinary are only counted. Which ones does not depend on how the stream is cut. */
export class KernelLines implements Framer {
  lines = 0;
  readonly #kernel: Kernel;
  readonly #sink: LineSink;
  /** Bytes in the kernel's memory, all of a line that has not ended; and where in the input the first of them stands. */
  #have = 0;
  #offset: number;
  /** The part of the input of which the first line was read in full. */
  #readPart: number;
  /** Takes a line that is longer than the kernel's memory. */
  #long: Framer | undefined;

  /** The last whole line, if it was passed over. */
  #last: Buffer | undefined;

  /** `offset`: where in its input the first byte stands; `begin`: no line that begins before is of this stream, and all others are. */
  constructor(kernel: Kernel, sink: LineSink, offset = 0, begin = offset) {
    this.#kernel = kernel;
    this.#sink = sink;
    this.#offset = offset;
    this.#readPart = Math.floor((begin - 1) / readInFullEvery);
  }

  /** Of the lines so far the last, if it was not read: it tells how far the input goes. Asked at the end. */
  get last(): Buffer | undefined {
    return this.#last;
  }

  push(chunk: Buffer): void {
    for (let at = 0; at < chunk.length; ) {
      const space = this.space();
      const length = Math.min(space.length, chunk.length - at);
      chunk.copy(space, 0, at, at + length);
      at += length;
      this.filled(length);
    }
  }

  /** Where the next bytes of the stream may be put, instead of pushing them. */
  space(): Buffer {
    const { bytes, input, inputSize } = this.#kernel;
    return bytes.subarray(input + this.#have, input + inputSize);
  }

  /** So many bytes were put into `space`. */
  filled(length: number): void {
    const { bytes, input, inputSize } = this.#kernel;
    let from = input;
    const to = input + this.#have + length;
    if (this.#long !== undefined) {
      from = this.#goOnLong(bytes.subarray(from, to)) + input;
      if (this.#long !== undefined) return;
    }
    const fresh = bytes.subarray(Math.max(from, input + this.#have), to);
    const end = fresh.byteOffset - bytes.byteOffset + fresh.lastIndexOf(NEWLINE) + 1;
    if (fresh.includes(NEWLINE)) {
      this.#lines(from, end);
      if (this.#last !== undefined) {
        const start = bytes.lastIndexOf(NEWLINE, end - 2) + 1;
        const stop = bytes[end - 2] === CR ? end - 2 : end - 1;
        this.#last = Buffer.from(bytes.subarray(Math.max(start, from), stop));
      }
      from = end;
    }
    this.#offset += from - input;
    this.#have = to - from;
    if (from > input && this.#have > 0) bytes.copyWithin(input, from, to);
    if (this.#have === inputSize) {
      this.#long = createFramer('lines', Buffer.alloc(0), (line, start, stop, _line, tooLong) => {
        this.lines++;
        this.#last = undefined;
        this.#sink.read(line, start, stop, this.lines, tooLong);
      });
      this.#long.push(bytes.subarray(input, input + inputSize));
      this.#readPart = Math.floor(this.#offset / readInFullEvery);
      this.#offset += inputSize;
      this.#have = 0;
    }
  }

  /** Gives what belongs to the long line to its framer; says how much that was. */
  #goOnLong(bytes: Buffer): number {
    const newline = bytes.indexOf(NEWLINE);
    const length = newline < 0 ? bytes.length : newline + 1;
    this.#long?.push(bytes.subarray(0, length));
    if (newline >= 0) this.#long = undefined;
    else this.#offset += length;
    return length;
  }

  end(): void {
    this.#long?.end();
    this.#long = undefined;
    const { bytes, input } = this.#kernel;
    if (this.#have === 0) return;
    const stop = input + this.#have;
    this.#have = 0;
    this.#read(bytes, input, bytes[stop - 1] === CR ? stop - 1 : stop);
  }

  #read(bytes: Buffer, start: number, stop: number): void {
    this.lines++;
    this.#last = undefined;
    this.#sink.read(bytes, start, stop, this.lines, false);
  }

  /** Whole lines at `[from, end)` of the kernel's memory. */
  #lines(from: number, end: number): void {
    const kernel = this.#kernel;
    const { bytes, input } = kernel;
    const base = this.#offset - input;
    kernel.refresh();
    let layout = this.#layout();
    let asked = 0;
    for (let at = from; at < end; ) {
      const part = Math.floor((base + at) / readInFullEvery);
      if (layout === undefined || part !== this.#readPart) {
        this.#readPart = part;
        const newline = bytes.indexOf(NEWLINE, at);
        this.#read(bytes, at, newline > at && bytes[newline - 1] === CR ? newline - 1 : newline);
        layout = this.#layout();
        at = newline + 1;
        continue;
      }
      const why = kernel.scan(at, Math.min(end, (part + 1) * readInFullEvery - base), end);
      const { passed } = kernel;
      at = kernel.next;
      if (passed > 0) {
        this.lines += passed;
        this.#sink.passed(passed);
        this.#last = nothing;
        asked = 0;
      }
      if (why === atLimit) continue;
      const { lineStart, lineStop } = kernel;
      if (why === atLine || asked++ === maxTokens || !kernel.judgeToken()) {
        asked = 0;
        this.#read(bytes, lineStart, lineStop);
        layout = this.#layout();
        at = bytes[lineStop] === NEWLINE ? lineStop + 1 : lineStop + 2;
      }
    }
  }

  #layout(): Layout | undefined {
    const layout = this.#sink.layout();
    if (layout !== undefined) this.#kernel.load(layout);
    return layout;
  }
}
