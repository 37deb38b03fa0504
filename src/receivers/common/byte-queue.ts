/** Bytes of a stream, taken in the pieces that a parser needs. */
export class ByteQueue {
  /** Bytes that were taken off the stream. */
  read = 0;
  readonly #source: AsyncIterator<Uint8Array>;
  #held: Buffer[] = [];
  #length = 0;
  #ended = false;

  constructor(source: AsyncIterable<Uint8Array>) {
    this.#source = source[Symbol.asyncIterator]();
  }

  /** Exactly `count` bytes; fewer only at the end of the stream. */
  async take(count: number): Promise<Buffer> {
    while (this.#length < count && (await this.#more()));
    return this.#cut(count);
  }

  /** Up to `count` bytes, as many as are at hand; empty only at the end of the stream. */
  async some(count: number): Promise<Buffer> {
    while (this.#length === 0 && (await this.#more()));
    return this.#cut(Math.min(count, this.#held[0]?.length ?? 0));
  }

  /** Gives bytes back, to be taken again. */
  unread(bytes: Buffer): void {
    if (bytes.length === 0) return;
    this.#held.unshift(bytes);
    this.#length += bytes.length;
  }

  async #more(): Promise<boolean> {
    if (this.#ended) return false;
    const next = await this.#source.next();
    if (next.done === true) {
      this.#ended = true;
      return false;
    }
    const { value } = next;
    this.read += value.length;
    if (value.length === 0) return true;
    this.#held.push(Buffer.from(value.buffer, value.byteOffset, value.byteLength));
    this.#length += value.length;
    return true;
  }

  /** Joins pieces once for each cut: a stream of single bytes must not cost more than its length. */
  #cut(count: number): Buffer {
    let first = this.#held[0] ?? Buffer.alloc(0);
    if (first.length < Math.min(count, this.#length)) {
      first = Buffer.concat(this.#held);
      this.#held = [first];
    }
    const bytes = first.subarray(0, count);
    const rest = first.subarray(bytes.length);
    this.#length -= bytes.length;
    if (rest.length > 0) this.#held[0] = rest;
    else this.#held.shift();
    return bytes;
  }
}
