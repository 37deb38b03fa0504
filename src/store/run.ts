import { type ChildProcess, spawn } from 'node:child_process';
import type { RunAs } from './folders.js';

// All programs that the store starts are started here: those of PostgreSQL, with fixed arguments, without a shell.

/** Nothing of our environment but the path: PG* variables would change what the programs do, LC_* the language of their messages. */
const env = { PATH: process.env.PATH ?? '/usr/bin:/bin', LC_ALL: 'C', TZ: 'UTC' };

const options = (runAs: RunAs) => ({ cwd: '/', env, ...(runAs === undefined ? {} : runAs) });

/** Runs a program to its end; output and errors together. A program that cannot be started has code -1. */
export function run(program: string, args: readonly string[], runAs: RunAs): Promise<{ code: number; output: string }> {
  return new Promise((resolve) => {
    let output = '';
    const add = (data: Buffer) => {
      output = `${output}${data.toString()}`.slice(-65536);
    };
    const child = spawn(program, args, { ...options(runAs), stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.on('data', add);
    child.stderr.on('data', add);
    child.on('error', (error) => resolve({ code: -1, output: error.message }));
    child.on('close', (code, signal) => resolve({ code: code ?? -1, output: output || String(signal) }));
  });
}

/**
 * Starts a program that lives on when this process is killed: in its own process group (a Ctrl-C at the terminal is ours to
 * handle) and with its output in a file (a pipe would break).
 */
export function runDetached(program: string, args: readonly string[], runAs: RunAs, log: number): ChildProcess {
  const child = spawn(program, args, { ...options(runAs), stdio: ['ignore', log, log], detached: true });
  child.unref();
  return child;
}
