import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const readme = readFileSync(join(root, 'README.md'), 'utf8');

/** The fenced blocks, each with the indented lines that follow it. */
const blocks = [...readme.matchAll(/^```sh\n([\s\S]*?)^```\n+((?: {4}.*\n|\n(?= {4}))*)/gm)].map(
  ([, command = '', printed = '']) => ({
    command: command.trim(),
    printed: printed.split('\n').map((line) => line.replace(/^ {4}/, '')),
  }),
);

it('the README begins with the main job and the tests', () => {
  expect(blocks.slice(0, 2).map(({ command }) => command.split(' && ')[0])).toEqual(['npm install', 'npm install']);
  expect(blocks[1]?.command).toMatch(/npm test$/);
});

it('what stands below the first command is what it prints, line by line; ... stands for what is left out', () => {
  const [main] = blocks;
  const scan = main?.command.split(' && ').at(-1)?.split(' ') ?? [];
  const out = mkdtempSync(join(tmpdir(), 'halflight-readme-'));
  try {
    const { stdout, status } = spawnSync(process.execPath, [...scan.slice(1, -1), out], {
      cwd: root,
      encoding: 'utf8',
    });
    expect(status).toBe(0);
    const lines = stdout.replaceAll(out, 'out').split('\n');
    let at = 0;
    for (const line of main?.printed ?? []) {
      if (line === '...' || line.trim() === '') continue;
      const found = lines.indexOf(line, at);
      expect(found, `not printed, or not in this order: ${line}`).toBeGreaterThanOrEqual(0);
      at = found + 1;
    }
    expect(at).toBeGreaterThan(20);
  } finally {
    rmSync(out, { recursive: true, force: true });
  }
});
