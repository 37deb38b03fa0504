import type { FileHandle } from 'node:fs/promises';
import { type Compression, compressionOf } from '../../../scan/decompress.js';
import type { Found } from './found.js';
import { type Piece, unpack } from './gzip.js';
import { openInside } from './open-inside.js';
import { readRange } from './read-range.js';

/** The content of an opened file as a stream: unpacked, without the hole in front. */
export class Content {
  readonly handle: FileHandle;
  readonly compression: Compression;
  /** Bytes of a hole in front that do not belong to the stream. */
  readonly skip: number;
  readonly #size: number;

  constructor(handle: FileHandle, size: number, compression: Compression, skip: number) {
    this.handle = handle;
    this.compression = compression;
    this.skip = skip;
    this.#size = size;
  }

  get packed(): boolean {
    return this.compression === 'gzip' || this.compression === 'zstd';
  }

  /** Of a file that is not packed: bytes of the stream. */
  get length(): number {
    return this.#size - this.skip;
  }

  /** The same file with a longer hole in front. */
  behind(skip: number): Content {
    return new Content(this.handle, this.#size, this.compression, skip);
  }

  /** The stream from `from` on, with marks (see `Piece`); what is not packed ends with a mark. */
  async *pieces(from: number, to = Number.POSITIVE_INFINITY): AsyncGenerator<Piece> {
    if (this.compression !== 'gzip' && this.compression !== 'zstd') {
      const end = Math.min(this.skip + to, this.#size);
      for await (const bytes of readRange(this.handle, this.skip + from, end)) yield { bytes };
      yield { whole: true, stored: end };
      return;
    }
    let at = 0;
    for await (const piece of unpack(this.handle, this.#size, this.compression)) {
      if (!('bytes' in piece)) yield piece;
      else {
        const start = Math.max(0, from - at);
        const bytes = piece.bytes.subarray(start, Math.max(0, to - at));
        at += piece.bytes.length;
        if (start < piece.bytes.length && bytes.length > 0) yield { bytes };
        if (at >= to) return;
      }
    }
  }

  /** Only the bytes, up to damage. */
  async *bytes(from: number, to?: number): AsyncGenerator<Buffer> {
    for await (const piece of this.pieces(from, to)) if ('bytes' in piece) yield piece.bytes;
  }

  /** The first bytes of the stream, at most `length`. */
  async head(length: number): Promise<Buffer> {
    const parts: Buffer[] = [];
    for await (const bytes of this.bytes(0, length)) parts.push(bytes);
    return Buffer.concat(parts);
  }
}

/** A file opened, as it was at that moment. */
export interface Opened {
  file: Found;
  content: Content;
  close(): Promise<void>;
}

/** Opens a file of the folder. `skip`: the hole in front, where it is known. @throws as `openInside` */
export async function openContent(root: Buffer, path: string, skip = 0): Promise<Opened> {
  const { handle, file } = await openInside(root, path);
  try {
    const { bytesRead, buffer } = await handle.read(Buffer.alloc(4), 0, 4, 0);
    const compression = compressionOf(buffer.subarray(0, bytesRead));
    return { file, content: new Content(handle, file.size, compression, skip), close: () => handle.close() };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Opens it only if it is still the same file and holds what was seen. `undefined`: it is not, or cannot be opened now. */
export async function reopen(
  root: Buffer,
  file: Pick<Found, 'path' | 'dev' | 'ino'>,
  skip = 0,
): Promise<Opened | undefined> {
  try {
    const opened = await openContent(root, file.path, skip);
    if (opened.file.dev === file.dev && opened.file.ino === file.ino) return opened;
    await opened.close();
  } catch {
    // Gone, refused or not readable: for whom asks that is the same.
  }
  return undefined;
}

/** Whether two streams hold the same bytes in `[from, to)`; `longer`: only as far as the second reaches, which must be further than `from`. */
export async function sameBytes(
  one: Content,
  other: Content,
  from: number,
  to: number,
): Promise<'same' | 'shorter' | 'different'> {
  const others = other.bytes(from, to);
  let rest: Buffer = Buffer.alloc(0);
  try {
    for await (const bytes of one.bytes(from, to)) {
      let at = 0;
      while (at < bytes.length) {
        if (rest.length === 0) {
          const next = await others.next();
          if (next.done === true) return 'shorter';
          rest = next.value;
        }
        const count = Math.min(rest.length, bytes.length - at);
        if (rest.compare(bytes, at, at + count, 0, count) !== 0) return 'different';
        rest = rest.subarray(count);
        at += count;
      }
    }
    return 'same';
  } finally {
    await others.return(undefined);
  }
}
