import { writeSync } from 'node:fs';

/** Text that is written often, as bytes. */
export const bytes = (text: string): Buffer => Buffer.from(text, 'latin1');

const size = 1 << 20;
/** No line is longer; beyond this fill the buffer is written out. */
const longestLine = 32_768;
/** From this length on `set` is faster than a loop. */
const longPiece = 48;

/** Collects lines byte by byte: strings for ten million lines would take minutes. */
export class ByteWriter {
  readonly buffer = Buffer.allocUnsafeSlow(size);
  at = 0;
  /** Bytes written out before those in the buffer. */
  #before = 0;
  readonly #file: number;

  constructor(file: number) {
    this.#file = file;
  }

  get total(): number {
    return this.#before + this.at;
  }

  put(piece: Uint8Array): void {
    const { buffer } = this;
    const { length } = piece;
    const at = this.at;
    if (length >= longPiece) buffer.set(piece, at);
    else for (let i = 0; i < length; i++) buffer[at + i] = piece[i] as number;
    this.at = at + length;
  }

  byte(value: number): void {
    this.buffer[this.at++] = value;
  }

  /** A whole number from 0 to 2^31 - 1, in decimal. */
  number(value: number): void {
    let width = 1;
    for (let power = 10; value >= power; power *= 10) width++;
    this.padded(value, width);
  }

  /** The same with leading zeros, or with other bytes in their place. */
  padded(value: number, width: number): void {
    const { buffer } = this;
    let rest = value;
    for (let at = this.at + width - 1; at >= this.at; at--) {
      const next = (rest / 10) | 0;
      buffer[at] = 48 + rest - next * 10;
      rest = next;
    }
    this.at += width;
  }

  /** Right-aligned between blanks, as Squid writes durations. */
  aligned(value: number, width: number): void {
    for (let power = 10, room = width - 1; room > 0; room--, power *= 10) if (value < power) this.byte(32);
    this.number(value);
  }

  /** Between lines. */
  flushIfFull(): void {
    if (this.at > size - longestLine) this.flush();
  }

  flush(): void {
    for (let from = 0; from < this.at; ) from += writeSync(this.#file, this.buffer, from, this.at - from);
    this.#before += this.at;
    this.at = 0;
  }
}
