import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { Assembly, readParts } from '../../src/receivers/common/assembly.js';
import { chunkKeyOf } from '../../src/receivers/common/identity.js';
import { Quota } from '../../src/receivers/common/quota.js';
import type { Spool } from '../../src/receivers/common/spool.js';
import { has, seeded } from './helpers/processes.js';
import { bodyOf, push } from './helpers/requests.js';
import { openSpool, readAll, temporaryFolder, texts } from './helpers/spools.js';

let spool: Spool;
beforeEach(async () => {
  spool = await openSpool();
});
afterEach(() => spool.close());

/** Bodies of all complete pushes, as a drainer finds them, by chunk key. */
async function drained(): Promise<Map<string, string>> {
  const assembly = new Assembly(spool);
  const found = new Map<string, string>();
  for (const record of await readAll(spool)) {
    const whole = assembly.add(record);
    if (whole === undefined) continue;
    const pieces: Buffer[] = [];
    for await (const piece of readParts(spool, whole.sequences)) pieces.push(piece);
    found.set(chunkKeyOf(spool.id, whole), Buffer.concat(pieces).toString('latin1'));
  }
  assembly.settle();
  expect(assembly.releasable).toBe(spool.lastSequence);
  return found;
}

const statusOf = async (...args: Parameters<typeof push>): Promise<number> => (await push(...args)).status;

describe('a push', () => {
  it('is answered with its bytes and lines when it is in the spool, with where it came from', async () => {
    const outcome = await push(spool, bodyOf('{"a":1}\n{"b"', ':2}\n'), { 'idempotency-key': 'k-1' });
    expect(outcome).toEqual({
      status: 200,
      body: { accepted: 16, lines: 2, id: expect.stringMatching(/^[0-9a-f-]{36}$/) },
    });
    const [record] = await readAll(spool);
    expect(record).toMatchObject({ source: 'proxy', kind: 'push', receivedAt: 1_700_000_000_000, part: undefined });
    expect(record?.meta).toEqual({
      id: outcome.status === 200 ? outcome.body.id : '',
      key: 'k-1',
      digest: createHash('sha256').update('{"a":1}\n{"b":2}\n').digest('hex'),
      lines: 2,
      bytes: 16,
      token: 'token-1',
      remote: '192.0.2.1',
      encoding: 'identity',
    });
  });

  it('without a last newline gets one, so that the lines of two pushes never join', async () => {
    expect(await push(spool, bodyOf('a\nb'))).toMatchObject({ status: 200, body: { accepted: 3, lines: 2 } });
    await push(spool, bodyOf('c\r\n'));
    expect(texts(await readAll(spool))).toEqual(['a\nb\n', 'c\r\n']);
  });

  it('of nothing is accepted and stores nothing', async () => {
    expect(await push(spool, bodyOf())).toMatchObject({ status: 200, body: { accepted: 0, lines: 0 } });
    expect(await readAll(spool)).toEqual([]);
  });

  it.skipIf(!has('zstd', '--version'))(
    'is unpacked from zstd as the zstd program writes it, of any level and of several frames',
    async () => {
      const random = seeded(6);
      const text = `${Array.from({ length: 50_000 }, () => `a line ${random()}\n`).join('')}end\n`;
      const file = join(temporaryFolder(), 'log');
      writeFileSync(file, text);
      for (const flags of [['-1'], ['-19'], ['--fast=5', '--no-check'], ['-3', '--single-thread', '-B65536']]) {
        const packed = execFileSync('zstd', ['-q', '-c', ...flags, file]);
        expect(await push(spool, bodyOf(packed, packed), { 'content-encoding': 'zstd' })).toMatchObject({
          status: 200,
          body: { accepted: 2 * text.length, lines: 100_002 },
        });
      }
      expect([...(await drained()).values()]).toEqual(Array<string>(4).fill(text + text));
      const wide = execFileSync('zstd', ['-q', '-c', '--long=27'], { input: text });
      expect(await statusOf(spool, bodyOf(wide), { 'content-encoding': 'zstd' })).toBe(413);
    },
  );

  it('of many parts is whole, byte for byte, and takes only some of them into memory', async () => {
    const random = seeded(5);
    const text = Array.from({ length: 60_000 }, (_, i) => `${i} ${random()} ${'y'.repeat(i % 90)}`).join('\n');
    const packed = gzipSync(text);
    expect(await push(spool, bodyOf(packed), { 'content-encoding': 'gzip' })).toMatchObject({
      body: { accepted: text.length, lines: 60_000 },
    });
    expect([...(await drained()).values()]).toEqual([`${text}\n`]);
    const records = await readAll(spool);
    expect(records.length).toBe(Math.ceil((text.length + 1) / (1 << 20)));
    expect(records.map((record) => record.part?.last)).toEqual([
      ...Array<boolean>(records.length - 1).fill(false),
      true,
    ]);
  });

  it('M10 of several gzip members is joined, with all that a header may hold; one that is damaged or cut is refused whole', async () => {
    const one = gzipSync('one\n');
    const named = Buffer.concat([
      Buffer.from([0x1f, 0x8b, 8, 4 + 8 + 16 + 2, 0, 0, 0, 0, 0, 3, 3, 0]),
      Buffer.from('xyzname\0comment\0cc'),
      one.subarray(10),
    ]);
    const gzip = { 'content-encoding': 'gzip' };
    expect(await push(spool, bodyOf(one, named, gzipSync(''), gzipSync('two\n')), gzip)).toMatchObject({ status: 200 });
    expect(texts(await readAll(spool))).toEqual(['one\none\ntwo\n']);
    const bytes = [...Buffer.concat([one, named])].map((byte) => Buffer.of(byte));
    expect(await push(spool, bodyOf(...bytes), gzip)).toMatchObject({ status: 200, body: { accepted: 8 } });

    const flipped = Buffer.from(one);
    flipped[flipped.length - 6] = (flipped[flipped.length - 6] ?? 0) ^ 1;
    const bad = [
      flipped,
      one.subarray(0, -1),
      one.subarray(0, 12),
      one.subarray(0, 5),
      Buffer.concat([one, Buffer.from('junk')]),
    ];
    for (const body of [...bad, Buffer.from('no gzip'), Buffer.alloc(0)]) {
      expect(await push(spool, bodyOf(one, body), gzip)).toMatchObject(
        body.length === 0 ? { status: 200 } : { status: 400, problem: { title: 'Damaged gzip data' } },
      );
    }
    expect((await drained()).size).toBe(3);
  });

  it('F22 sent again with the same key counts once, also over a restart; the same key with other data is refused', async () => {
    const key = { 'idempotency-key': 'retry' };
    const first = await push(spool, bodyOf('a\n'), key);
    for (let i = 0; i < 5; i++) expect(await push(spool, bodyOf('a\n'), key)).toEqual(first);
    expect((await readAll(spool)).length).toBe(1);
    expect(await statusOf(spool, bodyOf('b\n'), key)).toBe(422);
    // Another source has keys of its own.
    expect(await statusOf(spool, bodyOf('a\n'), key, { source: 'other' })).toBe(200);
    const { folder } = spool;
    await spool.close();
    spool = await openSpool({ folder });
    expect(await statusOf(spool, bodyOf('a\n'), key)).toBe(200);
    const keys = (await readAll(spool)).map((record) =>
      chunkKeyOf(spool.id, { last: record, sequences: [], bytes: 0 }),
    );
    expect([keys.length, new Set(keys).size]).toEqual([3, 1]);
    // Without a key everything that comes is kept.
    await push(spool, bodyOf('a\n'));
    await push(spool, bodyOf('a\n'));
    expect((await drained()).size).toBe(3);
  });

  it.each([
    ['an unknown encoding', { 'content-encoding': 'br' }, 'a\n', 415],
    ['two encodings', { 'content-encoding': 'gzip, gzip' }, 'a\n', 415],
    ['a form', { 'content-type': 'multipart/form-data; boundary=x' }, 'a\n', 415],
    ['gzip without its header', {}, gzipSync('a\n'), 415],
    ['a key that is too long', { 'idempotency-key': 'x'.repeat(201) }, 'a\n', 400],
    ['a key with a blank', { 'idempotency-key': 'a b' }, 'a\n', 400],
    ['two keys', { 'idempotency-key': ['a', 'b'] }, 'a\n', 400],
    ['a length beyond the limit', { 'content-length': String((64 << 20) + 1) }, 'a\n', 413],
    ['no zstd data', { 'content-encoding': 'zstd' }, 'a\nbcdefghijklmnopqrstuvwxyz', 400],
  ])('with %s is refused, and says what to do', async (_name, headers, body, status) => {
    const outcome = await push(spool, bodyOf(body), headers);
    expect(outcome).toMatchObject({ status, problem: { detail: expect.stringMatching(/: .{10,}\.$/) } });
    expect(await readAll(spool)).toEqual([]);
  });

  it('whose sender goes away, or is too slow, is not kept, and what was stored of it is let go', async () => {
    async function* cut(): AsyncGenerator<Uint8Array, void> {
      for (let i = 0; i < 5; i++) yield Buffer.alloc(1 << 20, 'line\n');
      throw new Error('aborted');
    }
    expect(await statusOf(spool, cut())).toBe(400);
    async function* slow(): AsyncGenerator<Uint8Array, void> {
      yield Buffer.alloc(3 << 20, 'line\n');
      await new Promise(() => {});
    }
    expect(await statusOf(spool, slow(), {}, { pace: { idle: 50, total: 10_000 } })).toBe(408);
    async function* dripping(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        await new Promise((resolve) => setTimeout(resolve, 5));
        yield Buffer.from('x');
      }
    }
    expect(await statusOf(spool, dripping(), {}, { pace: { idle: 1000, total: 100 } })).toBe(408);
    expect(spool.lastSequence).toBeGreaterThan(0);
    expect(await drained()).toEqual(new Map());
  });

  it('F13 to a full spool is answered with 507 and when to try again', async () => {
    const small = await openSpool({ size: 10_000 });
    expect(await statusOf(small, bodyOf('x'.repeat(9000)))).toBe(200);
    expect(await push(small, bodyOf('x'.repeat(9000)))).toMatchObject({ status: 507, retryAfter: 5 });
    await small.release(small.lastSequence);
    expect(await statusOf(small, bodyOf('x'.repeat(9000)))).toBe(200);
    await small.close();
  });

  it('A20 belongs to the source of its token whatever it says, and stops at the quota while others flow', async () => {
    const claims = { 'x-source': 'hr', source: 'hr', authorization: 'Bearer other', 'x-forwarded-for': '10.0.0.1' };
    await push(spool, bodyOf('{"source":"hr","token":"x"}\n'), claims);
    const [record] = await readAll(spool);
    expect([record?.source, record?.meta.token, record?.meta.remote]).toEqual(['proxy', 'token-1', '192.0.2.1']);

    let clock = 0;
    const quota = new Quota(
      () => ({ requestsPerSecond: 1, burst: 3, bytesPerDay: 1000 }),
      () => clock,
    );
    const flood = [];
    for (let i = 0; i < 10; i++) flood.push(await statusOf(spool, bodyOf('a\n'), {}, { quota }));
    expect(flood).toEqual([200, 200, 200, 429, 429, 429, 429, 429, 429, 429]);
    expect(await push(spool, bodyOf('a\n'), {}, { quota })).toMatchObject({ status: 429, retryAfter: 1 });
    expect(await statusOf(spool, bodyOf('a\n'), {}, { quota, source: 'calm' })).toBe(200);
    clock += 60_000;
    expect(await push(spool, bodyOf('x'.repeat(2000)), {}, { quota })).toMatchObject({
      status: 429,
      retryAfter: 86_340,
    });
  });

  it('shuts no other source out: one source has 32 under way at most', async () => {
    const let_go: (() => void)[] = [];
    async function* held(): AsyncGenerator<Uint8Array, void> {
      await new Promise<void>((resolve) => let_go.push(resolve));
      yield Buffer.from('a\n');
    }
    const running = Array.from({ length: 32 }, () => statusOf(spool, held()));
    await new Promise((resolve) => setImmediate(resolve));
    expect(await statusOf(spool, bodyOf('a\n'))).toBe(429);
    expect(await statusOf(spool, bodyOf('a\n'), {}, { source: 'calm' })).toBe(200);
    for (const go of let_go) go();
    expect(new Set(await Promise.all(running))).toEqual(new Set([200]));
    expect(await statusOf(spool, bodyOf('a\n'))).toBe(200);
  });
});
