import { type ChildProcess, spawn } from 'node:child_process';
import { appendFileSync, closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';

export interface ProcessOptions {
  /** bin/halflight.js of the build that is tested. */
  bin: string;
  args: readonly string[];
  env: Readonly<Record<string, string>>;
  /** For its log and its stages. */
  folder: string;
  name: string;
  /** The message of its log that says it does its work. */
  ready: string;
}

let counter = 0;

/** A running process of Halflight: what it logs, and the fault points that it passes. */
export class Halflight {
  readonly child: ChildProcess;
  readonly name: string;
  readonly logFile: string;
  readonly stagesFile: string;
  readonly began = performance.now();
  /** Milliseconds from the start until it said that it does its work; rejects when it ends before. */
  readonly ready: Promise<number>;
  readonly ended: Promise<{ code: number | null; signal: NodeJS.Signals | null }>;
  isReady = false;

  constructor({ bin, args, env, folder, name, ready }: ProcessOptions) {
    this.name = name;
    this.logFile = join(folder, `${name}.log`);
    this.stagesFile = join(folder, `stages-${++counter}`);
    this.child = spawn(process.execPath, [bin, ...args], {
      cwd: folder,
      env: { PATH: process.env.PATH ?? '', HALFLIGHT_STAGES: this.stagesFile, ...env },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    this.ended = new Promise((resolve) => {
      this.child.once('exit', (code, signal) => resolve({ code, signal }));
    });
    this.child.stderr?.on('data', (data: Buffer) => appendFileSync(this.logFile, data));
    this.ready = new Promise((resolve, reject) => {
      const lines = createInterface({ input: this.child.stdout ?? process.stdin });
      lines.on('line', (line) => {
        appendFileSync(this.logFile, `${line}\n`);
        if (this.isReady || !line.includes(`"msg":"${ready}"`)) return;
        this.isReady = true;
        resolve(performance.now() - this.began);
      });
      void this.ended.then(({ code, signal }) =>
        reject(new Error(`${name} ended with ${code ?? signal} before it was ready: see ${this.logFile}`)),
      );
    });
    this.ready.catch(() => {});
  }

  get pid(): number {
    return this.child.pid ?? 0;
  }

  get alive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async kill(signal: NodeJS.Signals = 'SIGKILL'): Promise<void> {
    this.child.kill(signal);
    await this.ended;
  }

  /** The fault point that it passed last; empty: none yet. */
  get stage(): string {
    return this.#tail().split('\n').at(-2)?.split(' ')[1] ?? '';
  }

  /** How often it passed a fault point. */
  passes(point: string): number {
    if (!existsSync(this.stagesFile)) return 0;
    return readFileSync(this.stagesFile, 'utf8')
      .split('\n')
      .filter((line) => line.endsWith(` ${point}`)).length;
  }

  log(): string {
    return existsSync(this.logFile) ? readFileSync(this.logFile, 'utf8') : '';
  }

  #tail(): string {
    if (!existsSync(this.stagesFile)) return '';
    const file = openSync(this.stagesFile, 'r');
    try {
      const { size } = fstatSync(file);
      const tail = Buffer.alloc(Math.min(200, size));
      readSync(file, tail, 0, tail.length, size - tail.length);
      return tail.toString('latin1');
    } finally {
      closeSync(file);
    }
  }
}
