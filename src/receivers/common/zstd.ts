import { setImmediate as nextTurn } from 'node:timers/promises';
import { Decompress } from 'fzstd';
import type { ByteQueue } from './byte-queue.js';
import { Refusal } from './http.js';

// fzstd believes what a frame says of itself: it makes a window of any size, and moves the whole window for each block. So frames
// and blocks are walked here first (RFC 8878 section 3), and only whole blocks within the limits are given to it.

/** What `zstd -19` and all lower levels need. */
const maxWindow = 8 << 20;
const maxBlock = 128 << 10;
/** Bytes of windows moved for one body: an honest 64 MiB with the largest window moves 4 GiB. */
const maxMoved = 16 * 2 ** 30;
/** After so many the event loop has its turn. */
const movedInOneTurn = 64 << 20;

const damaged = (what: string): Refusal =>
  new Refusal(400, 'Damaged zstd data', `${what}: nothing of it was taken; compress and send it again.`);

/** Decompresses zstd frame by frame. The checksums of frames are passed over: fzstd has none. @throws Refusal */
export async function* unzstded(queue: ByteQueue, onFrame: () => void): AsyncGenerator<Buffer, void> {
  let moved = 0;
  let inTurn = 0;
  for (let first = true; ; first = false) {
    const magic = await queue.take(4);
    if (magic.length === 0 && !first) return;
    onFrame();
    if (magic.length < 4) throw damaged('The body is no zstd data, or has other bytes behind them');
    const number = magic.readUInt32LE(0);
    if (number >>> 4 === 0x0184d2a5) {
      await passSkippable(queue);
      continue;
    }
    if (number !== 0xfd2fb528) throw damaged('The body is no zstd data, or has other bytes behind them');
    const { header, window, checksum } = await frameHeader(queue);
    const decoder = new FrameDecoder();
    decoder.push(Buffer.concat([magic, header]));
    for (let last = false; !last; ) {
      const head = await exactly(queue, 3);
      const field = head.readUIntLE(0, 3);
      last = (field & 1) === 1;
      const type = (field >> 1) & 3;
      const size = field >> 3;
      if (type === 3 || size > maxBlock) throw damaged('The zstd data do not hold together');
      const body = await exactly(queue, type === 1 ? 1 : size);
      moved += window;
      inTurn += window;
      if (moved > maxMoved)
        throw new Refusal(413, 'Too much work', 'The zstd data have too many blocks: send fewer flushes in one body.');
      if (inTurn > movedInOneTurn) {
        inTurn = 0;
        await nextTurn();
      }
      yield* decoder.push(Buffer.concat([head, body]));
    }
    if (checksum) decoder.push(await exactly(queue, 4));
    yield* decoder.end();
  }
}

class FrameDecoder {
  #ready: Buffer[] = [];
  readonly #decoder = new Decompress((data) => {
    if (data.length > 0) this.#ready.push(Buffer.from(data.buffer, data.byteOffset, data.byteLength));
  });

  push(bytes: Buffer): Buffer[] {
    return this.#step(() => this.#decoder.push(bytes));
  }

  end(): Buffer[] {
    return this.#step(() => this.#decoder.push(new Uint8Array(0), true));
  }

  #step(act: () => void): Buffer[] {
    try {
      act();
    } catch {
      throw damaged('The zstd data do not hold together');
    }
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}

async function frameHeader(queue: ByteQueue): Promise<{ header: Buffer; window: number; checksum: boolean }> {
  const descriptor = (await exactly(queue, 1))[0] ?? 0;
  const single = (descriptor & 32) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const sizeBytes = [single ? 1 : 0, 2, 4, 8][descriptor >> 6] ?? 0;
  if (dictionary > 0)
    throw new Refusal(415, 'Dictionary', 'The zstd data need a dictionary: compress them without one.');
  const rest = await exactly(queue, (single ? 0 : 1) + sizeBytes);
  let window: number;
  if (single) {
    window = sizeBytes === 8 ? Number(rest.readBigUInt64LE(0)) : rest.readUIntLE(0, sizeBytes);
    if (sizeBytes === 2) window += 256;
  } else {
    const told = rest[0] ?? 0;
    const base = 2 ** (10 + (told >> 3));
    window = base + (base / 8) * (told & 7);
  }
  if (window > maxWindow) {
    const detail = `The zstd window is larger than ${maxWindow >> 20} MiB: compress with level 19 or lower, without --long.`;
    throw new Refusal(413, 'Window too large', detail);
  }
  return { header: Buffer.concat([Buffer.of(descriptor), rest]), window, checksum: (descriptor & 4) !== 0 };
}

async function passSkippable(queue: ByteQueue): Promise<void> {
  let left = (await exactly(queue, 4)).readUInt32LE(0);
  while (left > 0) {
    const bytes = await queue.some(Math.min(left, 65_536));
    if (bytes.length === 0) throw damaged('The body ends in the middle of its zstd data');
    left -= bytes.length;
  }
}

async function exactly(queue: ByteQueue, count: number): Promise<Buffer> {
  const bytes = await queue.take(count);
  if (bytes.length < count) throw damaged('The body ends in the middle of its zstd data');
  return bytes;
}
