// The part of DER (X.690) that time stamps need: one way to write each thing, and nothing but that is read.

/** One element. */
export interface Der {
  tag: number;
  /** What it holds. */
  content: Buffer;
  /** With its tag and length. */
  whole: Buffer;
}

/** The bytes are not DER, or not what has to stand there. */
export class DerError extends Error {}

export const tags = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  null: 0x05,
  oid: 0x06,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;

/** Reads elements one behind the other. */
export class DerReader {
  readonly #bytes: Buffer;
  #at = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  get done(): boolean {
    return this.#at === this.#bytes.length;
  }

  /** The next element, of whatever tag or of this one. @throws DerError */
  next(tag?: number): Der {
    const bytes = this.#bytes;
    const start = this.#at;
    const found = bytes[start];
    const first = bytes[start + 1];
    if (found === undefined || first === undefined) throw new DerError('it is cut');
    if ((found & 0x1f) === 0x1f) throw new DerError('a long tag');
    let [length, at] = [first, start + 2];
    if (first >= 0x80) {
      const digits = first & 0x7f;
      if (digits === 0 || digits > 3 || at + digits > bytes.length) throw new DerError('a length that is none');
      length = bytes.readUIntBE(at, digits);
      if (length < 0x80 || length < 2 ** (8 * (digits - 1))) throw new DerError('a length that is written too long');
      at += digits;
    }
    if (at + length > bytes.length) throw new DerError('it is cut');
    if (tag !== undefined && found !== tag) throw new DerError(`tag ${found} where ${tag} has to be`);
    this.#at = at + length;
    return { tag: found, content: bytes.subarray(at, at + length), whole: bytes.subarray(start, at + length) };
  }

  /** The next element if it has this tag. @throws DerError where what stands there is not DER */
  optional(tag: number): Der | undefined {
    return this.#bytes[this.#at] === tag ? this.next(tag) : undefined;
  }

  /** Reads what an element of this tag holds. @throws DerError */
  inside(tag: number): DerReader {
    return new DerReader(this.next(tag).content);
  }

  /** @throws DerError where something is left */
  end(): void {
    if (!this.done) throw new DerError('something stands behind what has to be there');
  }
}

/** An element with this tag. */
export function der(tag: number, ...parts: readonly Uint8Array[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  const digits = length < 0x80 ? 0 : length < 0x100 ? 1 : length < 0x1_0000 ? 2 : 3;
  const head = Buffer.alloc(2 + digits);
  head[0] = tag;
  head[1] = digits === 0 ? length : 0x80 + digits;
  if (digits > 0) head.writeUIntBE(length, 2, digits);
  return Buffer.concat([head, content]);
}

/** A number that is not below 0, from its bytes. */
export function derInteger(bytes: Uint8Array): Buffer {
  let from = 0;
  while (from < bytes.length - 1 && bytes[from] === 0) from++;
  const rest = bytes.subarray(from);
  return der(tags.integer, (rest[0] ?? 0) >= 0x80 || rest.length === 0 ? Buffer.of(0) : Buffer.alloc(0), rest);
}
