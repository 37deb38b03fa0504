import { spawn } from 'node:child_process';
import { closeSync, existsSync, mkdtempSync, openSync, readFileSync, readSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What a command took, from its start to its end. */
export interface Run {
  seconds: number;
  /** Seconds of processor time, all threads; steadier than the clock on a machine that is shared. */
  cpu: number;
  /** Highest resident memory in MB. */
  peak: number;
  out: string;
}

export interface RunOptions {
  /** Read from this file or named pipe instead of nothing. */
  stdin?: string;
  /** Ends that are no failure, beside 0. */
  ends?: readonly number[];
}

/** GNU time, in Debian the package `time`; without it there is no processor time and no memory to tell. */
const gnuTime = '/usr/bin/time';
export const timed = existsSync(gnuTime);

/** Runs a command to its end. @throws Error when it fails */
export function run(command: string, args: readonly string[], { stdin, ends = [] }: RunOptions = {}): Promise<Run> {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-time-'));
  const facts = join(folder, 'facts');
  const [program, ...words] = timed
    ? [gnuTime, '--quiet', '-o', facts, '-f', '%U %S %M', command, ...args]
    : [command, ...args];
  const input = stdin === undefined ? undefined : openSync(stdin, 'r');
  return new Promise<Run>((resolve, reject) => {
    const began = performance.now();
    const child = spawn(program ?? command, words, { stdio: [input ?? 'ignore', 'pipe', 'pipe'] });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout?.on('data', (chunk: Buffer) => out.push(chunk));
    child.stderr?.on('data', (chunk: Buffer) => err.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      const seconds = (performance.now() - began) / 1000;
      if (code !== 0 && !ends.includes(code ?? -1)) {
        reject(
          new Error(`${command} ${args.join(' ')}\nended with ${code}: ${Buffer.concat(err).toString().slice(-2000)}`),
        );
        return;
      }
      const [user = 0, system = 0, kilobytes = 0] = timed
        ? readFileSync(facts, 'utf8').trim().split(' ').map(Number)
        : [];
      resolve({ seconds, cpu: user + system, peak: kilobytes / 1024, out: Buffer.concat(out).toString() });
    });
  }).finally(() => {
    if (input !== undefined) closeSync(input);
    rmSync(folder, { recursive: true, force: true });
  });
}

export const median = (values: readonly number[]): number => {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? (sorted[middle] ?? 0) : ((sorted[middle - 1] ?? 0) + (sorted[middle] ?? 0)) / 2;
};

/** Medians of several runs; the highest of the peaks. */
export const summary = (runs: readonly Run[]): Omit<Run, 'out'> => ({
  seconds: median(runs.map((item) => item.seconds)),
  cpu: median(runs.map((item) => item.cpu)),
  peak: Math.max(...runs.map((item) => item.peak)),
});

/** Median of what one command took against another in the same round. */
export const ratio = (runs: readonly Run[], others: readonly Run[], of: 'seconds' | 'cpu' = 'seconds'): number =>
  median(runs.map((item, round) => item[of] / (others[round]?.[of] ?? Number.NaN)));

/** Reads a file once, so that the first command does not pay for the disk. */
export function warm(path: string): void {
  const file = openSync(path, 'r');
  const buffer = Buffer.allocUnsafe(1 << 22);
  while (readSync(file, buffer, 0, buffer.length, null) > 0);
  closeSync(file);
}
