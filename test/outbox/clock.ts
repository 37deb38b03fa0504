import { existsSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { until } from '../kill/site.js';

/** The clock of the processes under test, which runs on and can be moved ahead; and a look at their heaps. */
export class Clock {
  /** Milliseconds that it is ahead of the real one. */
  ahead = 0;
  readonly #file: string;
  readonly #heap: string;

  constructor(folder: string) {
    [this.#file, this.#heap] = [join(folder, 'clock'), join(folder, 'heap')];
    this.move(0);
  }

  /** What a process is started with to go by this clock. */
  get env(): Record<string, string> {
    const preload = pathToFileURL(join(import.meta.dirname, 'clock.mjs')).href;
    return { NODE_OPTIONS: `--import=${preload}`, TEST_CLOCK: this.#file, TEST_HEAP: this.#heap };
  }

  /** Milliseconds since 1970. */
  get now(): number {
    return Date.now() + this.ahead;
  }

  move(ms: number): void {
    this.ahead += ms;
    writeFileSync(`${this.#file}.new`, String(this.ahead));
    renameSync(`${this.#file}.new`, this.#file);
  }

  /** Bytes of a process's heap that are in use after a collection; undefined: it ended meanwhile. */
  async heapOf(process: { pid: number; alive: boolean; signal(name: 'SIGUSR2'): void }): Promise<number | undefined> {
    const file = `${this.#heap}-${process.pid}`;
    rmSync(file, { force: true });
    process.signal('SIGUSR2');
    await until(`process ${process.pid} collects`, () => existsSync(file) || !process.alive, 60_000);
    const bytes = existsSync(file) ? Number(readFileSync(file, 'utf8')) : 0;
    return bytes > 0 ? bytes : undefined;
  }
}
