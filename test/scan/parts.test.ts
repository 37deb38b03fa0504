import { createHash } from 'node:crypto';
import { mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { fileInput, type Input } from '../../src/scan/input.js';
import type { ScanOptions } from '../../src/scan/options.js';
import { periodOf, type ScanResult, scan } from '../../src/scan/scan.js';
import { scanInput } from '../../src/scan/scan-input.js';
import { random } from '../helpers/random.js';
import { bytesInput, ownCatalog, scanOptions } from '../helpers/scan.js';

const catalog = ownCatalog();
const services = [...catalog.services.values()];
const partBytes = 65_536;

let folder: string;
let options: ScanOptions;
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'halflight-parts-'));
  options = await scanOptions(catalog);
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const hosts = ['chatgpt.com', 'www.example.org', 'cdn.example.net', 'claude.ai', 'new-gpt.com', 'github.com', 'x.ai'];

/** Lines of a format, seeded: ordinary ones, AI use, candidates, torn ones, blank ones, very long ones. */
function lines(
  count: number,
  seed: number,
  line: (second: number, host: string, user: string, path: string) => string,
): string {
  const next = random(seed);
  const pick = <T>(items: readonly T[]): T => items[Math.floor(next() * items.length)] as T;
  return Array.from({ length: count }, (_, i) => {
    const host = next() < 0.9 ? `site-${Math.floor(next() * 300)}.example.com` : pick(hosts);
    const path = pick([
      '/',
      '/a?b=c',
      '/v1/chat/completions',
      '/copilot/x',
      `/${'x'.repeat(Math.floor(next() * 300))}`,
    ]);
    const text = line(i, host, `user${Math.floor(next() * 40)}`, path);
    const dice = next();
    if (dice < 0.002) return `${text.slice(0, Math.floor(text.length / 3))}\n`;
    if (dice < 0.003) return '\n';
    if (dice < 0.0032) return `${text}${'y'.repeat(200_000)}\n`;
    return `${text}\n`;
  }).join('');
}

const squid = (second: number, host: string, user: string, path: string): string =>
  `${1793000000 + second}.000 10 10.0.0.1 TCP_MISS/200 ${1000 + second} GET http://${host}${path} ${user} HIER_DIRECT/203.0.113.9 -`;
const clock = (second: number): string => new Date(1793000000_000 + second * 1000).toISOString().slice(11, 19);
const elff = (second: number, host: string, user: string, path: string): string =>
  `2026-11-22 ${clock(second)} 10.0.0.1 ${user} GET ${host} ${path.split('?')[0]} 200 "Mozilla/5.0 (X11)" 100`;
const elffHeader =
  '#Software: SGOS 7.3\n#Fields: date time c-ip cs-username cs-method cs-host cs-uri-path sc-status cs(User-Agent) sc-bytes\n';
const zeek = (second: number, host: string): string =>
  `${1793000000 + second}.000000\tCab\t10.0.0.1\t5353\t10.0.0.53\t53\t${host}`;
const zeekHeader = (more: string): string =>
  `#separator \\x09\n#path\tdns\n#fields\tts\tuid\tid.orig_h\tid.orig_p\tid.resp_h\tid.resp_p\tquery${more}\n`;

async function* each(inputs: readonly Input[]): AsyncGenerator<Input> {
  yield* inputs;
}

function file(name: string, text: string): Input {
  const path = join(folder, name);
  writeFileSync(path, text);
  return fileInput(path, 0, statSync(path).size);
}

const byThreads = (input: Input, count: number, more: Partial<ScanOptions> = {}): Promise<ScanResult> =>
  scan(each([input]), [], { ...options, ...more }, { count, services, people: [], partBytes });

describe('one file read by several threads', () => {
  it.each([
    ['squid.log', () => lines(12_000, 1, squid)],
    ['bluecoat.log', () => elffHeader + lines(12_000, 2, elff)],
    ['zeek.log', () => zeekHeader('') + lines(20_000, 3, zeek)],
  ])('gives what one thread gives, and what reading every line in full gives: %s', async (name, text) => {
    const input = file(name, text());
    const alone = await byThreads(input, 1);
    expect(alone.usage.length).toBeGreaterThan(1);
    expect(alone.candidates.length).toBeGreaterThan(0);
    expect(alone.inputs[0]?.counts.rejected).toBeGreaterThan(5);
    const plain = await scanInput(bytesInput(input.name, Buffer.from(text()), 50_001), {
      ...options,
      speedPath: false,
      format: alone.inputs[0]?.format,
    });
    expect(alone.inputs[0]?.counts).toEqual(plain.counts);
    expect(alone.usage).toEqual(plain.usage);
    expect(alone.evidence.map(({ line, sha256 }) => [line, sha256])).toEqual(
      plain.evidence.map(({ line, sha256 }) => [line, sha256]),
    );
    expect(alone.candidates).toEqual(plain.candidates);
    // The first record and the last are always read.
    expect(alone.period).toEqual(periodOf([plain], options));
    expect(alone.inputs[0]?.rejectSamples).toEqual(plain.rejectSamples);
    for (const count of [2, 3]) {
      const shared = await byThreads(input, count);
      expect(shared).toEqual(alone);
      expect(JSON.stringify(shared)).toBe(JSON.stringify(alone));
    }
  });

  it('with another header in the middle is read as that header says', async () => {
    const text = `${zeekHeader('')}${lines(8000, 4, zeek)}${zeekHeader('\tanswers')}${lines(8000, 5, (second, host) => `${zeek(second, host)}\t-`)}`;
    const input = file('two-headers.log', text);
    const alone = await byThreads(input, 1);
    expect(alone.inputs[0]?.counts.skipped).toBeGreaterThan(5);
    expect(await byThreads(input, 2)).toEqual(alone);
  });

  it('with more candidates than are told apart is read in one piece', async () => {
    const text = lines(15_000, 6, (second, _host, user) => squid(second, `tool-${second}.ai`, user, '/'));
    const input = file('many-candidates.log', text);
    const alone = await byThreads(input, 1);
    expect(alone.otherCandidates).toBeGreaterThan(1000);
    expect(await byThreads(input, 2)).toEqual(alone);
    // As one of many inputs it has a smaller table.
    const among = await byThreads(input, 1, { maxCandidates: 300 });
    expect(among.candidates).toHaveLength(300);
    expect(among.otherCandidates + among.candidates.reduce((sum, { events }) => sum + events, 0)).toBe(
      alone.otherCandidates + alone.candidates.reduce((sum, { events }) => sum + events, 0),
    );
    expect(await byThreads(input, 2, { maxCandidates: 300 })).toEqual(among);
  });

  it('tells how far it is, and counts its hash where asked for', async () => {
    const text = lines(6000, 7, squid);
    const input = file('progress.log', text);
    const sha256 = createHash('sha256').update(text).digest('hex');
    for (const hash of [false, true]) {
      let [bytes, seen] = [0, 0];
      const result = await byThreads(input, 2, {
        hash,
        progress: (more, moreLines) => {
          bytes += more;
          seen += moreLines;
        },
      });
      expect(bytes).toBe(input.size);
      expect(seen).toBe(result.inputs[0]?.counts.lines);
      expect(result.inputs[0]?.sha256).toBe(hash ? sha256 : undefined);
    }
  });
});
