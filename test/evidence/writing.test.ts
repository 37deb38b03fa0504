import { type FileHandle, mkdtemp, open, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { ZipWriter } from '../../src/evidence/zip/write.js';
import { random } from '../helpers/random.js';
import { filesOf } from './archive.js';

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'halflight-zip-'));
});
afterAll(() => rm(folder, { recursive: true }));

/** A real file on a disk that is full after so many bytes. */
const withRoom = (file: FileHandle, room: number): FileHandle =>
  new Proxy(file, {
    get: (target, name) =>
      name === 'write'
        ? async (bytes: Uint8Array, from: number, length: number, at: number) => {
            if (at + length > room) throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
            return target.write(bytes, from, length, at);
          }
        : Reflect.get(target, name, target),
  });

describe('the archive of a bundle', () => {
  it('holds what was put into it, whatever its size', async () => {
    const path = join(folder, 'whole.zip');
    const file = await open(path, 'wx');
    const next = random(7);
    const texts = [0, 1, 65_535, 65_536, 200_000, 3_000_000].map((size) =>
      Array.from({ length: Math.ceil(size / 10) }, () => next().toString(36).slice(2, 12))
        .join('')
        .slice(0, size),
    );
    const zip = new ZipWriter(file, '2026-11-22');
    for (const [n, text] of texts.entries()) await zip.add(`${n}.txt`, [text], n % 2 === 0);
    await zip.end();
    await file.close();
    const files = await filesOf(await readFile(path));
    expect([...files].map(([, bytes]) => bytes.toString())).toEqual(texts);
  });

  it.each([true, false])(
    'closes what it reads from before it says that the disk is full (deflated: %s)',
    async (deflated) => {
      const file = await open(join(folder, `full-${deflated}.zip`), 'wx');
      let [closed, yielded] = [false, 0];
      const next = random(8);
      const content = async function* (): AsyncGenerator<string> {
        try {
          for (; yielded < 1000; yielded++) yield Array.from({ length: 10_000 }, () => next().toString(36)).join('');
        } finally {
          // As a cursor is closed: it takes a while, and what comes behind the transaction must not meet it.
          await new Promise((resolve) => setTimeout(resolve, 20));
          closed = true;
        }
      };
      const zip = new ZipWriter(withRoom(file, 1_000_000), '2026-11-22');
      await expect(zip.add('large.txt', content(), deflated)).rejects.toMatchObject({ code: 'ENOSPC' });
      expect(closed).toBe(true);
      expect(yielded).toBeLessThan(100);
      await file.close();
    },
  );
});
