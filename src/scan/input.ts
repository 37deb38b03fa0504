import { createReadStream } from 'node:fs';
import { open } from 'node:fs/promises';
import type { Readable } from 'node:stream';
import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

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
  bytes(): AsyncIterable<Buffer> | Promise<AsyncIterable<Buffer>>;
}

/** A description of an input in plain data. */
export type InputSource =
  | { kind: 'file'; name: string; modified: number; size: number }
  | { kind: 'zip-entry'; name: string; modified: number; size: number; path: string; entry: number };

/** An input that cannot be read to its end: what came before stands. The message says what to do. */
export class InputError extends Error {}

export function fileInput(path: string, modified: number, size: number): Input {
  return {
    name: path,
    modified,
    size,
    source: { kind: 'file', name: path, modified, size },
    bytes: () => createReadStream(path, { highWaterMark: chunkBytes }) as AsyncIterable<Buffer>,
  };
}

export type Compression = 'gzip' | 'zstd' | 'zip' | 'none';

/** What the first bytes say of a file's compression; names are not trusted. */
export function compressionOf(head: Uint8Array): Compression {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  return 'none';
}

/** First bytes of a file on disk. */
export async function readHead(path: string, length = 4): Promise<Buffer> {
  const file = await open(path, 'r');
  try {
    const { bytesRead, buffer } = await file.read(Buffer.alloc(length), 0, length, 0);
    return buffer.subarray(0, bytesRead);
  } finally {
    await file.close();
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
      throw new InputError('is a zip archive inside another archive or a pipe: unpack it first');
    if (compression !== 'none') {
      const source = rejoin(first.value, chunks);
      chunks = peeked(limited(compression === 'gzip' ? inflated(source) : zstd(source)));
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

/** Why an input could not be read, in words. */
export const explainInput = (error: unknown): string =>
  error instanceof InputError
    ? error.message
    : `cannot be read: ${error instanceof Error ? error.message : String(error)}`;

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

/** Bytes that a stream may give out before its ratio is looked at, and the ratio of zeros made to hurt (logs reach 30). */
const bomb = { freeBytes: 1 << 30, ratio: 300 };

async function* limited(source: AsyncGenerator<{ chunk: Buffer; read: number }, void>): AsyncGenerator<Buffer, void> {
  let written = 0;
  for await (const { chunk, read } of source) {
    written += chunk.length;
    if (written > bomb.freeBytes && written > read * bomb.ratio) {
      throw new InputError(
        `unpacks to more than ${bomb.ratio} times its size and was not read further: check where it comes from`,
      );
    }
    yield chunk;
  }
}

/** Compressed bytes in one step of the decompressor, which gives out nothing of a step that fails. */
const step = 8192;
const tinyStep = 64;
/** Up to this many compressed bytes are kept, so that a damaged stream can be read again in tiny steps, up to the damage. */
const replayable = 4 << 20;

/** Decompressed gzip; what comes before damage still comes out, then the error. */
async function* inflated(source: AsyncIterable<Buffer>): AsyncGenerator<{ chunk: Buffer; read: number }> {
  let gunzip = new Gunzipper();
  let replay: Buffer[] | undefined = [];
  let read = 0;
  let written = 0;
  const give = (chunk: Buffer): { chunk: Buffer; read: number } => {
    written += chunk.length;
    return { chunk, read };
  };
  for await (const bytes of source) {
    replay?.push(Buffer.from(bytes));
    for (let at = 0; at < bytes.length && gunzip.failure === undefined; at += step) {
      const slice = bytes.subarray(at, at + step);
      read += slice.length;
      for (const chunk of await gunzip.write(slice)) yield give(chunk);
    }
    if (gunzip.failure !== undefined) break;
    if (read > replayable) replay = undefined;
  }
  if (gunzip.failure === undefined) for (const chunk of await gunzip.end()) yield give(chunk);
  const { failure } = gunzip;
  if (failure === undefined) return;
  if (replay !== undefined) {
    gunzip = new Gunzipper();
    let skip = written;
    const all = Buffer.concat(replay);
    for (let at = 0; at < all.length && gunzip.failure === undefined; at += tinyStep) {
      for (const chunk of await gunzip.write(all.subarray(at, at + tinyStep))) {
        if (chunk.length > skip) yield give(chunk.subarray(skip));
        skip = Math.max(0, skip - chunk.length);
      }
    }
  }
  throw new InputError(explainZlib(failure));
}

/** Node's gunzip, one step at a time: what a step gave is returned before the next, and an error is kept instead of thrown. */
class Gunzipper {
  failure: Error | undefined;
  readonly #stream = createGunzip();
  #ready: Buffer[] = [];
  #wake: (() => void) | undefined;

  constructor() {
    this.#stream.on('data', (chunk: Buffer) => this.#ready.push(chunk));
    this.#stream.on('error', (error) => {
      this.failure ??= error;
      this.#wake?.();
    });
  }

  write(slice: Buffer): Promise<Buffer[]> {
    return this.#run((done) => this.#stream.write(slice, done));
  }

  end(): Promise<Buffer[]> {
    return this.#run((done) => this.#stream.once('end', done).end());
  }

  async #run(act: (done: () => void) => void): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      // A step that fails never calls back: the error does instead.
      this.#wake = resolve;
      act(() => setImmediate(resolve));
    });
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

function explainZlib(error: Error): string {
  const code = (error as NodeJS.ErrnoException).code;
  if (code === 'Z_BUF_ERROR')
    return 'ends in the middle of its gzip data: what was whole is counted; copy the file again';
  return 'holds damaged gzip data: what came before is counted; copy the file again';
}

/** Streaming zstd in plain JavaScript: Node 20 has none of its own. */
async function* zstd(source: AsyncIterable<Buffer>): AsyncGenerator<{ chunk: Buffer; read: number }> {
  const ready: Buffer[] = [];
  let read = 0;
  let ended = false;
  const stream = new Decompress((data, final) => {
    ready.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
    if (final === true) ended = true;
  });
  const push = (chunk: Uint8Array, final: boolean): void => {
    try {
      stream.push(chunk, final);
    } catch (error) {
      const cut = error instanceof Error && /EOF/i.test(error.message);
      throw new InputError(
        cut
          ? 'ends in the middle of its zstd data: what was whole is counted; copy the file again'
          : 'holds damaged zstd data: what came before is counted; copy the file again',
      );
    }
  };
  for await (const chunk of source) {
    for (let at = 0; at < chunk.length; at += 65_536) {
      const slice = chunk.subarray(at, at + 65_536);
      read += slice.length;
      push(slice, false);
      for (let out = ready.shift(); out !== undefined; out = ready.shift()) yield { chunk: out, read };
    }
  }
  if (!ended) push(new Uint8Array(0), true);
  for (let out = ready.shift(); out !== undefined; out = ready.shift()) yield { chunk: out, read };
}

/** Standard input as an input. */
export const streamInput = (name: string, stream: Readable, modified: number): Input => ({
  name,
  modified,
  size: undefined,
  source: undefined,
  bytes: () => stream as AsyncIterable<Buffer>,
});
