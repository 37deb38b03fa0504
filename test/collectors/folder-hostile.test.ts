import { execFileSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  closeSync,
  linkSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
  writeSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import { afterEach, expect, it } from 'vitest';
import { collector } from '../../src/collectors/folder.js';
import { ChunkGoneError } from '../../src/core/chunk.js';
import { WatchedFolder } from '../helpers/watched-folder.js';

let folder = new WatchedFolder();
const outside = mkdtempSync(join(tmpdir(), 'halflight-outside-'));
afterEach(() => folder.remove());
const watch = (options: Record<string, unknown> = {}): WatchedFolder => {
  folder.remove();
  folder = new WatchedFolder(options);
  return folder;
};
const secret = 'top secret\n'.repeat(1000);
mkdirSync(join(outside, 'd'), { recursive: true });
for (const name of ['secret.log', 'd/x.log', 'd/y.log']) writeFileSync(join(outside, name), secret);

/** A device or pipe, where this user may make one. */
const made = (...command: [string, ...string[]]): void => {
  try {
    execFileSync(command[0], command.slice(1), { stdio: 'ignore' });
  } catch {
    // Not root: the other kinds remain.
  }
};

it('A16 of forty kinds of files only the regular ones inside of the folder are read', async () => {
  watch();
  const at = (name: string): string => folder.file(name);
  const links: [string, string][] = [
    ['file', join(outside, 'secret.log')],
    ['folder', join(outside, 'd')],
    ['relative', `../${outside.slice(outside.lastIndexOf('/') + 1)}/secret.log`],
    ['root', '/'],
    ['etc', '/etc/passwd'],
    ['zero', '/dev/zero'],
    ['null', '/dev/null'],
    ['random', '/dev/urandom'],
    ['proc', '/proc/self/environ'],
    ['cmdline', '/proc/self/cmdline'],
    ['stdin', '/dev/stdin'],
    ['fd', '/proc/self/fd/0'],
    ['mem', '/proc/self/mem'],
    ['cwd', '/proc/self/cwd'],
    ['kmsg', '/dev/kmsg'],
    ['tty', '/dev/tty'],
    ['dangling', '/nowhere'],
    ['self', 'link-self.log'],
    ['loop', 'link-loop2.log'],
    ['loop2', 'link-loop.log'],
    ['inside', 'good.log'],
    ['up', '..'],
    ['here', '.'],
    ['empty-target', ' '],
    ['gz', join(outside, 'secret.log')],
  ];
  for (const [name, target] of links) symlinkSync(target, at(`link-${name}.log`));
  made('mkfifo', at('fifo.log'));
  made('mkfifo', at('fifo.gz'));
  made('mknod', at('char.log'), 'c', '1', '5');
  made('mknod', at('null.log'), 'c', '1', '3');
  made('mknod', at('block.log'), 'b', '7', '99');
  const server = createServer().listen(at('socket.log'));
  mkdirSync(at('folder.log'));
  mkdirSync(at('.hidden'));
  writeFileSync(at('.hidden/in.log'), 'hidden\n');
  writeFileSync(at('.hidden.log'), 'hidden\n');
  writeFileSync(at('upload.tmp'), 'unfinished\n');
  writeFileSync(at('upload.PART'), 'unfinished\n');
  writeFileSync(at('excluded.bak'), 'excluded\n');
  writeFileSync(at('empty.log'), '');
  writeFileSync(at('good.log'), 'good\n');
  linkSync(at('good.log'), at('hard-link.log'));
  writeFileSync(at('mode.log'), 'mode\n');
  chmodSync(at('mode.log'), 0o000);
  folder.options.exclude = ['*.bak'];
  try {
    const found = await folder.collect();
    // Root may read what has no mode.
    const mode = process.getuid?.() === 0 ? 'mode\n' : '';
    expect(await folder.text(found)).toBe(`good\n${mode}`);
    expect(folder.said.join('\n')).toMatch(/link-\S+ is a symbolic link, which is not followed \(and 24 more\)/);
    expect(folder.said.join('\n')).toMatch(/is no regular file \(a pipe, socket or device\)/);
    const checks = await collector.test(folder.options, folder.context);
    expect(checks.map(({ name, outcome }) => [name, outcome]).slice(0, 2)).toEqual([
      ['Folder', 'ok'],
      ['Files', 'ok'],
    ]);
    expect(checks.filter(({ name }) => name === 'Left out').map(({ found: what }) => what)).toEqual(
      expect.arrayContaining([expect.stringContaining('25 times')]),
    );
  } finally {
    server.close();
  }
});

it('A16 no byte from outside is read while files and folders are swapped with links', async () => {
  watch();
  mkdirSync(folder.file('d'));
  for (const name of ['x.log', 'd/x.log', 'd/y.log']) folder.write(name, `inside ${name}\n`.repeat(50));
  const swaps = 5000;
  const worker = new Worker(
    `const { workerData: { root, outside, swaps } } = require('node:worker_threads');
     const fs = require('node:fs');
     for (let i = 0; i < swaps; i++) {
       for (const [name, target] of [['x.log', 'secret.log'], ['d', 'd']]) {
         fs.renameSync(root + '/' + name, root + '/.' + name);
         fs.symlinkSync(outside + '/' + target, root + '/' + name);
         fs.unlinkSync(root + '/' + name);
         fs.renameSync(root + '/.' + name, root + '/' + name);
         if (i % 10 === 0) fs.appendFileSync(root + '/x.log', 'inside ' + i + '\\n');
       }
     }`,
    { eval: true, workerData: { root: folder.path, outside, swaps } },
  );
  const ended = new Promise((resolve) => worker.once('exit', resolve));
  let running = true;
  void ended.then(() => {
    running = false;
  });
  let looks = 0;
  do {
    const chunks = await folder.collect();
    for (const chunk of chunks) {
      try {
        expect((await folder.open(chunk)).includes('secret')).toBe(false);
      } catch (error) {
        // It was away at that moment.
        expect(error).toBeInstanceOf(ChunkGoneError);
      }
    }
    looks++;
  } while (running);
  expect(await ended).toBe(0);
  expect(looks).toBeGreaterThan(5);
  await folder.collect();
  const text = await folder.text();
  expect(text).not.toContain('secret');
  expect(text.split('\n').filter((line) => line === 'inside d/y.log')).toHaveLength(50);
});

it('A17 whatever a file is called, it is read, and no name leads out of the folder', async () => {
  watch();
  const names = [
    Buffer.from('x..\n..\n'),
    Buffer.from('tab\tbell\u0007esc\u001b[31m.log'),
    Buffer.from('"; drop table chunks; --'),
    Buffer.from('%2e%2e%2fsecret.log'),
    Buffer.from('x\\..\\..\\secret.log'),
    Buffer.from('\u202egol.exe'),
    Buffer.from('<script>alert(1)<.log'),
    Buffer.from('$(reboot).log'),
    Buffer.from('x'.repeat(255)),
    Buffer.from('日本語'.repeat(28)),
    Buffer.from([0x66, 0xfc, 0x72, 0x2e, 0x6c, 0x6f, 0x67]),
    Buffer.from([0x80, 0xff, 0xfe, 0xc0]),
    Buffer.from('CON'),
    Buffer.from(' '),
    Buffer.from('-rf'),
  ];
  for (const [i, name] of names.entries())
    writeFileSync(Buffer.concat([Buffer.from(`${folder.path}/`), name]), `file ${i}\n`);
  const chunks = await folder.collect();
  expect(chunks).toHaveLength(names.length);
  const texts = (await folder.text(chunks)).split('\n').filter(Boolean);
  expect(new Set(texts)).toEqual(new Set(names.map((_, i) => `file ${i}`)));
  const [chunk] = chunks;
  if (chunk === undefined) throw new Error('no chunk');
  for (const path of [
    '../secret.log',
    `/${outside}/secret.log`,
    `//${Buffer.from('../secret.log').toString('base64')}`,
    '',
    '.',
  ]) {
    const place = { ...chunk.place, path, dev: '0', ino: '0' };
    expect(await folder.open({ ...chunk, place })).toEqual(await folder.open(chunk));
  }
});

/** Bytes that this process has read from files so far. */
const bytesRead = (): number => Number(/rchar: (\d+)/.exec(readFileSync('/proc/self/io', 'utf8'))?.[1]);

const files = Number(process.env.FILES ?? 3000);

it(`F32 many tiny files cost little memory, and nothing when they have not changed (${files})`, async () => {
  watch({ recursive: true });
  for (let i = 0; i < files; i++) {
    if (i % 1000 === 0) mkdirSync(folder.file(`d${i / 1000}`));
    folder.write(
      `d${Math.floor(i / 1000)}/${i}.log`,
      `#Fields: date time cs-host\n2026-03-02 10:00:00 host-${i}.example\n`,
    );
  }
  folder.ahead = 60_000;
  const before = process.memoryUsage().rss;
  let started = performance.now();
  const found = await folder.collect();
  const first = performance.now() - started;
  expect(found).toHaveLength(files);
  const rss = process.memoryUsage().rss - before;
  expect(rss).toBeLessThan(200 << 20);
  const readBefore = bytesRead();
  started = performance.now();
  expect(await folder.collect()).toEqual([]);
  const second = performance.now() - started;
  expect(bytesRead() - readBefore).toBeLessThan(100_000);
  const entry = [...folder.cursor.values()].reduce((sum, value) => sum + value.length, 0) / files;
  if (process.env.FILES !== undefined)
    console.log(
      `${files} files: first ${first.toFixed(0)} ms, unchanged ${second.toFixed(0)} ms, RSS +${(rss / 2 ** 20).toFixed(0)} MiB, entry ${entry.toFixed(0)} bytes`,
    );
});

it('F32 an endless line is not searched again from its beginning, and is one piece when it ends', async () => {
  const long = 'x'.repeat(16 << 20);
  watch({ chunk_bytes: '1 MiB' }).write('app.log', `first\n${long}`);
  await folder.collect();
  const before = bytesRead();
  appendFileSync(folder.file('app.log'), 'more of it');
  expect(await folder.collect()).toEqual([]);
  expect(bytesRead() - before).toBeLessThan(1 << 20);
  appendFileSync(folder.file('app.log'), '\nlast\n');
  const found = await folder.collect();
  expect(await folder.text(found)).toBe(`${long}more of it\nlast\n`);
  expect(found.map(({ size }) => size)).toEqual([long.length + 11, 5]);
});

it('F32 a hole of a terabyte is passed over at once and reported, and what is written around it is read', async () => {
  watch().write('app.log', 'before the hole\n');
  const file = openSync(folder.file('app.log'), 'r+');
  writeSync(file, 'behind the hole\n', 2 ** 40);
  closeSync(file);
  folder.write('empty.log', '');
  truncateSync(folder.file('empty.log'), 2 ** 40);
  folder.write('tail.log', '');
  truncateSync(folder.file('tail.log'), 2 ** 32);
  appendFileSync(folder.file('tail.log'), 'only line\n');
  const started = performance.now();
  const found = await folder.collect();
  expect((await folder.text(found)).split('\n').filter(Boolean).sort()).toEqual([
    'before the hole',
    'behind the hole',
    'only line',
  ]);
  expect(performance.now() - started).toBeLessThan(20_000);
  expect(folder.gaps).toHaveLength(3);
  expect(new Set(folder.gaps.map(({ bytes }) => bytes))).toEqual(
    new Set([2 ** 40, 2 ** 32, 2 ** 40 - 'before the hole\n'.length]),
  );
  expect(await folder.collect()).toEqual([]);
  appendFileSync(folder.file('tail.log'), 'one more\n');
  expect(await folder.text(await folder.collect())).toBe('one more\n');
});
