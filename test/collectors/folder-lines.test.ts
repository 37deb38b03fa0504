import { appendFileSync, rmSync, writeFileSync } from 'node:fs';
import { afterEach, expect, it } from 'vitest';
import { ChunkGoneError } from '../../src/core/chunk.js';
import { WatchedFolder } from '../helpers/watched-folder.js';

let folder = new WatchedFolder();
afterEach(() => folder.remove());
const watch = (options: Record<string, unknown> = {}): WatchedFolder => {
  folder.remove();
  folder = new WatchedFolder(options);
  return folder;
};

it('F29 the pieces do not depend on where a line, a CRLF or a character was torn when the file was looked at', async () => {
  const content = (i: number): string =>
    `no ${i}: größe\r\n日本語 ${i} 😀\r\nplain ${i}\n\n${'é'.repeat(30)} ${i}\r\nlast`;
  const length = Buffer.byteLength(content(100));
  watch();
  for (let i = 100; i <= 100 + length; i++)
    writeFileSync(folder.file(`${i}.log`), Buffer.from(content(i)).subarray(0, i - 100));
  await folder.collect();
  for (let i = 100; i <= 100 + length; i++)
    appendFileSync(folder.file(`${i}.log`), Buffer.from(content(i)).subarray(i - 100));
  folder.ahead = 5000;
  await folder.collect();
  const pieces = async (): Promise<Map<string, string>> => {
    const texts = new Map<string, string>();
    for (const chunk of folder.chunks.values()) {
      const text = (await folder.open(chunk)).toString();
      if (chunk.place?.unfinished !== true) expect(text.endsWith('\n')).toBe(true);
      texts.set(chunk.name, (texts.get(chunk.name) ?? '') + text);
    }
    return texts;
  };
  const held = await pieces();
  for (let i = 100; i <= 100 + length; i++) expect(held.get(`${i}.log`)).toBe(content(i).slice(0, -'last'.length));
  // The end of the last line never comes.
  folder.ahead += 3_590_000;
  expect(await folder.collect()).toEqual([]);
  folder.ahead += 20_000;
  const flushed = await folder.collect();
  expect(flushed).toHaveLength(length + 1);
  expect(flushed.every((chunk) => chunk.place?.unfinished === true)).toBe(true);
  const all = await pieces();
  for (let i = 100; i <= 100 + length; i++) expect(all.get(`${i}.log`)).toBe(content(i));
});

it('a CSV file is not cut inside of a quoted field, and a stray quote does not hold it up', async () => {
  const row = (i: number): string => `2026-03-02,"a note\nover two ""lines"" ${i}",${i}\n`;
  const text = `date,note,amount\n${Array.from({ length: 60 }, (_, i) => row(i)).join('')}`;
  watch({ chunk_bytes: 200 }).write('expenses.csv', text);
  const chunks = await folder.collect();
  expect(chunks.length).toBeGreaterThan(10);
  expect(await folder.text(chunks)).toBe(text);
  for (const chunk of chunks.slice(1)) expect((await folder.open(chunk)).toString()).toMatch(/^2026-03-02,"a note\n/);
  const stray = `date,note,amount\n2026-03-02,"never closed,1\n${'2026-03-02,note,1\n'.repeat(500)}`;
  watch().write('stray.csv', stray);
  expect(await folder.text(await folder.collect())).toBe(stray);
});

it('a JSON document is given out whole, when it is whole', async () => {
  const text = JSON.stringify({ value: Array.from({ length: 50 }, (_, id) => ({ id })) }, undefined, 2);
  watch({ chunk_bytes: 100 }).write('export.json', text.slice(0, 300));
  expect(await folder.collect()).toEqual([]);
  writeFileSync(folder.file('export.json'), text);
  const found = await folder.collect();
  expect(found).toHaveLength(1);
  expect(await folder.text(found)).toBe(text);
});

it('a UTF-16 log is cut between characters, and each piece says what it is', async () => {
  const encoded = (text: string): Buffer => Buffer.from(text, 'utf16le');
  watch().write('ps.csv', Buffer.concat([Buffer.from([0xff, 0xfe]), encoded('name,host,time\r\nਊ,a,1\r\n')]));
  await folder.collect();
  appendFileSync(folder.file('ps.csv'), encoded('b,c,2\r\nhalf'));
  const [chunk] = await folder.collect();
  expect(chunk?.prime).toBe('name,host,time\n');
  expect(chunk === undefined ? undefined : await folder.open(chunk)).toEqual(
    Buffer.concat([Buffer.from([0xff, 0xfe]), encoded('b,c,2\r\n')]),
  );
});

it('a deleted file is a gap of what was known and not read of it, and its pieces are gone', async () => {
  watch().write('app.log', 'one\ntwo\nhalf a line');
  const [chunk] = await folder.collect();
  rmSync(folder.file('app.log'));
  await folder.collect();
  expect(folder.gaps).toEqual([]);
  folder.ahead += 120_000;
  await folder.collect();
  await folder.collect();
  expect(folder.gaps.map(({ why, bytes }) => [why, bytes])).toEqual([
    ['app.log is gone with 11 bytes that were not read', 11],
  ]);
  await expect(chunk === undefined ? undefined : folder.open(chunk)).rejects.toThrow(ChunkGoneError);
  // The file is put back within a month: known, but for what was not read.
  writeFileSync(folder.file('back.log'), 'one\ntwo\nhalf a line, whole\n');
  expect(await folder.text(await folder.collect())).toBe('half a line, whole\n');
  rmSync(folder.file('back.log'));
  await folder.collect();
  folder.ahead += 31 * 86_400_000;
  await folder.collect();
  expect([...folder.cursor.keys()]).toEqual(['streams']);
});

it('a half-copied file is waited for, and nothing of it is read twice', async () => {
  const text = Array.from({ length: 500 }, (_, i) => `line ${i} of the log\n`).join('');
  watch({ settle: '2s' }).write('app.log', text);
  await folder.collect();
  rmSync(folder.file('app.log'));
  await folder.collect();
  folder.write('again.log', text.slice(0, 5000));
  expect(await folder.collect()).toEqual([]);
  appendFileSync(folder.file('again.log'), text.slice(5000));
  expect(await folder.collect()).toEqual([]);
  folder.ahead = 10_000;
  expect(await folder.collect()).toEqual([]);
  appendFileSync(folder.file('again.log'), 'more\n');
  expect(await folder.text(await folder.collect())).toBe('more\n');
});
