import { spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, expect } from 'vitest';
import { type Report, reportSchema } from '../../src/reports/schema.js';

/** Root of the checkout. */
export const root: string = join(import.meta.dirname, '../..');
const program = join(root, 'bin/halflight.js');

export interface Ran {
  code: number | null;
  stdout: string;
  stderr: string;
}

export interface RunOptions {
  input?: string | Buffer;
  cwd?: string;
  env?: Readonly<Record<string, string>>;
}

/** Runs the built program as a user would. Whatever happens, no stack trace may appear. */
export async function halflight(args: readonly string[], options: RunOptions = {}): Promise<Ran> {
  const ran = await run(process.execPath, [program, ...args], options);
  expect(ran.stderr, 'a stack trace').not.toMatch(/^\s+at .+[:(]|node:internal|file:\/\//m);
  return ran;
}

/** Runs the built program in a shell; `halflight` stands for it. */
export const shell = (command: string, options: RunOptions = {}): Promise<Ran> =>
  run('bash', ['-c', command.replaceAll('halflight', `${process.execPath} ${program}`)], options);

/** Runs the built program on a pseudo terminal of 80 columns. Both streams arrive as standard output, with CRLF as a terminal gets it. */
export const onTerminal = (args: string, options: RunOptions = {}): Promise<Ran> =>
  run('script', ['-qec', `stty cols 80; ${process.execPath} ${program} ${args}`, '/dev/null'], options);

/** Runs any program. */
export function run(
  command: string,
  args: readonly string[],
  { input, cwd = root, env }: RunOptions = {},
): Promise<Ran> {
  return new Promise((resolve, reject) => {
    // Nothing of our own settings: those of the test run would be told as unknown.
    const inherited = Object.fromEntries(
      Object.entries(process.env).filter(([name]) => name !== 'NO_COLOR' && !name.startsWith('HALFLIGHT_')),
    );
    const child = spawn(command, args, { cwd, env: { ...inherited, ...env } });
    const out: Buffer[] = [];
    const err: Buffer[] = [];
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString() }),
    );
    // The program may end without reading it all.
    child.stdin.on('error', () => {});
    child.stdin.end(input ?? '');
  });
}

/** A scan with `--json`: its report, checked against the schema, its exit code and what it said on standard error. */
export async function scanReport(args: readonly string[], options: RunOptions = {}): Promise<Ran & { report: Report }> {
  const ran = await halflight(['scan', ...args, '--json'], options);
  return { ...ran, report: reportSchema.parse(JSON.parse(ran.stdout)) };
}

/** A folder that is removed after the tests of the file. */
export function temporaryFolder(files: Readonly<Record<string, string | Buffer>> = {}): string {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-cli-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  writeFiles(folder, files);
  return folder;
}

export function writeFiles(folder: string, files: Readonly<Record<string, string | Buffer>>): void {
  for (const [name, content] of Object.entries(files)) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
}

export const readText = (...path: string[]): string => readFileSync(join(...path), 'utf8');

/** The JSON values of NDJSON. */
export const ndjson = (text: string): Record<string, unknown>[] =>
  text
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

/** One line of a Squid log. `at`: RFC 3339. */
export function squidLine({
  at = '2026-03-02T10:00:00Z',
  host = 'chatgpt.com',
  user = 'ann',
  address = '10.0.0.1',
  url = `http://${host}/`,
}: Partial<Record<'at' | 'host' | 'user' | 'address' | 'url', string>> = {}): string {
  const seconds = (Date.parse(at) / 1000).toFixed(3);
  return `${seconds}    100 ${address} TCP_MISS/200 5000 GET ${url} ${user} HIER_DIRECT/203.0.113.5 -\n`;
}

/** A Squid log of so many requests for ChatGPT, a minute apart. */
export const squidLog = (lines: number, from = '2026-03-02T10:00:00Z'): string =>
  Array.from({ length: lines }, (_, n) =>
    squidLine({ at: new Date(Date.parse(from) + n * 60_000).toISOString() }),
  ).join('');

/** A signature file of the organisation's own, `acme-bot.yaml`. */
export const acmeBot = `id: acme-bot
name: Acme Bot
summary: The chat assistant that Acme wrote for itself.
category: chat
vendor: { name: Acme, country: DE, site: https://acme.example }
checked: 2026-03-01
sources:
  - { name: the team that runs it, read: 2026-03-01 }
hosts: [bot.acme.example]
examples:
  hit: [bot.acme.example, https://bot.acme.example/chat]
  miss: [acme.example]
`;
