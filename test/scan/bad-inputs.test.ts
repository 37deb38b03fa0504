import { mkdirSync, mkdtempSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { decompressed } from '../../src/scan/input.js';
import { scan } from '../../src/scan/scan.js';
import { findInputs, type NotRead } from '../../src/scan/walk.js';
import { bytesInput, ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';

const line = (n: number, host = 'chatgpt.com'): string =>
  `17600000${String(n % 100).padStart(2, '0')}.000    100 10.0.0.${(n % 250) + 1} TCP_TUNNEL/200 5000 CONNECT ${host}:443 ann HIER_DIRECT/203.0.113.5 -\n`;
const log = Array.from({ length: 200 }, (_, n) => line(n)).join('');
const options = await scanOptions(ownCatalog());
const events = (usage: readonly { events: number }[]): number => usage.reduce((sum, row) => sum + row.events, 0);

describe('a damaged input costs itself and nothing else', () => {
  it('a cut gzip file is counted as far as it goes', async () => {
    const whole = gzipSync(Array.from({ length: 20_000 }, (_, n) => line(n * 7919)).join(''));
    const result = await scanBytes('cut.gz', whole.subarray(0, whole.length - 200), options);
    expect(result.problem).toContain('ends in the middle of its gzip data');
    expect(result.counts.events).toBeGreaterThan(10_000);
  });
  it('a gzip file of several members is read whole', async () => {
    const result = await scanBytes('two.gz', Buffer.concat([gzipSync(log), gzipSync(log)]), options);
    expect(result).toMatchObject({ problem: undefined });
    expect(events(result.usage)).toBe(400);
  });
  it('damage behind a whole gzip member keeps the member', async () => {
    const second = gzipSync(log.repeat(50));
    second.fill(0x55, 40, 80);
    const result = await scanBytes('bad.gz', Buffer.concat([gzipSync(log), second]), options);
    expect(result.problem).toContain('damaged gzip data');
    expect(events(result.usage)).toBeGreaterThanOrEqual(200);
  });
  it('a binary file is named as such', async () => {
    const result = await scanBytes(
      'x.bin',
      Buffer.from(Array.from({ length: 5000 }, (_, i) => (i * 31) % 256)),
      options,
    );
    expect(result).toMatchObject({ format: undefined, why: 'the file holds binary data' });
  });
  it('an unknown text is described by its shape, without its content', async () => {
    const result = await scanBytes('notes.txt', Buffer.from('Dear Ann, the secret is 42\nyours\n'), options);
    expect(result.format).toBeUndefined();
    expect(result.why).toContain('looks like: a a, a a a 9');
    expect(result.why).not.toContain('secret');
  });
  it('a line of 100 MB is rejected, and the lines around it count', async () => {
    async function* huge(): AsyncGenerator<Buffer> {
      yield Buffer.from(log);
      for (let i = 0; i < 100; i++) yield Buffer.alloc(1_000_000, 97);
      yield Buffer.from(`\n${line(1)}`);
    }
    const before = process.memoryUsage().arrayBuffers;
    const input = { ...bytesInput('long.log', Buffer.alloc(0)), bytes: huge };
    const { scanInput } = await import('../../src/scan/scan-input.js');
    const result = await scanInput(input, options);
    expect(result.counts).toMatchObject({ records: 202, rejected: 1 });
    expect(events(result.usage)).toBe(201);
    expect([...result.rejects.keys()]).toEqual(['the record is longer than 1 MiB']);
    expect(process.memoryUsage().arrayBuffers - before).toBeLessThan(64_000_000);
  });
  it('a gzip bomb is stopped', async () => {
    const bomb = { ...bytesInput('bomb.gz', Buffer.alloc(0)), bytes: () => bombChunks() };
    let bytes = 0;
    await expect(
      (async () => {
        for await (const chunk of decompressed(bomb)) bytes += chunk.length;
      })(),
    ).rejects.toThrow('unpacks to more than');
    expect(bytes).toBeLessThan(1_200_000_000);
  });
  it('UTF-16 from a Windows shell is read', async () => {
    const bytes = Buffer.concat([Buffer.from([0xff, 0xfe]), Buffer.from(log, 'utf16le')]);
    expect(events((await scanBytes('utf16.log', bytes, options, 1001)).usage)).toBe(200);
  });
  it('the result does not depend on how the bytes come', async () => {
    const bytes = gzipSync(`\uFEFF${log}`);
    const [a, b] = [await scanBytes('a.gz', bytes, options, 7), await scanBytes('a.gz', bytes, options)];
    expect(a).toEqual(b);
  });
});

/** 2 GiB of zeros in gzip members of 16 MiB. */
async function* bombChunks(): AsyncGenerator<Buffer> {
  const member = gzipSync(Buffer.alloc(16 << 20), { level: 9 });
  for (let i = 0; i < 128; i++) yield member;
}

describe('a folder', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-scan-'));
  mkdirSync(join(folder, 'sub'));
  writeFileSync(join(folder, 'a.log'), log);
  writeFileSync(join(folder, 'sub', 'b.log.gz'), gzipSync(log));
  writeFileSync(join(folder, 'empty.log'), '');
  writeFileSync(join(folder, 'notes.txt'), 'nothing of interest\n');
  writeFileSync(join(folder, '.hidden'), log);
  symlinkSync('/etc/passwd', join(folder, 'link.log'));
  writeFileSync(join(folder, 'broken.zip'), Buffer.from([0x50, 0x4b, 3, 4, 1, 2, 3, 4]));

  it('is read with everything in it; what is not read is named with what to do', async () => {
    const notRead: NotRead[] = [];
    const result = await scan(
      findInputs([folder, join(folder, 'missing.log')], new Set(), (problem) => notRead.push(problem)),
      notRead,
      options,
    );
    expect(result.inputs.map((input) => input.name.slice(folder.length))).toEqual(['/a.log', '/sub/b.log.gz']);
    expect(events(result.usage)).toBe(400);
    const reasons = notRead.map(({ name, why }) => [name.slice(folder.length), why]);
    expect(reasons.sort(([a = ''], [b = '']) => (a < b ? -1 : 1))).toEqual([
      ['/broken.zip', 'is a damaged zip archive: copy the file again'],
      ['/empty.log', 'is empty'],
      ['/link.log', 'is a symbolic link, which is not followed inside folders: name its target on the command line'],
      ['/missing.log', 'does not exist: check the path'],
      ['/notes.txt', expect.stringContaining('name its format with --format')],
    ]);
  });
  it('named twice is read once', async () => {
    const result = await scan(
      findInputs([join(folder, 'a.log'), folder], new Set(), () => {}),
      [],
      options,
    );
    expect(result.inputs).toHaveLength(2);
  });
});
