import { constants, createGzip, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Spool } from '../../src/receivers/common/spool.js';
import { seeded } from './helpers/processes.js';
import { bodyOf, push } from './helpers/requests.js';
import { openSpool, readAll } from './helpers/spools.js';

let spool: Spool;
beforeAll(async () => {
  spool = await openSpool();
});
afterAll(() => spool.close());

const gzip = { 'content-encoding': 'gzip' };
const zstd = { 'content-encoding': 'zstd' };

/** Repeats pieces until nobody asks any more; `read` counts the bytes. */
function endless(pieces: readonly Uint8Array[]): { body: AsyncGenerator<Uint8Array, void>; read: () => number } {
  let read = 0;
  async function* body(): AsyncGenerator<Uint8Array, void> {
    for (;;) {
      for (const piece of pieces) {
        read += piece.length;
        yield piece;
      }
    }
  }
  return { body: body(), read: () => read };
}

/** One gzip member of zeros without end, 1029 to 1. */
async function zeros(): Promise<Buffer[]> {
  const stream = createGzip({ level: 9 });
  const pieces: Buffer[] = [];
  stream.on('data', (piece: Buffer) => pieces.push(piece));
  for (let i = 0; i < 128; i++) await new Promise((resolve) => stream.write(Buffer.alloc(1 << 20), resolve));
  await new Promise<void>((resolve) => stream.flush(constants.Z_SYNC_FLUSH, () => resolve()));
  return pieces;
}

/** Runs, and tells how much more memory was in use at its height. */
async function growth(run: () => Promise<unknown>): Promise<number> {
  const before = process.memoryUsage().rss;
  let most = before;
  const watch = setInterval(() => {
    most = Math.max(most, process.memoryUsage().rss);
  }, 5);
  await run();
  clearInterval(watch);
  return Math.max(most, process.memoryUsage().rss) - before;
}

/** A zstd frame with a window of 8 MiB and these blocks: [type, size, body]. */
function frame(blocks: readonly [number, number, Buffer][], windowByte = 0x68): Buffer {
  const parts: Buffer[] = [Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0, windowByte])];
  for (const [index, [type, size, body]] of blocks.entries()) {
    const head = Buffer.alloc(3);
    head.writeUIntLE((size << 3) | (type << 1) | (index === blocks.length - 1 ? 1 : 0), 0, 3);
    parts.push(head, body);
  }
  return Buffer.concat(parts);
}

describe('a bomb', () => {
  it('A11 of gzip is stopped after some kilobytes, with little memory, and said to be one', async () => {
    const pieces = await zeros();
    const { body, read } = endless(pieces);
    let outcome: unknown;
    const grown = await growth(async () => {
      outcome = await push(spool, body, gzip);
    });
    expect(outcome).toMatchObject({ status: 413, problem: { title: 'Unpacks to too much' } });
    expect(read()).toBeLessThan(100_000);
    expect(grown).toBeLessThan(64 << 20);
  });

  it('A11 that keeps under the ratio is stopped at the limit of decoded bytes', async () => {
    const random = seeded(7);
    const noise = Buffer.from(Array.from({ length: 4000 }, () => random() * 256));
    const member = gzipSync(Buffer.concat([Buffer.alloc(200_000), noise]));
    const { body, read } = endless([member]);
    let outcome: unknown;
    const grown = await growth(async () => {
      outcome = await push(spool, body, gzip);
    });
    expect(outcome).toMatchObject({ status: 413, problem: { title: 'Body too large' } });
    expect(read() / member.length).toBeLessThan((64 << 20) / 200_000 + 10);
    expect(grown).toBeLessThan(200 << 20);
  });

  it('A11 of gzip in gzip is not unpacked a second time', async () => {
    const inner = gzipSync(Buffer.alloc(10 << 20));
    expect(await push(spool, bodyOf(gzipSync(inner)), gzip)).toMatchObject({
      status: 415,
      problem: { title: 'Compressed twice' },
    });
    expect(await push(spool, bodyOf(gzipSync(Buffer.concat([gzipSync(''), inner]))), gzip)).toMatchObject({
      status: 415,
    });
  });

  it('A11 of endless members, empty or not, is stopped', async () => {
    for (const member of [gzipSync(''), gzipSync('a\n')]) {
      const { body, read } = endless([Buffer.concat(Array.from({ length: 100 }, () => member))]);
      expect(await push(spool, body, gzip)).toMatchObject({ status: 413, problem: { title: 'Too many members' } });
      expect(read()).toBeLessThan(4300 * member.length);
    }
    const { body } = endless([Buffer.from([0x50, 0x2a, 0x4d, 0x18, 0, 0, 0, 0])]);
    expect(await push(spool, body, zstd)).toMatchObject({ status: 413, problem: { title: 'Too many members' } });
  });

  it('A11 of an endless gzip header is stopped', async () => {
    const { body, read } = endless([Buffer.from([0x1f, 0x8b, 8, 8, 0, 0, 0, 0, 0, 3]), Buffer.alloc(65_536, 'x')]);
    expect(await push(spool, body, gzip)).toMatchObject({ status: 400 });
    expect(read()).toBeLessThan(200_000);
  });

  it('A11 of zstd is stopped: huge windows, runs, blocks of nothing, blocks that are too large', async () => {
    const bombs: [Buffer, number][] = [
      // A window of 2 GiB, which would be made at once.
      [frame([[0, 0, Buffer.alloc(0)]], 0xa8), 413],
      // 128 KiB of zeros for each four bytes.
      [frame(Array.from({ length: 2000 }, () => [1, 128 << 10, Buffer.of(0)])), 413],
      // Each block moves the whole window and gives nothing.
      [frame(Array.from({ length: 5000 }, () => [0, 0, Buffer.alloc(0)])), 413],
      [frame([[1, 2_000_000, Buffer.of(0)]]), 400],
      [frame([[3, 5, Buffer.alloc(5)]]), 400],
      [frame([[2, 100, Buffer.alloc(100, 0xff)]]), 400],
    ];
    for (const [bomb, status] of bombs) {
      let outcome: unknown;
      const grown = await growth(async () => {
        outcome = await push(spool, bodyOf(bomb), zstd);
      });
      expect(outcome).toMatchObject({ status });
      expect(grown).toBeLessThan(128 << 20);
    }
  });

  it('leaves nothing in the spool that counts', async () => {
    expect((await readAll(spool)).filter((record) => record.part === undefined || record.part.last)).toEqual([]);
  });
});
