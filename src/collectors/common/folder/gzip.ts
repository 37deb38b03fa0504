import type { FileHandle } from 'node:fs/promises';
import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import { InputError, unpacked } from '../../../scan/decompress.js';
import { readRange } from './read-range.js';

/** What comes out of a compressed file: bytes, and marks where all before was proved whole. */
export type Piece =
  | { bytes: Buffer }
  /** Everything up to here has passed its checksum. `stored`: compressed bytes so far. */
  | { whole: true; stored: number }
  /** What is stored from here on cannot be read; always the last piece. The bytes since the last mark are worth nothing. */
  | { damage: string; stored: number };

const step = 1 << 16;
/** As for single files: a stream of zeros made to hurt is not followed. */
const bomb = { freeBytes: 1 << 30, ratio: 300 };

/** Unpacks member by member, so that what is whole in a cut, damaged or growing file is kept. Memory stays flat. */
export async function* unpack(handle: FileHandle, size: number, compression: 'gzip' | 'zstd'): AsyncGenerator<Piece> {
  if (compression === 'zstd') {
    try {
      for await (const bytes of unpacked(readRange(handle, 0, size), 'zstd')) yield { bytes };
      yield { whole: true, stored: size };
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
      yield { damage: error.message.split(':')[0] ?? '', stored: 0 };
    }
    return;
  }
  let at = 0;
  let written = 0;
  while (at < size) {
    const begin = await memberData(handle, at, size);
    if (typeof begin === 'string') {
      yield { damage: begin, stored: at };
      return;
    }
    // Blocks of zeros behind the last member (tapes, some copies) mean nothing.
    if (begin === undefined) return;
    let sum = 0;
    let length = 0;
    const inflater = new Inflater();
    try {
      let fed = begin;
      while (!inflater.ended && inflater.failure === undefined && fed < size) {
        const input = await readExact(handle, fed, Math.min(step, size - fed));
        if (input.length === 0) break;
        fed += input.length;
        for (const bytes of await inflater.write(input)) {
          sum = crc32(bytes, sum);
          length += bytes.length;
          written += bytes.length;
          yield { bytes };
        }
        if (written > bomb.freeBytes && written > fed * bomb.ratio) {
          yield { damage: `unpacks to more than ${bomb.ratio} times its size`, stored: at };
          return;
        }
      }
      const trailer = inflater.ended ? await readExact(handle, begin + inflater.consumed, 8) : undefined;
      const why = judge(inflater, trailer, sum, length);
      if (why !== undefined || trailer === undefined) {
        yield { damage: why ?? 'cut', stored: at };
        return;
      }
      at = begin + inflater.consumed + 8;
    } finally {
      inflater.close();
    }
    yield { whole: true, stored: at };
  }
}

function judge(inflater: Inflater, trailer: Buffer | undefined, sum: number, length: number): string | undefined {
  if (inflater.failure !== undefined) return 'damaged';
  if (trailer === undefined || trailer.length < 8) return 'cut';
  const good = trailer.readUInt32LE(0) === sum && trailer.readUInt32LE(4) === length % 2 ** 32;
  return good ? undefined : 'damaged (wrong checksum)';
}

/** Longest header of a member that is believed; names and comments are short. */
const maxHeader = 1 << 17;

/** Where the deflated data of the member at `at` begin (RFC 1952, section 2.3); a text says why there is none, `undefined` that only zeros follow. */
async function memberData(handle: FileHandle, at: number, size: number): Promise<number | string | undefined> {
  const head = await readExact(handle, at, Math.min(maxHeader, size - at, 1 << 10));
  if (head[0] === 0 && (await onlyZeros(handle, at, size))) return undefined;
  if ((head[0] ?? 0x1f) !== 0x1f || (head[1] ?? 0x8b) !== 0x8b || (head[2] ?? 8) !== 8) return 'no gzip data';
  if (head.length < 10) return 'cut';
  const flags = head[3] ?? 0;
  if ((flags & 0xe0) !== 0) return 'damaged';
  let bytes = head;
  let end = 10;
  const need = async (count: number): Promise<boolean> => {
    if (count > bytes.length) bytes = await readExact(handle, at, Math.min(maxHeader, size - at));
    return count <= bytes.length;
  };
  if ((flags & 4) !== 0) {
    if (!(await need(end + 2))) return 'cut';
    end += 2 + bytes.readUInt16LE(end);
  }
  for (const flag of [8, 16]) {
    if ((flags & flag) === 0) continue;
    let zero = bytes.indexOf(0, end);
    if (zero < 0 && (await need(bytes.length + 1))) zero = bytes.indexOf(0, end);
    if (zero < 0) return bytes.length >= maxHeader ? 'damaged' : 'cut';
    end = zero + 1;
  }
  if ((flags & 2) !== 0) end += 2;
  return at + end > size ? 'cut' : at + end;
}

async function onlyZeros(handle: FileHandle, from: number, to: number): Promise<boolean> {
  for await (const bytes of readRange(handle, from, to)) if (bytes.some((byte) => byte !== 0)) return false;
  return true;
}

/** Up to `length` bytes; fewer only at the end of the file. */
async function readExact(handle: FileHandle, from: number, length: number): Promise<Buffer> {
  const parts: Buffer[] = [];
  for await (const bytes of readRange(handle, from, from + length)) parts.push(Buffer.from(bytes));
  return Buffer.concat(parts);
}

/** zlib's raw inflate, one step at a time; it tells where the data end. */
class Inflater {
  ended = false;
  failure: Error | undefined;
  readonly #stream: InflateRaw = createInflateRaw({ chunkSize: 1 << 16 });
  #ready: Buffer[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    this.#stream.on('data', (bytes: Buffer) => this.#ready.push(bytes));
    this.#stream.on('error', (error) => {
      this.failure = error;
      this.#wake?.();
    });
    this.#stream.on('end', () => {
      this.ended = true;
      this.#wake?.();
    });
  }

  /** Compressed bytes that were used. */
  get consumed(): number {
    return this.#stream.bytesWritten;
  }

  async write(bytes: Buffer): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      // A step that ends or fails never calls back: the events do instead.
      this.#wake = resolve;
      this.#stream.write(bytes, () => setImmediate(resolve));
    });
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }

  close(): void {
    this.#stream.destroy();
  }
}
