import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';

/** What a command took. Memory and processor time come from /proc and are 0 where it is missing. */
export interface Run {
  seconds: number;
  /** Seconds of processor time, all threads; steadier than the clock on a machine that is shared. */
  cpu: number;
  /** Highest resident memory in MB. */
  peak: number;
  out: string;
}

/** Clock ticks in a second: 100 on every Linux that Node runs on. */
const ticks = 100;
const lookEvery = 10;

/** Runs a command to its end. @throws Error when it fails */
export function run(command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let [peak, cpu] = [0, 0];
    const out: Buffer[] = [];
    const watch = setInterval(() => {
      try {
        const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
        peak = Math.max(peak, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0) / 1024);
        // Behind the name, which may hold blanks: state is the first field, utime and stime are the 12th and 13th.
        const stat = readFileSync(`/proc/${child.pid}/stat`, 'utf8')
          .replace(/^.*\) /s, '')
          .split(' ');
        cpu = Math.max(cpu, (Number(stat[11]) + Number(stat[12])) / ticks);
      } catch {
        // Ended, or no /proc.
      }
    }, lookEvery);
    child.stdout.on('data', (chunk: Buffer) => out.push(chunk));
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) reject(new Error(`${command} ended with ${code}`));
      else resolve({ seconds: (performance.now() - began) / 1000, cpu, peak, out: Buffer.concat(out).toString() });
    });
  });
}

export const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
