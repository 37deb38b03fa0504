import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileInput, type Input, type InputSource, streamInput } from '../../src/scan/input.js';
import type { ScanOptions } from '../../src/scan/options.js';
import { type Threads, threadsFor } from '../../src/scan/pool.js';
import { type ScanResult, scan } from '../../src/scan/scan.js';
import { findInputs, type NotRead } from '../../src/scan/walk.js';
import { halflight } from '../helpers/cli.js';
import { bytesInput, ownCatalog, scanOptions } from '../helpers/scan.js';
import { zipOf } from '../helpers/zip.js';

const catalog = ownCatalog();
const services = [...catalog.services.values()];
const threads = (count: number): Threads => ({ count, services, people: [] });

const line = (second: number, host: string, user: string): string =>
  `${1793000000 + second}.000 10 10.0.0.1 TCP_TUNNEL/200 ${1000 + second} CONNECT ${host}:443 ${user} HIER_DIRECT/203.0.113.9 -\n`;
/** Lines of one user, with AI use, candidates and torn lines; inputs overlap in time, so that evidence is chosen across them. */
const log = (seed: number, lines = 400): string =>
  Array.from({ length: lines }, (_, i) => {
    if (i % 97 === seed) return `${1793000000 + i}.000 torn\n`;
    const host = ['chatgpt.com', 'www.example.org', 'claude.ai', `tool-${seed}.ai`][(i * 7 + seed) % 4] ?? '';
    return line(i * 60 + seed, host, `user${(i * seed) % 5}`);
  }).join('');

let folder: string;
let options: ScanOptions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halflight-threads-'));
  options = await scanOptions(catalog);
  mkdirSync(join(folder, 'sub'));
  for (let i = 1; i <= 5; i++) writeFileSync(join(folder, `proxy-${i}.log`), log(i, 200 * i));
  writeFileSync(join(folder, 'sub', 'old.log.gz'), gzipSync(log(6)));
  writeFileSync(join(folder, 'sub', 'cut.log.gz'), gzipSync(log(7, 20_000)).subarray(0, 20_000));
  writeFileSync(join(folder, 'notes.txt'), 'nothing of interest\n');
  writeFileSync(join(folder, 'week.zip'), zipOf({ 'a.log': log(8), 'b/c.log': log(9), 'b/empty.log': '' }));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/**
 * Standard input and the folder. With `wait` standard input does not end before that many bytes of the folder were read, so
 * that workers have to do it.
 */
async function scanFolder(count: number, wait = 0): Promise<{ result: ScanResult; bytes: number }> {
  const text = Buffer.from(log(0));
  let bytes = -text.length;
  let release = (): void => {};
  const waited = new Promise<void>((resolve) => {
    release = resolve;
  });
  async function* slow(): AsyncGenerator<Buffer> {
    yield text;
    if (wait > 0) await waited;
  }
  async function* inputs(): AsyncGenerator<Input> {
    yield { ...streamInput('standard input', Readable.from([]), 0), bytes: slow };
    yield* findInputs([folder], new Set(), (problem) => notRead.push(problem));
  }
  const notRead: NotRead[] = [];
  const progress = (more: number): void => {
    bytes += more;
    if (bytes >= wait) release();
  };
  const result = await scan(inputs(), notRead, { ...options, hash: true, progress }, threads(count));
  return { result, bytes };
}

function file(name: string): Input {
  const path = join(folder, name);
  return fileInput(path, 0, readFileSync(path).length);
}

async function* each(inputs: readonly Input[]): AsyncGenerator<Input> {
  yield* inputs;
}

describe('threads', () => {
  it('give the same result whatever their number, from files and archives', async () => {
    const { result: alone, bytes } = await scanFolder(1);
    expect(alone.inputs.map(({ name }) => name.replace(folder, ''))).toEqual([
      'standard input',
      '/proxy-1.log',
      '/proxy-2.log',
      '/proxy-3.log',
      '/proxy-4.log',
      '/proxy-5.log',
      '/sub/cut.log.gz',
      '/sub/old.log.gz',
      '/week.zip/a.log',
      '/week.zip/b/c.log',
    ]);
    expect(alone.notRead.map(({ name }) => name.slice(folder.length))).toEqual([
      '/notes.txt',
      '/sub/cut.log.gz',
      '/week.zip/b/empty.log',
    ]);
    expect(alone.candidates.length).toBeGreaterThan(5);
    for (const [count, wait] of [
      [2, bytes],
      [4, bytes],
      [4, 0],
    ] as const) {
      const { result: shared } = await scanFolder(count, wait);
      expect(shared).toEqual(alone);
      // Equal and in the same order: what is written from it has the same bytes.
      expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
    }
  });

  it('resolve people, keep to the mapping and the days, and tell their progress', async () => {
    const person = {
      id: 'p1',
      email: 'user1@acme.example',
      name: 'U',
      group: 'Sales',
      manager: '',
      aliases: [],
      line: 2,
    };
    const { Directory } = await import('../../src/people/directory.js');
    const directory = new Directory([person]);
    let bytes = 0;
    const results = [];
    for (const count of [1, 3]) {
      bytes = 0;
      const notRead: NotRead[] = [];
      const files = [2, 3, 4].map((i) => join(folder, `proxy-${i}.log`));
      const chosen: ScanOptions = {
        ...options,
        resolve: (event) => directory.resolve(event),
        since: 1793000000_000 + 3600_000,
        zone: 'Asia/Tokyo',
        progress: (more) => {
          bytes += more;
        },
      };
      const inputs = findInputs(files, new Set(), (problem) => notRead.push(problem));
      results.push(await scan(inputs, notRead, chosen, { count, services, people: [person] }));
      expect(bytes).toBe(files.reduce((sum, file) => sum + readFileSync(file).length, 0));
    }
    expect(results[1]).toEqual(results[0]);
    expect(results[0]?.usage.some(({ actor }) => actor.kind === 'person')).toBe(true);
  });

  it('one that dies costs the input it was reading, and another takes its place', async () => {
    // The main thread waits here until a worker has read the two files.
    let read = 0;
    let allRead = (): void => {};
    const waiting = new Promise<void>((resolve) => {
      allRead = resolve;
    });
    async function* slow(): AsyncGenerator<Buffer> {
      yield Buffer.from(log(1));
      await waiting;
    }
    const goodBytes = ['proxy-2.log', 'proxy-3.log'].reduce((sum, name) => sum + (file(name).size ?? 0), 0);
    // What no worker can open stands for whatever makes one die; the largest goes first.
    const deadly: Input = {
      ...file('proxy-5.log'),
      size: 1e9,
      source: null as unknown as InputSource,
    };
    const notRead: NotRead[] = [];
    const inputs: Input[] = [
      { ...streamInput('standard input', Readable.from([]), 0), bytes: slow },
      deadly,
      file('proxy-2.log'),
      file('proxy-3.log'),
    ];
    const result = await scan(
      each(inputs),
      notRead,
      {
        ...options,
        progress: (bytes) => {
          read += bytes;
          if (read >= goodBytes + log(1).length) allRead();
        },
      },
      threads(2),
    );
    expect(notRead).toEqual([
      { name: deadly.name, why: expect.stringContaining('the thread that read it ended early') },
    ]);
    expect(result.inputs.map(({ name }) => name)).toEqual([
      'standard input',
      join(folder, 'proxy-2.log'),
      join(folder, 'proxy-3.log'),
    ]);
  });

  it('that cannot start leave all the work to the main thread', async () => {
    const broken = { count: 3, services: null as unknown as Threads['services'], people: [] };
    const [a, b] = [
      await scan(
        findInputs([folder], new Set(), () => {}),
        [],
        options,
        broken,
      ),
      await scan(
        findInputs([folder], new Set(), () => {}),
        [],
        options,
      ),
    ];
    expect(a).toEqual(b);
    expect(a.inputs).toHaveLength(9);
  });

  it('tell fewer candidates apart in each of many inputs, and lose no event', async () => {
    const flood = Array.from({ length: 150 }, (_, i) => line(i, `tool-${i}.ai`, 'ada')).join('');
    const inputs = Array.from({ length: 999 }, (_, i) =>
      bytesInput(`small-${i}.log`, Buffer.from(line(i, 'tool.ai', 'ada'))),
    );
    const many = [bytesInput('flood.log', Buffer.from(flood)), ...inputs];
    const result = await scan(each(many), [], { ...options, format: 'squid' });
    expect(result.inputs[0]?.candidates).toHaveLength(100);
    expect(result.inputs[0]?.otherCandidates).toBe(50);
    expect(result.candidates).toHaveLength(101);
    expect(result.candidates[0]).toMatchObject({ subject: 'tool.ai', events: 999 });
    expect(result.otherCandidates).toBe(50);
  });

  it('are started for several inputs of some size, or where asked for', () => {
    const input = (size: number | undefined): Input => ({ ...streamInput('x', Readable.from([]), 0), size });
    expect(threadsFor([input(1e9)], undefined)).toBe(1);
    expect(threadsFor([input(1000), input(1000)], undefined)).toBe(1);
    expect(threadsFor([input(1e9), input(1e9), input(undefined)], undefined)).toBe(Math.min(3, availableParallelism()));
    expect(threadsFor([input(1000), input(1000)], 8)).toBe(2);
    expect(threadsFor([input(1e9), input(1e9)], 0)).toBe(1);
    expect(threadsFor([], undefined)).toBe(1);
  });
});

describe('halflight scan --threads', () => {
  it('writes the same bytes with 1, 2 and 3 threads', async () => {
    const written = await Promise.all(
      [1, 2, 3].map(async (count) => {
        const out = join(folder, `../${basename(folder)}-out${count}`);
        try {
          await halflight(['scan', folder, '--threads', String(count), '--out', out]);
          return readdirSync(out).map((name) => [name, readFileSync(join(out, name), 'utf8')]);
        } finally {
          rmSync(out, { recursive: true, force: true });
        }
      }),
    );
    expect(written[0]).toHaveLength(4);
    expect(written[1]).toEqual(written[0]);
    expect(written[2]).toEqual(written[0]);
  });
});
