import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { processesIn } from '../../../src/store/process-table.js';

/** A running `child.ts`. */
export interface Child {
  pid: number;
  /** The next line it says; undefined when it has ended. */
  line(): Promise<string | undefined>;
  /** Sends a signal and waits for the end. */
  kill(signal: NodeJS.Signals): Promise<void>;
  ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
}

const started = new Set<ChildProcess>();

export function startChild(mode: 'claim' | 'hold' | 'leave' | 'write', folder: string, name = ''): Child {
  const script = join(import.meta.dirname, 'child.ts');
  const child = spawn(process.execPath, ['--import', 'tsx', script, mode, folder, name], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  started.add(child);
  const ended = new Promise<{ code: number | null; signal: NodeJS.Signals | null }>((resolve) => {
    child.on('exit', (code, signal) => {
      started.delete(child);
      resolve({ code, signal });
    });
  });
  const lines = createInterface({ input: child.stdout })[Symbol.asyncIterator]();
  return {
    pid: child.pid ?? 0,
    line: async () => (await lines.next()).value as string | undefined,
    kill: async (signal) => {
      child.kill(signal);
      await ended;
    },
    ended,
  };
}

/** Ends what a failed test left running. */
export function killChildren(): void {
  for (const child of started) child.kill('SIGKILL');
}

export const clusterOf = (folder: string): string => join(folder, 'postgres');

/** Process id of the server of a data folder. */
export const serverOf = (folder: string): number =>
  Number(readFileSync(join(clusterOf(folder), 'postmaster.pid'), 'utf8').split('\n')[0]);

/** Ids of all PostgreSQL processes that work on a data folder. */
export const serversOf = (folder: string): number[] => processesIn(clusterOf(folder)) ?? [];
