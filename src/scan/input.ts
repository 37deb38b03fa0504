import { closeSync, createReadStream, openSync, readSync } from 'node:fs';
import type { Readable } from 'node:stream';
import { compressionOf, InputError, unpacked } from './decompress.js';

/** First bytes of an input, which decide its format and layout. */
export const headBytes = 65_536;
const chunkBytes = 1 << 18;

/** One input: a file, an entry of an archive, or standard input; not yet decompressed. */
export interface Input {
  /** As shown: path as the user gave it, `archive.zip/entry`, or `standard input`. */
  readonly name: string;
  /** When it was last written, milliseconds since 1970. */
  readonly modified: number;
  /** Stored size in bytes, for progress; undefined where unknown. */
  readonly size: number | undefined;
  /** Where it is, for another thread to open it; undefined: only this thread can. */
  readonly source: InputSource | undefined;
  /**
   * For bytes out of the middle of a stream: the stream's header (directive lines, the row of column names). It is read before
   * the bytes and not counted.
   */
  readonly prime?: string | undefined;
  /** Physical line of the stream on which the bytes begin; 1 where it is not given. */
  readonly firstLine?: number | undefined;
  bytes(): AsyncIterable<Buffer> | Promise<AsyncIterable<Buffer>>;
}

/** A description of an input in plain data. */
export type InputSource =
  | { kind: 'file'; name: string; modified: number; size: number }
  | { kind: 'zip-entry'; name: string; modified: number; size: number; path: string; entry: number }
  /** `sheet`: its place among those of the workbook at `path`. */
  | { kind: 'sheet'; name: string; modified: number; size: number; path: string; sheet: number };

export function fileInput(path: string, modified: number, size: number): Input {
  return {
    name: path,
    modified,
    size,
    source: { kind: 'file', name: path, modified, size },
    bytes: () => createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>,
  };
}

/** First bytes of a regular file on disk. At once: to wait for them costs ten times as much, and folders have many files. */
export function readHead(path: string, length = 4): Buffer {
  const fd = openSync(path, 'r');
  try {
    const bytes = Buffer.alloc(length);
    return bytes.subarray(0, readSync(fd, bytes, 0, length, 0));
  } finally {
    closeSync(fd);
  }
}

/**
 * The decompressed bytes of an input in chunks; UTF-16 with a byte order mark (PowerShell, Excel) is turned into UTF-8.
 * @throws InputError after everything that could be read, when the input is cut, damaged or a decompression bomb.
 */
export async function* decompressed(input: Input): AsyncGenerator<Buffer, void> {
  let chunks = peeked(await input.bytes());
  try {
    let first = await chunks.next();
    if (first.done === true) return;
    const compression = compressionOf(first.value);
    if (compression === 'zip')
      throw new InputError('is a zip archive or a workbook inside another archive or a pipe: unpack it first');
    if (compression !== 'none') {
      const source = rejoin(first.value, chunks);
      chunks = peeked(unpacked(source, compression));
      first = await chunks.next();
      if (first.done === true) return;
    }
    const utf16 = utf16Decoder(first.value);
    const toUtf8 = (chunk: Buffer): Buffer =>
      utf16 === undefined ? chunk : Buffer.from(utf16.decode(chunk, { stream: true }));
    yield toUtf8(first.value);
    for await (const chunk of chunks) yield toUtf8(chunk);
  } finally {
    // Closes the file where the caller stops early.
    await chunks.return();
  }
}

/** An input opened: its first bytes, and all its bytes from the beginning. */
export interface Opened {
  head: Buffer;
  /** The head is all there is. */
  whole: boolean;
  /** Begins with the head. @throws as `decompressed` */
  chunks(): AsyncGenerator<Buffer, void>;
  /** For who does not read `chunks` to its end. */
  close(): Promise<void>;
}

/** Reads up to `headBytes` ahead, so that format and layout can be decided. An error meets the caller in `chunks`, behind what could be read. */
export async function openInput(input: Input): Promise<Opened> {
  const source = decompressed(input);
  const start: Buffer[] = [];
  let length = 0;
  let whole = false;
  let failure: { error: unknown } | undefined;
  try {
    while (length < headBytes) {
      const next = await source.next();
      if (next.done === true) {
        whole = true;
        break;
      }
      start.push(Buffer.from(next.value));
      length += next.value.length;
    }
  } catch (error) {
    failure = { error };
  }
  const bytes = Buffer.concat(start);
  return {
    head: bytes.subarray(0, headBytes),
    whole: (whole || failure !== undefined) && length <= headBytes,
    async *chunks() {
      if (length > 0) yield bytes;
      if (failure !== undefined) throw failure.error;
      yield* source;
    },
    async close() {
      await source.return();
    },
  };
}

/** How the words begin where it is not the input that is known to be damaged: reading it failed. */
export const cannotBeRead = 'cannot be read: ';

/** Why an input could not be read, in words. */
export function explainInput(error: unknown): string {
  if (error instanceof InputError) return error.message;
  // Entries of archives are unpacked by the archive's reader.
  if (/^Z_/.test((error as NodeJS.ErrnoException).code ?? ''))
    return 'holds damaged zip data: what came before is counted; copy the file again';
  return `${cannotBeRead}${error instanceof Error ? error.message : String(error)}`;
}

function utf16Decoder(first: Buffer): InstanceType<typeof TextDecoder> | undefined {
  if (first[0] === 0xff && first[1] === 0xfe) return new TextDecoder('utf-16le');
  if (first[0] === 0xfe && first[1] === 0xff) return new TextDecoder('utf-16be');
  return undefined;
}

/** Chunks with at least 4 bytes in the first, so that magic numbers can be seen. */
async function* peeked(source: AsyncIterable<Buffer>): AsyncGenerator<Buffer, void> {
  let start: Buffer | undefined = Buffer.alloc(0);
  for await (const chunk of source) {
    if (start === undefined) yield chunk;
    else {
      start = start.length === 0 ? chunk : Buffer.concat([start, chunk]);
      if (start.length >= 4) {
        yield start;
        start = undefined;
      }
    }
  }
  if (start !== undefined && start.length > 0) yield start;
}

async function* rejoin(first: Buffer, rest: AsyncGenerator<Buffer, void>): AsyncGenerator<Buffer, void> {
  try {
    yield first;
    yield* rest;
  } finally {
    await rest.return();
  }
}

/** Standard input as an input. */
export const streamInput = (name: string, stream: Readable, modified: number): Input => ({
  name,
  modified,
  size: undefined,
  source: undefined,
  bytes: () => stream as AsyncIterable<Buffer>,
});
