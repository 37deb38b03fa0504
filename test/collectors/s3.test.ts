import { randomBytes } from 'node:crypto';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { collector } from '../../src/collectors/s3.js';
import { ChunkGoneError } from '../../src/core/chunk.js';
import { type S3Source, s3Source } from '../helpers/s3-source.js';

const [hour, day] = [3_600_000, 86_400_000];
let source: S3Source;

beforeEach(async () => {
  source = await s3Source();
});
afterEach(() => source.close());

/** Moves both clocks. */
function later(by: number): void {
  source.clock.now += by;
  source.s3.settings.clockOffset += by;
}
const put = (key: string, body = `body of ${key}`, modified = source.clock.now): unknown =>
  source.s3.put(key, body, { modified });
const names = (count: number, start = 0): string[] =>
  Array.from({ length: count }, (_, i) => `2026/11/${String(start + i).padStart(6, '0')}.log.gz`);

describe('objects are found', () => {
  it('each object is one chunk with its place, and its bytes come as they are stored', async () => {
    const modified = Date.parse('2026-11-20T10:00:00Z');
    const bytes = randomBytes(300_000);
    source.s3.put('proxy/a.log.gz', bytes, { modified, etag: '"abc-2"' });
    expect(await source.collect({ prefix: 'proxy/' })).toEqual(['proxy/a.log.gz']);
    const [chunk] = source.chunks;
    expect(chunk).toEqual({
      key: 's3:logs/proxy/a.log.gz#abc-2',
      name: 's3://logs/proxy/a.log.gz',
      place: { key: 'proxy%2Fa.log.gz', etag: '"abc-2"' },
      size: 300_000,
      modified,
    });
    if (chunk === undefined) throw new Error('no chunk');
    const parts: Buffer[] = [];
    for await (const part of await collector.open(source.options(), structuredClone(chunk), source.context))
      parts.push(part);
    expect(Buffer.concat(parts).equals(bytes)).toBe(true);
  });

  it('pages of any size give all objects once, in small batches', async () => {
    for (const key of names(60)) put(key);
    for (const pageSize of [3, 59, 60, 1000]) {
      source.s3.settings.pageSize = pageSize;
      source.cursor.clear();
      expect(await source.collect()).toEqual(names(60));
    }
    for (const key of names(700, 60)) put(key);
    source.s3.settings.pageSize = 1000;
    let most = 0;
    for await (const batch of collector.collect(source.options(), source.cursor, source.context))
      most = Math.max(most, batch.chunks.length);
    expect(most).toBe(250);
  });

  it('a second run finds only what is new, under whatever name it appears', async () => {
    for (const key of names(30)) put(key);
    await source.collect();
    expect(await source.collect()).toEqual([]);
    put('0-first.log');
    put('2026/11/000010-between.log');
    put('zz-last.log');
    expect(await source.collect()).toEqual(['0-first.log', '2026/11/000010-between.log', 'zz-last.log']);
    expect(await source.collect()).toEqual([]);
  });

  it('folders made by consoles are no data, other prefixes are not touched', async () => {
    put('in/', '');
    put('in/sub/', '');
    put('in/a.log');
    put('in/empty.log', '');
    put('out/b.log');
    expect(await source.collect({ prefix: 'in/' })).toEqual(['in/a.log', 'in/empty.log']);
    expect(source.s3.requests.every((request) => request.kind === 'list' && request.key === 'in/')).toBe(true);
  });

  it('archived objects and ones larger than 5 GiB are gaps with a reason, told once', async () => {
    put('a.log');
    source.s3.put('b.log', 'bb', { storageClass: 'GLACIER' });
    source.s3.put('c.log', 'ccc', { storageClass: 'DEEP_ARCHIVE' });
    source.s3.put('d.log', 'dd', { storageClass: 'DEEP_ARCHIVE' });
    source.s3.put('e.log', 'e', { storageClass: 'GLACIER_IR' });
    expect(await source.collect()).toEqual(['a.log', 'e.log']);
    expect(source.gaps.map(({ why, bytes }) => ({ why, bytes }))).toEqual([
      {
        why: 'One object was left out, s3://logs/b.log: in the archive (GLACIER): restore and copy what is needed to another name.',
        bytes: 2,
      },
      {
        why: '2 objects were left out, the first is s3://logs/c.log: in the archive (DEEP_ARCHIVE): restore and copy what is needed to another name.',
        bytes: 5,
      },
    ]);
    await source.collect();
    expect(source.gaps).toHaveLength(2);
    source.s3.settings.fault = ({ kind }) =>
      kind === 'list'
        ? {
            raw: '<ListBucketResult><Contents><Key>big</Key><ETag>"x"</ETag><Size>5368709121</Size></Contents></ListBucketResult>',
          }
        : undefined;
    expect(await source.collect()).toEqual([]);
    expect(source.gaps.at(-1)).toMatchObject({
      why: 'One object was left out, s3://logs/big: larger than 5 GiB: have the logs cut into smaller objects.',
      bytes: 5_368_709_121,
    });
  });
});

describe('memory', () => {
  it('what is remembered is forgotten after the look-back, and nothing is found twice or lost by that', async () => {
    const expected: string[] = [];
    for (let step = 0; step < 40; step++) {
      for (let i = 0; i < 5; i++) {
        const key = `${(step * 7 + i * 13) % 50}/${step}-${i}.log`;
        put(key);
        expected.push(key);
      }
      await source.collect();
      later(6 * hour);
    }
    expect(source.chunks).toHaveLength(expected.length);
    expect(new Set(source.chunks.map((chunk) => chunk.name.replace('s3://logs/', '')))).toEqual(new Set(expected));
    // A day of look-back at five objects in six hours, and what came since the last listing of everything.
    expect([...source.cursor.keys()].filter((key) => key.startsWith('seen:')).length).toBeLessThanOrEqual(30);
  });

  it('an upload that took hours appears late and is found', async () => {
    for (const key of names(5)) put(key);
    await source.collect();
    later(20 * hour);
    await source.collect();
    put('1-slow-upload.log', 'x', source.clock.now - 20 * hour);
    later(hour);
    expect(await source.collect()).toEqual(['1-slow-upload.log']);
    put('2-slower.log', 'x', source.clock.now - 47 * hour);
    expect(await source.collect({ lookback: '3d' })).toEqual(['2-slower.log']);
  });

  it('a clock of this machine that is days ahead loses nothing', async () => {
    source.clock.now += 3 * day;
    source.s3.put('a.log', 'a');
    await source.collect();
    source.s3.put('b.log', 'b');
    expect(await source.collect()).toEqual(['b.log']);
  });

  it('in a large bucket most runs begin where something recent is, and early names are found within hours', async () => {
    source.s3.settings.pageSize = 10;
    for (const key of names(300)) put(key, key, source.clock.now - 30 * day);
    for (const key of names(20, 300)) put(key);
    expect(await source.collect()).toEqual(names(320));
    const requests = (): number => source.s3.requests.splice(0).length;
    expect(requests()).toBe(32);
    later(hour);
    put('2026/11/000311-late.log');
    put('2026/11/000400.log');
    expect(await source.collect()).toEqual(['2026/11/000311-late.log', '2026/11/000400.log']);
    expect(requests()).toBe(3);
    put('0000-new-folder.log');
    expect(await source.collect()).toEqual([]);
    expect(requests()).toBe(3);
    later(6 * hour);
    expect(await source.collect()).toEqual(['0000-new-folder.log']);
    expect(requests()).toBe(33);
  });

  it('another prefix begins anew, and what it shares with the old one keeps its chunk', async () => {
    for (const key of ['a/1.log', 'b/1.log']) put(key, key, source.clock.now - 30 * day);
    expect(await source.collect({ prefix: 'a/' })).toEqual(['a/1.log']);
    expect(await source.collect()).toEqual(['a/1.log', 'b/1.log']);
    expect(source.chunks[1]).toEqual(source.chunks[0]);
  });

  it('a cursor that another version wrote costs a listing and nothing else', async () => {
    put('a.log');
    source.cursor.set('run', '{"x":1}').set('whole', 'no json');
    expect(await source.collect()).toEqual(['a.log']);
  });
});

describe('a killed run', () => {
  it('killed before any of its batches and started again, it gives the same chunks', async () => {
    source.s3.settings.pageSize = 8;
    for (const key of names(27)) put(key);
    for (let kill = 0; kill < 6; kill++) {
      source.cursor.clear();
      source.chunks.length = 0;
      for (let run = 0; run < 6; run++) await source.collect({}, kill > 0 ? kill : run === 0 ? 0 : undefined);
      expect(source.chunks.map((chunk) => chunk.name.slice('s3://logs/'.length))).toEqual(names(27));
    }
  });

  it('it goes on where it was, and finds what came meanwhile', async () => {
    source.s3.settings.pageSize = 5;
    for (const key of names(40)) put(key);
    expect(await source.collect({}, 4)).toEqual(names(20));
    source.s3.requests.length = 0;
    put('0-early.log');
    put('9-late.log');
    expect(await source.collect()).toEqual([...names(20, 20), '9-late.log']);
    expect(source.s3.requests[0]?.query.get('start-after')).toBe('2026/11/000019.log.gz');
    expect(await source.collect()).toEqual(['0-early.log']);
  });

  it('stopping ends it after a page', async () => {
    source.s3.settings.pageSize = 5;
    for (const key of names(40)) put(key);
    const controller = new AbortController();
    const found: string[] = [];
    for await (const batch of collector.collect(source.options(), source.cursor, {
      ...source.context,
      signal: controller.signal,
    })) {
      found.push(...batch.chunks.map((chunk) => chunk.name));
      controller.abort();
    }
    expect(found).toHaveLength(5);
  });
});

describe('F35 objects that change', () => {
  it('F35 an object listed twice is one chunk', async () => {
    source.s3.settings.pageSize = 5;
    source.s3.settings.overlap = 2;
    for (const key of names(40)) put(key, key, source.clock.now - 3 * day);
    expect(await source.collect()).toEqual(names(40));
    source.cursor.clear();
    await source.collect();
    const keys = source.chunks.map((chunk) => chunk.key);
    expect(keys.slice(40)).toEqual(keys.slice(0, 40));
  });

  it('F35 an overwritten object is a new chunk, and the old one is gone', async () => {
    put('a.log', 'first');
    await source.collect();
    later(hour);
    put('a.log', 'second');
    expect(await source.collect()).toEqual(['a.log']);
    const [first, second] = source.chunks;
    if (first === undefined || second === undefined) throw new Error('two chunks were expected');
    expect(first.key).not.toBe(second.key);
    await expect(source.read(first)).rejects.toThrow(ChunkGoneError);
    expect(await source.read(second)).toBe('second');
    put('a.log', 'second', source.clock.now + hour);
    expect(await source.collect()).toEqual([]);
  });

  it('F35 an object overwritten while it is read is never half of each', async () => {
    put('a.log', 'A'.repeat(2_000_000));
    await source.collect();
    const [chunk] = source.chunks;
    if (chunk === undefined) throw new Error('no chunk');
    source.s3.settings.fault = ({ kind, index }) => {
      if (kind !== 'get' || index > 0) return undefined;
      setTimeout(() => put('a.log', 'B'.repeat(2_000_000)), 5);
      return { cutAfter: 700_000 };
    };
    await expect(source.read(chunk)).rejects.toThrow(ChunkGoneError);
    const asked = source.s3.requests.filter(({ kind }) => kind === 'get');
    expect(asked.map(({ headers }) => headers['if-match'])).toEqual([chunk.place?.etag, chunk.place?.etag]);
    expect(asked[1]?.headers.range).toMatch(/^bytes=[1-9]\d*-$/);
  });

  it('F35 a cut connection goes on from where it was', async () => {
    const body = randomBytes(1_500_000).toString('hex');
    put('a.log', body);
    await source.collect();
    const [chunk] = source.chunks;
    if (chunk === undefined) throw new Error('no chunk');
    source.s3.settings.fault = ({ kind, index }) => (kind === 'get' && index < 3 ? { cutAfter: 900_000 } : undefined);
    expect((await source.read(chunk)) === body).toBe(true);
  });

  it('F35 an object that vanishes is gone, before it is read and between listing and reading', async () => {
    put('a.log');
    put('b.log');
    await source.collect();
    source.s3.objects.delete('a.log');
    for (const chunk of source.chunks.slice(0, 1)) {
      await expect(source.read(chunk)).rejects.toThrow(ChunkGoneError);
      await expect(source.read(chunk)).rejects.toThrow(
        's3://logs/a.log: the object is no longer there (NoSuchKey, 404).',
      );
    }
    expect(await source.collect()).toEqual([]);
    source.s3.put('b.log', 'x', { storageClass: 'GLACIER', etag: String(source.chunks[1]?.place?.etag) });
    for (const chunk of source.chunks.slice(1)) await expect(source.read(chunk)).rejects.toThrow(ChunkGoneError);
  });

  it('F35 without an ETag the length and the time tell one object from the next', async () => {
    source.s3.put('a.log', 'first', { etag: '', modified: source.clock.now });
    await source.collect();
    source.s3.put('a.log', 'longer', { etag: '', modified: source.clock.now + 1000 });
    await source.collect();
    const [first, second] = source.chunks;
    if (first === undefined || second === undefined) throw new Error('two chunks were expected');
    await expect(source.read(first)).rejects.toThrow(ChunkGoneError);
    expect(await source.read(second)).toBe('longer');
  });
});

describe('a service in trouble', () => {
  it('slowing down, errors and resets are tried again', async () => {
    for (const key of names(30)) put(key);
    source.s3.settings.pageSize = 10;
    source.s3.settings.fault = ({ index }) =>
      index % 4 === 0
        ? { status: 503, code: 'SlowDown' }
        : index % 4 === 1
          ? { status: 500, code: 'InternalError' }
          : index % 4 === 2
            ? 'reset'
            : undefined;
    expect(await source.collect()).toEqual(names(30));
    const [chunk] = source.chunks;
    if (chunk === undefined) throw new Error('no chunk');
    expect(await source.read(chunk)).toBe(`body of ${names(1)[0]}`);
  });

  it('what does not pass is an error that says what to do, and the next run goes on', async () => {
    for (const key of names(30)) put(key);
    source.s3.settings.pageSize = 10;
    source.s3.settings.fault = ({ index }) => (index >= 1 ? { status: 503, code: 'SlowDown' } : undefined);
    await expect(source.collect()).rejects.toThrow(
      's3://logs/: the service asks to slow down (SlowDown, 503). Ask less often: raise every.',
    );
    source.s3.settings.fault = () => undefined;
    await source.collect();
    expect(source.chunks.map((chunk) => chunk.name.slice('s3://logs/'.length))).toEqual(names(30));
  });
});
