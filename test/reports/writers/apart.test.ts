import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { needs } from '../../helpers/needs.js';

const child = [process.execPath, '--import', 'tsx', join(import.meta.dirname, 'child.ts')] as const;

const hashesIn = (zone: string, locale: string): unknown => {
  const [program, ...args] = child;
  const { stdout, stderr, status } = spawnSync(program, [...args, 'hashes'], {
    encoding: 'utf8',
    env: { ...process.env, TZ: zone, LANG: locale, LC_ALL: locale },
  });
  expect(status, stderr).toBe(0);
  return JSON.parse(stdout);
};

test('two processes, in other time zones and languages, write the same bytes in every format', () => {
  const first = hashesIn('UTC', 'C.UTF-8') as Record<string, string>;
  expect(Object.keys(first)).toHaveLength(12);
  expect(new Set(Object.values(first)).size).toBe(12);
  expect(hashesIn('Pacific/Kiritimati', 'de_DE.UTF-8')).toEqual(first);
});

test('A6 writing a report that asks for files and addresses opens no file and no connection', () => {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-decoy-'));
  try {
    const decoy = join(folder, 'decoy.txt');
    const secret = 'the content of the decoy 7f3a9c';
    writeFileSync(decoy, secret);
    const trace = join(folder, 'trace');
    const { stdout, stderr, status } = spawnSync(
      needs('strace', 'strace'),
      ['-f', '-qq', '-e', 'trace=%network,%file', '-e', 'signal=none', '-o', trace, ...child, 'trace', decoy],
      { maxBuffer: 64 << 20 },
    );
    expect(status, stderr.toString()).toBe(0);
    expect(stdout.length).toBeGreaterThan(100_000);
    expect(stdout.includes(secret)).toBe(false);
    const lines = readFileSync(trace, 'utf8').split('\n');
    const at = (mark: string): number => lines.findIndex((line) => line.includes(`"/mark/${mark}"`));
    expect(at('begin')).toBeGreaterThan(100);
    expect(lines.slice(at('begin') + 1, at('end'))).toEqual([]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
});
