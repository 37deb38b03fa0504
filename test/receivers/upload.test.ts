import { createHash } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { Assembly, readParts, type Whole } from '../../src/receivers/common/assembly.js';
import { chunkKeyOf } from '../../src/receivers/common/identity.js';
import type { Spool } from '../../src/receivers/common/spool.js';
import { receiveUpload } from '../../src/receivers/common/upload.js';
import { bodyOf, requestOf } from './helpers/requests.js';
import { draft, openSpool, readAll } from './helpers/spools.js';

async function* megabytes(count: number): AsyncGenerator<Uint8Array, void> {
  for (let i = 0; i < count; i++) yield Buffer.alloc(1 << 20, i);
}

const upload = (spool: Spool, body: AsyncIterable<Uint8Array>, name = 'log.gz', maxBytes?: number) =>
  receiveUpload(requestOf(body, {}, { name }), { spool, now: () => 1, maxBytes });

async function wholes(spool: Spool): Promise<Whole[]> {
  const assembly = new Assembly(spool);
  const found = (await readAll(spool)).flatMap((record) => assembly.add(record) ?? []);
  assembly.settle();
  expect(assembly.releasable).toBe(spool.lastSequence);
  return found;
}

describe('an upload', () => {
  it('is stored as it is in parts, and known by its SHA-256', async () => {
    const spool = await openSpool();
    const expected = createHash('sha256');
    for await (const piece of megabytes(21)) expected.update(piece);
    const sha256 = expected.digest('hex');
    const outcome = await upload(spool, megabytes(21));
    expect(outcome).toMatchObject({ status: 200, body: { accepted: 21 << 20, sha256 } });
    const [whole] = await wholes(spool);
    if (whole === undefined) throw new Error('nothing was stored');
    expect(whole.last.meta).toMatchObject({ sha256, name: 'log.gz', bytes: 21 << 20, token: 'token-1' });
    expect([whole.sequences.length, whole.bytes, chunkKeyOf(spool.id, whole)]).toEqual([
      3,
      21 << 20,
      `upload:${sha256}`,
    ]);
    const again = createHash('sha256');
    for await (const piece of readParts(spool, whole.sequences)) again.update(piece);
    expect(again.digest('hex')).toBe(sha256);
    await spool.close();
  });

  it('F22 of the same bytes has the same key, under whatever name', async () => {
    const spool = await openSpool();
    await upload(spool, bodyOf('same'), 'a');
    await upload(spool, bodyOf('sa', 'me'), 'b');
    await upload(spool, bodyOf('other'), 'a');
    const keys = (await wholes(spool)).map((whole) => chunkKeyOf(spool.id, whole));
    expect([keys[0] === keys[1], keys[0] === keys[2]]).toEqual([true, false]);
    await spool.close();
  });

  it('A17 has a name that is data only', async () => {
    const spool = await openSpool();
    const name = `../../etc/passwd\0\n${'x'.repeat(1000)}`;
    await upload(spool, bodyOf('a'), name);
    expect((await readAll(spool))[0]?.meta.name).toBe(name.slice(0, 255));
    await spool.close();
  });

  it('that is too large, empty or cut is refused whole', async () => {
    const spool = await openSpool();
    expect(await upload(spool, megabytes(21), 'x', 20 << 20)).toMatchObject({ status: 413 });
    expect(await upload(spool, bodyOf())).toMatchObject({ status: 400 });
    async function* cut(): AsyncGenerator<Uint8Array, void> {
      yield* megabytes(12);
      throw new Error('aborted');
    }
    expect(await upload(spool, cut())).toMatchObject({ status: 400 });
    expect(await wholes(spool)).toEqual([]);
    await spool.close();
  });

  it('F13 that does not fit is refused with 507, and its parts give their space back', async () => {
    const spool = await openSpool({ size: 20 << 20, segmentBytes: 4 << 20 });
    expect(await upload(spool, megabytes(40))).toMatchObject({ status: 507 });
    expect(await wholes(spool)).toEqual([]);
    await spool.release(spool.lastSequence);
    expect(await upload(spool, megabytes(10))).toMatchObject({ status: 200 });
    await spool.close();
  });
});

describe('parts', () => {
  it('that are under way are not released, and those that were given up are', async () => {
    const spool = await openSpool();
    const part = (group: string, number: number, last: boolean) =>
      spool.append(draft(`${group}${number}`, { part: { group, part: number, last } }));
    const assembly = new Assembly(spool);
    let after = 0;
    const step = async (): Promise<string[]> => {
      const records = await spool.read({ after, maxRecords: 100, maxBytes: 1000 });
      after = records.at(-1)?.sequence ?? after;
      const found = records.flatMap((record) => assembly.add(record) ?? []);
      assembly.settle();
      return found.map((whole) => whole.sequences.join());
    };
    spool.beginGroup('a');
    spool.beginGroup('b');
    await part('a', 0, false);
    await spool.append(draft('single'));
    await part('b', 0, false);
    expect([await step(), assembly.releasable]).toEqual([['2'], 0]);
    await part('a', 1, false);
    await part('b', 1, true);
    spool.endGroup('b');
    expect([await step(), assembly.releasable]).toEqual([['3,5'], 0]);
    // The last part is on disk and not yet read when its group ends.
    await part('a', 2, true);
    spool.endGroup('a');
    assembly.settle();
    expect([await step(), assembly.releasable]).toEqual([['1,4,6'], 6]);
    // Given up: nothing comes any more.
    spool.beginGroup('c');
    await part('c', 0, false);
    expect([await step(), assembly.releasable]).toEqual([[], 6]);
    spool.endGroup('c');
    expect([await step(), assembly.releasable]).toEqual([[], 7]);
    // Parts with one missing in the middle are never a whole.
    await part('d', 0, false);
    await part('d', 2, false);
    await part('d', 3, true);
    expect([await step(), assembly.releasable]).toEqual([[], 10]);
    await spool.close();
  });
});
