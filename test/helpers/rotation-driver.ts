import {
  appendFileSync,
  copyFileSync,
  existsSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { gzipSync } from 'node:zlib';
import type { ChunkDraft } from '../../src/core/chunk.js';
import { WatchedFolder } from './watched-folder.js';

/** Mulberry32: the same numbers for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** What a writer of one log is doing. */
interface Writer {
  name: string;
  /** The file that it has open: a rotated one, until it is told to open its log anew. */
  file: string;
  /** A line of which only the beginning is written. */
  half: { id: number; rest: string } | undefined;
}

const logs = ['a.log', 'b.log', 'c.log'];
const banner = `#Software: banner ${'b'.repeat(60)}\n`.repeat(60).slice(0, 4095).concat('\n');

/**
 * Writes logs and rotates them in all ways that are common, and looks at the folder in between, at random; keeps its own
 * account of the lines that were written, and counts them in what comes out.
 */
export class RotationDriver {
  readonly folder = new WatchedFolder({ chunk_bytes: '4 KiB' });
  readonly #random: () => number;
  readonly #writers: Writer[] = logs.map((name) => ({ name, file: name, half: undefined }));
  #next = 0;
  readonly written = new Set<number>();
  /** Lines that may be lost: written between copy and truncation, or torn apart by it or by the flush of an idle file. */
  readonly excused = new Set<number>();
  readonly seen = new Map<number, number>();
  readonly #firstIn = new Map<number, string>();
  readonly #toOpen: ChunkDraft[] = [];
  readonly history: string[] = [];
  truncations = 0;
  /** Lines that came out again. */
  again = 0;

  constructor(seed: number) {
    this.#random = randomFrom(seed);
  }

  #below(count: number): number {
    return Math.floor(this.#random() * count);
  }
  #pick<T>(list: readonly T[]): T | undefined {
    return list[this.#below(list.length)];
  }
  #path(name: string): string {
    return this.folder.file(name);
  }
  #exists(name: string): boolean {
    return existsSync(this.#path(name));
  }
  #files(fits: (name: string) => boolean): string[] {
    return readdirSync(this.folder.path).filter(fits).sort();
  }

  #line(): { id: number; text: string } {
    const id = this.#next++;
    return { id, text: `L${id} ${'x'.repeat(this.#below(8) === 0 ? 600 : this.#below(60))} E${id}\n` };
  }

  #append(writer: Writer, count: number): void {
    let text = '';
    if (writer.half !== undefined) {
      text += writer.half.rest;
      this.written.add(writer.half.id);
      writer.half = undefined;
    }
    for (let i = 0; i < count; i++) {
      const line = this.#line();
      this.written.add(line.id);
      text += line.text;
    }
    if (this.#below(4) === 0) {
      const { id, text: whole } = this.#line();
      const at = 1 + this.#below(whole.length - 1);
      text += whole.slice(0, at);
      writer.half = { id, rest: whole.slice(at) };
    }
    appendFileSync(this.#path(writer.file), text);
    this.history.push(
      `  to ${writer.file}: lines up to ${this.#next - 1}${writer.half === undefined ? '' : ', the last half'}`,
    );
  }

  /** Makes room for `name.1`. */
  async #shift(name: string): Promise<void> {
    if (this.#files((file) => file.startsWith(`${name}.5`)).length > 0) {
      await this.drain();
      for (const file of this.#files((other) => other.startsWith(`${name}.5`))) this.#remove(file);
    }
    for (let n = 4; n >= 1; n--) {
      for (const end of ['', '.gz']) {
        const from = `${name}.${n}${end}`;
        if (!this.#exists(from)) continue;
        renameSync(this.#path(from), this.#path(`${name}.${n + 1}${end}`));
        for (const writer of this.#writers) if (writer.file === from) writer.file = `${name}.${n + 1}${end}`;
      }
    }
  }

  #remove(name: string): void {
    rmSync(this.#path(name));
    for (const writer of this.#writers) {
      if (writer.file !== name) continue;
      writer.file = writer.name;
      writer.half = undefined;
    }
  }

  readonly #steps: Record<string, { weight: number; run: (writer: Writer) => Promise<void> | void }> = {
    append: { weight: 30, run: (writer) => this.#append(writer, this.#below(12)) },
    much: { weight: 2, run: (writer) => this.#append(writer, 500 + this.#below(1500)) },
    rename: {
      weight: 5,
      run: async (writer) => {
        if (!this.#exists(writer.name)) return;
        await this.#shift(writer.name);
        renameSync(this.#path(writer.name), this.#path(`${writer.name}.1`));
        if (writer.file === writer.name) writer.file = `${writer.name}.1`;
        // Some are told at once, some write on in the old file for a while.
        if (this.#below(2) === 0) this.#reopen(writer);
      },
    },
    reopen: { weight: 8, run: (writer) => this.#reopen(writer) },
    copyTruncate: {
      weight: 4,
      run: async (writer) => {
        if (writer.file !== writer.name || !this.#exists(writer.name)) return;
        await this.#shift(writer.name);
        copyFileSync(this.#path(writer.name), this.#path(`${writer.name}.1`));
        if (this.#below(2) === 0) await this.look();
        if (this.#below(3) === 0) {
          const first = this.#next;
          const half = writer.half?.id;
          this.#append(writer, this.#below(4));
          for (let id = first; id < this.#next; id++) this.excused.add(id);
          if (half !== undefined) this.excused.add(half);
          // A piece that was found, and not opened before the truncation, is gone where the copy does not hold all of it.
          if (this.#below(2) === 0) {
            await this.look();
            await this.#open(this.#toOpen.length);
          }
        }
        truncateSync(this.#path(writer.name));
        this.truncations++;
        if (writer.half !== undefined) this.excused.add(writer.half.id);
      },
    },
    compress: {
      weight: 5,
      run: async () => {
        const name = this.#pick(
          this.#files((file) => /\.\d$/.test(file) && !this.#writers.some((w) => w.file === file)),
        );
        if (name === undefined || this.#exists(`${name}.gz`)) return;
        const content = readFileSync(this.#path(name));
        const middle = this.#below(content.length + 1);
        const members = this.#below(3) === 0 ? [content.subarray(0, middle), content.subarray(middle)] : [content];
        writeFileSync(this.#path(`${name}.gz`), Buffer.concat(members.map((part) => gzipSync(part, { level: 1 }))));
        if (this.#below(3) === 0) await this.look();
        rmSync(this.#path(name));
      },
    },
    upload: {
      weight: 2,
      run: () => {
        const name = this.#pick(this.#files((file) => !file.startsWith('upload')));
        if (name === undefined) return;
        const target = `upload-${this.#below(4)}${name.endsWith('.gz') ? '.gz' : ''}`;
        if (!this.#exists(target)) copyFileSync(this.#path(name), this.#path(target));
      },
    },
    removeUpload: {
      weight: 2,
      run: async () => {
        const name = this.#pick(this.#files((file) => file.startsWith('upload')));
        if (name === undefined) return;
        // A line whose end was torn off elsewhere may be in the copy alone.
        await this.#open(this.#toOpen.length);
        rmSync(this.#path(name));
      },
    },
    remove: {
      weight: 1,
      run: async () => {
        const name = this.#pick(this.#files(() => true));
        if (name === undefined) return;
        await this.drain();
        this.#remove(name);
        // The next file made takes the inode.
        if (this.#below(2) === 0) writeFileSync(this.#path(`fresh-${this.#below(3)}`), this.#fresh(this.#below(20)));
      },
    },
    sameHead: {
      weight: 2,
      run: async (writer) => {
        await this.#replaced(writer, banner);
        if (this.#below(2) === 0) await this.look();
        this.#append(writer, this.#below(30));
      },
    },
    replace: {
      weight: 2,
      run: async (writer) => {
        if (!this.#exists(writer.name)) return;
        const { size, atime, mtime } = statSync(this.#path(writer.name));
        if (size < 800) return;
        const text = this.#fresh(1);
        await this.#replaced(
          writer,
          text
            .padEnd(size - 1, '.')
            .concat('\n')
            .slice(-size || 1),
        );
        // Same name, same size, same time.
        utimesSync(this.#path(writer.name), atime, mtime);
      },
    },
    idle: {
      weight: 1,
      run: async () => {
        this.folder.ahead += 2 * 3_600_000;
        for (const { half } of this.#writers) if (half !== undefined) this.excused.add(half.id);
        await this.look();
      },
    },
  };

  #fresh(count: number): string {
    let text = '';
    for (let i = 0; i < count; i++) {
      const line = this.#line();
      this.written.add(line.id);
      text += line.text;
    }
    return text;
  }

  /** Another file under the name of a log; what was in the old one is read before. */
  async #replaced(writer: Writer, content: string): Promise<void> {
    await this.drain();
    if (writer.file === writer.name) writer.half = undefined;
    writeFileSync(this.#path('.new'), content);
    renameSync(this.#path('.new'), this.#path(writer.name));
    this.#reopen(writer);
  }

  #reopen(writer: Writer): void {
    if (writer.file === writer.name) return;
    writer.file = writer.name;
    // The end of the line is never written.
    writer.half = undefined;
  }

  async step(): Promise<void> {
    const steps = Object.entries(this.#steps);
    let at = this.#below(steps.reduce((sum, [, { weight }]) => sum + weight, 0));
    for (const [name, { weight, run }] of steps) {
      at -= weight;
      if (at >= 0) continue;
      const writer = this.#pick(this.#writers);
      if (writer === undefined) break;
      this.history.push(`${name} ${writer.name}`);
      await run(writer);
      break;
    }
    if (this.#below(3) === 0) await this.look();
    if (this.#below(4) === 0) await this.#open(this.#below(6));
  }

  /** One run of the collector, which now and then dies in the middle. */
  async look(): Promise<void> {
    const kill = this.#below(5) === 0 ? this.#below(3) : Number.POSITIVE_INFINITY;
    this.history.push(`look${kill < 3 ? ` killed at batch ${kill}` : ''}`);
    this.#toOpen.push(...(await this.folder.collect({ kill })));
    // The time stamps of this file system have steps.
    await sleep(5);
  }

  async #open(count: number): Promise<void> {
    for (let i = 0; i < count && this.#toOpen.length > 0; i++) {
      const [chunk] = this.#toOpen.splice(this.#below(this.#toOpen.length), 1);
      if (chunk !== undefined) this.#count(chunk, (await this.folder.open(chunk)).toString());
    }
  }

  #count(chunk: ChunkDraft, text: string): void {
    for (const [, id, same] of text.matchAll(/^L(\d+) x* E(\d+)$/gm)) {
      if (id !== same) continue;
      const line = Number(id);
      const count = (this.seen.get(line) ?? 0) + 1;
      this.seen.set(line, count);
      if (count === 1) this.#firstIn.set(line, `${chunk.key} of ${chunk.name}`);
      else {
        this.again++;
        this.history.push(`line ${line} again in ${chunk.key} of ${chunk.name}, first in ${this.#firstIn.get(line)}`);
      }
    }
  }

  /** Reads all there is. */
  async drain(): Promise<void> {
    for (let i = 0; i < 3; i++) {
      this.#toOpen.push(...(await this.folder.collect()));
      await sleep(5);
    }
    await this.#open(this.#toOpen.length);
  }

  /** Lines that came out more than once, and lines that did not come out. */
  account(): { twice: number[]; missing: number[]; lost: number } {
    const twice = [...this.seen].filter(([, count]) => count > 1).map(([id]) => id);
    const missing = [...this.written].filter((id) => !this.seen.has(id) && !this.excused.has(id));
    const lost = [...this.written].filter((id) => !this.seen.has(id) && this.excused.has(id)).length;
    return { twice, missing, lost };
  }
}
