import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { afterAll } from 'vitest';
import { compiled } from './compiled.js';

const started = new Set<ChildProcess>();
afterAll(() => {
  for (const child of started) child.kill('SIGKILL');
});

export interface Child {
  pid: number;
  port: number;
  /** What it said after its port, as it came. */
  said: unknown[];
  ended: Promise<void>;
  kill(signal: NodeJS.Signals): Promise<void>;
}

/** Starts `child.ts` and waits until it listens; `under` is a program and its arguments to run it with. Undefined: it ended before. */
export async function startChild(args: readonly string[], under: readonly string[] = []): Promise<Child | undefined> {
  const [program = '', ...rest] = [...under, process.execPath, compiled('test/receivers/helpers/child.ts'), ...args];
  const child = spawn(program, rest, { stdio: ['ignore', 'pipe', 'inherit'] });
  started.add(child);
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      started.delete(child);
      resolve();
    });
  });
  const said: unknown[] = [];
  const first = new Promise<{ port: number } | undefined>((resolve) => {
    createInterface({ input: child.stdout }).on('line', (line) => {
      const value: unknown = JSON.parse(line);
      said.push(value);
      resolve(value as { port: number });
    });
    void ended.then(() => resolve(undefined));
  });
  const where = await first;
  said.shift();
  if (where === undefined) return undefined;
  return {
    pid: child.pid ?? 0,
    port: where.port,
    said,
    ended,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
  };
}

/** Whether a program is there: for tests of faults that only it can make. */
export function has(program: string, ...args: string[]): boolean {
  try {
    execFileSync(program, args, { stdio: 'ignore' });
    return true;
  } catch {
    return false;
  }
}

/** Numbers from 0 to below 1, the same for the same seed (mulberry32). */
export function seeded(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let t = Math.imul(state ^ (state >>> 15), 1 | state);
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}
