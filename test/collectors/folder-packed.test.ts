import { appendFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';
import { afterEach, expect, it } from 'vitest';
import { randomFrom } from '../helpers/rotation-driver.js';
import { WatchedFolder } from '../helpers/watched-folder.js';
import { zipOf } from '../helpers/zip.js';

let folder = new WatchedFolder();
afterEach(() => folder.remove());
const watch = (options: Record<string, unknown> = {}): WatchedFolder => {
  folder.remove();
  folder = new WatchedFolder(options);
  return folder;
};

/** A packed log of several members and what was done to it: only the members before `good` are whole. */
interface Case {
  name: string;
  members: Buffer[];
  texts: string[];
  bytes: Buffer;
  good: number;
  damaged: boolean;
}

function damage(name: string, random: () => number): Case {
  const below = (count: number): number => Math.floor(random() * count);
  const texts = Array.from({ length: 1 + below(4) }, (_, member) =>
    Array.from({ length: 1 + below(40) }, (_unused, line) => `${name} ${member} ${line} ${random()}\n`).join(''),
  );
  const members = texts.map((text) => gzipSync(text));
  const start = (member: number): number => members.slice(0, member).reduce((sum, { length }) => sum + length, 0);
  const whole = Buffer.concat(members);
  const k = below(members.length);
  const member = members[k] ?? Buffer.alloc(0);
  const at = start(k);
  const bytes = Buffer.from(whole);
  const flip = (place: number, bits: number): number => bytes.writeUInt8(bytes.readUInt8(place) ^ bits, place);
  const base = { name, members, texts };
  switch (below(6)) {
    case 0: {
      // Cut inside of a member; of one byte alone nobody can say what it is.
      const cut = at + 2 + below(member.length - 2);
      return { ...base, bytes: bytes.subarray(0, cut), good: k, damaged: true };
    }
    case 1:
      // Wrong checksum or length in the trailer.
      flip(at + member.length - 1 - below(8), 0x10);
      return { ...base, bytes, good: k, damaged: true };
    case 2:
      // A byte in the middle of the data.
      flip(at + 12 + below(Math.max(1, member.length - 22)), 0x55);
      return { ...base, bytes, good: k, damaged: true };
    case 3:
      return {
        ...base,
        bytes: Buffer.concat([whole, Buffer.from('junk behind it')]),
        good: texts.length,
        damaged: true,
      };
    case 4:
      // Still growing: the members to come are missing.
      return { ...base, bytes: bytes.subarray(0, at), good: k, damaged: false };
    default:
      // A tape's zeros are no damage.
      return { ...base, bytes: Buffer.concat([whole, Buffer.alloc(512)]), good: texts.length, damaged: false };
  }
}

it('F28 of 2,000 damaged, cut and growing gzip files the whole members are read, the rest is reported, and read when it comes', async () => {
  const random = randomFrom(28);
  for (let round = 0; round < 10; round++) {
    watch();
    const cases = Array.from({ length: 200 }, (_, i) => damage(`f${round}-${i}.gz`, random));
    for (const { name, bytes } of cases) writeFileSync(folder.file(name), bytes);
    const textOf = async (name: string): Promise<string> =>
      await folder.text([...folder.chunks.values()].filter((chunk) => chunk.name === name));
    await folder.collect();
    const reported = new Set(folder.gaps.map(({ why }) => why.slice(0, why.indexOf(' '))));
    for (const { name, texts, good, damaged, members, bytes } of cases) {
      expect([name, await textOf(name)]).toEqual([name, texts.slice(0, good).join('')]);
      expect([name, reported.has(name)]).toEqual([name, damaged]);
      const stored = members.slice(0, good).reduce((sum, { length }) => sum + length, 0);
      const gap = folder.gaps.find(({ why }) => why.startsWith(`${name} `));
      if (damaged)
        expect([gap?.bytes, gap?.why]).toEqual([
          bytes.length - stored,
          expect.stringContaining(` ${stored} to ${bytes.length} `),
        ]);
    }
    // The files are copied again, whole.
    for (const { name, members } of cases) writeFileSync(folder.file(name), Buffer.concat(members));
    folder.ahead += 10_000;
    await folder.collect();
    for (const { name, texts } of cases) expect([name, await textOf(name)]).toEqual([name, texts.join('')]);
    expect(await folder.collect()).toEqual([]);
  }
});

it('a compressed file is not touched before it has settled', async () => {
  watch({ settle: '5s' }).write('a.log.gz', gzipSync('one\n'));
  expect(await folder.collect()).toEqual([]);
  folder.ahead = 6000;
  expect(await folder.text(await folder.collect())).toBe('one\n');
});

it('a log that is compressed member by member as it grows goes on behind what was read', async () => {
  watch().write('a.log.gz', gzipSync('one\n'));
  await folder.collect();
  appendFileSync(folder.file('a.log.gz'), gzipSync('two\nthree\n'));
  const [chunk] = await folder.collect();
  expect(chunk?.prime).toBe('one\n');
  expect(await folder.text(chunk === undefined ? [] : [chunk])).toBe('two\nthree\n');
});

it('a zip archive is one piece, known again under any name', async () => {
  const archive = zipOf({ 'a.log': 'one\n', 'b.log': 'two\n' });
  watch().write('logs.zip', archive);
  const [chunk] = await folder.collect();
  renameSync(folder.file('logs.zip'), folder.file('again.zip'));
  writeFileSync(folder.file('copy.zip'), archive);
  expect(await folder.collect()).toEqual([]);
  rmSync(folder.file('again.zip'));
  expect(chunk === undefined ? undefined : await folder.open(chunk)).toEqual(archive);
});
