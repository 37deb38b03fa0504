import { appendFileSync, existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import type { Counter, Line } from './counter.js';
import { squidLine } from './lines.js';
import type { Dice } from './random.js';

/** Writes a log as a proxy does: line by line, some of them torn for a moment, rotated by renaming and compressed a little later. */
export class LogWriter {
  readonly #file: string;
  /** What is open: the log, or for a moment still the rotated one. */
  #open: string;
  #half: { line: Line; rest: string } | undefined;
  #rotations = 0;

  readonly folder: string;
  readonly source: string;
  readonly dice: Dice;
  readonly counter: Counter;

  constructor(folder: string, source: string, dice: Dice, counter: Counter) {
    [this.folder, this.source, this.dice, this.counter] = [folder, source, dice, counter];
    this.#file = join(folder, 'access.log');
    this.#open = this.#file;
  }

  /** Some more lines, or something that log rotation does. */
  step(lines: number): void {
    const deed = this.dice.weighted({ write: 90, rotate: 3, compress: 5, reopen: 2 });
    if (deed === 'write') this.#write(lines);
    else if (deed === 'rotate') this.#rotate();
    else if (deed === 'compress') this.#compress();
    else this.#reopen();
  }

  /** Ends the line that is half written. */
  rest(): void {
    if (this.#half === undefined) return;
    appendFileSync(this.#open, this.#half.rest);
    this.counter.add([this.#half.line]);
    this.#half = undefined;
  }

  /** Removes what was rotated away: only when all of it was read. */
  tidy(): void {
    this.rest();
    this.#reopen();
    for (const name of readdirSync(this.folder)) if (name !== 'access.log') rmSync(join(this.folder, name));
  }

  #write(count: number): void {
    this.rest();
    const lines = Array.from({ length: count }, () => squidLine(this.dice, this.source, Date.now()));
    appendFileSync(this.#open, lines.map(({ text }) => `${text}\n`).join(''));
    this.counter.add(lines);
    if (!this.dice.chance(0.2)) return;
    const line = squidLine(this.dice, this.source, Date.now());
    const at = this.dice.between(1, line.text.length - 1);
    appendFileSync(this.#open, line.text.slice(0, at));
    this.#half = { line, rest: `${line.text.slice(at)}\n` };
  }

  #rotate(): void {
    if (!existsSync(this.#file)) return;
    const rotated = `${this.#file}-${String(++this.#rotations).padStart(6, '0')}`;
    renameSync(this.#file, rotated);
    if (this.#open === this.#file) this.#open = rotated;
    // Some are told at once, some write on in the old file for a while.
    if (this.dice.chance(0.5)) this.#reopen();
  }

  #reopen(): void {
    this.rest();
    this.#open = this.#file;
  }

  #compress(): void {
    const names = readdirSync(this.folder).filter((name) => /-\d{6}$/.test(name));
    const free = names.map((name) => join(this.folder, name)).filter((path) => path !== this.#open);
    if (free.length === 0) return;
    const path = this.dice.pick(free);
    writeFileSync(`${path}.gz`, gzipSync(readFileSync(path)));
    rmSync(path);
  }
}
