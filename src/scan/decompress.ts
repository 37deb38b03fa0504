import { createGunzip } from 'node:zlib';
import { Decompress } from 'fzstd';

/** An input that cannot be read to its end: what came before stands. The message says what to do. */
export class InputError extends Error {}

export type Compression = 'gzip' | 'zstd' | 'zip' | 'none';

/** What the first bytes say of a file's compression; names are not trusted. */
export function compressionOf(head: Uint8Array): Compression {
  const [a, b, c, d] = head;
  if (a === 0x1f && b === 0x8b) return 'gzip';
  if (a === 0x28 && b === 0xb5 && c === 0x2f && d === 0xfd) return 'zstd';
  if (a === 0x50 && b === 0x4b && ((c === 3 && d === 4) || (c === 5 && d === 6))) return 'zip';
  return 'none';
}

/** The unpacked bytes. @throws InputError behind what could be unpacked, when the data are cut, damaged or a bomb */
export const unpacked = (source: AsyncIterable<Buffer>, compression: 'gzip' | 'zstd'): AsyncGenerator<Buffer, void> =>
  limited(compression === 'gzip' ? inflated(source) : zstd(source));

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

/**
 * Compressed bytes in one step of the decompressor, and unpacked ones in a chunk; it gives out nothing of the chunk in which it
 * fails. A step goes to another thread and back, which costs as much as to unpack some KiB.
 */
const step = 65_536;
const chunkSize = 1 << 18;
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
  readonly #stream = createGunzip({ chunkSize });
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
