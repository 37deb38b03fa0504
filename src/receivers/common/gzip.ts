import { crc32, createInflateRaw, type InflateRaw } from 'node:zlib';
import type { ByteQueue } from './byte-queue.js';
import { Refusal } from './http.js';

/** Compressed bytes of one step: of zeros it gives 8 MB at most, which is all that comes before a limit is looked at. */
const step = 8192;
/** Extra fields, name and comment of a member's header. */
const maxHeaderBytes = 65_536;

const damaged = (what: string): Refusal =>
  new Refusal(400, 'Damaged gzip data', `${what}: nothing of it was taken; compress and send it again.`);

/**
 * Gunzips member by member, so that members are counted and each checksum is looked at (node:zlib joins members, and gives out
 * nothing of a body with junk behind). Source: RFC 1952. @throws Refusal
 */
export async function* gunzipped(queue: ByteQueue, onMember: () => void): AsyncGenerator<Buffer, void> {
  for (let first = true; ; first = false) {
    const head = await queue.take(10);
    if (head.length === 0 && !first) return;
    onMember();
    await passHeader(queue, head);
    let crc = 0;
    let size = 0;
    for await (const chunk of inflatedMember(queue)) {
      crc = crc32(chunk, crc);
      size += chunk.length;
      yield chunk;
    }
    const trailer = await queue.take(8);
    if (trailer.length < 8) throw damaged('The body ends in the middle of its gzip data');
    if (trailer.readUInt32LE(0) !== crc || trailer.readUInt32LE(4) !== size % 2 ** 32)
      throw damaged('A checksum of the gzip data does not hold');
  }
}

async function passHeader(queue: ByteQueue, head: Buffer): Promise<void> {
  if (head.length < 10 || head[0] !== 0x1f || head[1] !== 0x8b || head[2] !== 8)
    throw damaged('The body is no gzip data, or has other bytes behind them');
  const flags = head[3] ?? 0;
  let left = maxHeaderBytes;
  const pass = async (count: number): Promise<Buffer> => {
    left -= count;
    const bytes = await queue.take(count);
    if (bytes.length < count || left < 0) throw damaged('A gzip header is cut or endless');
    return bytes;
  };
  if ((flags & 4) !== 0) await pass((await pass(2)).readUInt16LE(0));
  for (const text of [8, 16]) if ((flags & text) !== 0) while ((await pass(1))[0] !== 0);
  if ((flags & 2) !== 0) await pass(2);
}

/** The bytes of one member. What the decompressor did not want goes back into the queue. */
async function* inflatedMember(queue: ByteQueue): AsyncGenerator<Buffer, void> {
  const stream = createInflateRaw();
  const inflater = new Inflater(stream);
  try {
    let given = 0;
    for (;;) {
      const slice = await queue.some(step);
      if (slice.length === 0) throw damaged('The body ends in the middle of its gzip data');
      given += slice.length;
      yield* await inflater.write(slice);
      if (inflater.failed) throw damaged('The gzip data do not hold together');
      const unused = given - stream.bytesWritten;
      if (unused > 0) {
        queue.unread(slice.subarray(slice.length - unused));
        return;
      }
    }
  } finally {
    stream.destroy();
  }
}

/** One step at a time: what a step gave is returned before the next. */
class Inflater {
  failed = false;
  readonly #stream: InflateRaw;
  #ready: Buffer[] = [];
  #wake: () => void = () => {};

  constructor(stream: InflateRaw) {
    this.#stream = stream;
    stream.on('data', (chunk: Buffer) => this.#ready.push(chunk));
    stream.on('error', () => {
      this.failed = true;
      this.#wake();
    });
  }

  async write(slice: Buffer): Promise<Buffer[]> {
    await new Promise<void>((resolve) => {
      // A step that fails may never call back: the error does instead.
      this.#wake = resolve;
      this.#stream.write(slice, () => setImmediate(resolve));
    });
    const ready = this.#ready;
    this.#ready = [];
    return ready;
  }
}
