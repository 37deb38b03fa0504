import { createHash } from 'node:crypto';
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Answer } from './generate/answer.js';
import { generate, type LayoutName, type LogOptions } from './generate/generate.js';
import { warm } from './measure.js';

/** A generated log on disk, read once so that it is in the page cache. */
export interface Log {
  layout: LayoutName;
  path: string;
  answer: Answer;
}

/**
 * Makes logs in a folder that is removed at the end; with `keep` each in a folder of its own, named by what it is made from,
 * that stays and is used again.
 */
export class Logs {
  readonly folder = mkdtempSync(join(tmpdir(), 'halflight-bench-run-'));
  readonly #keep: boolean;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  make(layout: LayoutName, options: LogOptions): Log {
    const kept = keptFolder(layout, options);
    const answerFile = join(kept, 'answer.json');
    const path = join(existsSync(answerFile) || this.#keep ? kept : this.folder, `${layout}.log`);
    if (existsSync(answerFile)) {
      const answer = JSON.parse(readFileSync(answerFile, 'utf8')) as Answer;
      if (existsSync(path) && statSync(path).size === answer.bytes && statSync(kept).uid === process.getuid?.()) {
        warm(path);
        return { layout, path, answer };
      }
    }
    if (this.#keep) mkdirSync(kept, { recursive: true, mode: 0o700 });
    const answer = generate(layout, path, options);
    if (this.#keep) {
      // Last, and at once: an answer beside half a log would be a trap.
      writeFileSync(`${answerFile}.new`, JSON.stringify(answer));
      renameSync(`${answerFile}.new`, answerFile);
    }
    warm(path);
    return { layout, path, answer };
  }

  /** Lets go of a log that nobody reads again. */
  drop({ path }: Log): void {
    if (path.startsWith(this.folder)) rmSync(path, { force: true });
  }

  close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

function keptFolder(layout: LayoutName, options: LogOptions): string {
  const hash = createHash('sha256').update(JSON.stringify([layout, options]));
  const sources = join(import.meta.dirname, 'generate');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort())
    if (name.endsWith('.ts')) hash.update(readFileSync(join(sources, name)));
  return join(tmpdir(), `halflight-bench-${hash.digest('hex').slice(0, 16)}`);
}

/** About how many lines make so many megabytes. */
export function linesFor(layout: LayoutName, megabytes: number, options: LogOptions): number {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-size-'));
  const sample = generate(layout, join(folder, 'sample'), { ...options, lines: 20_000 });
  rmSync(folder, { recursive: true });
  return Math.ceil((megabytes * 1e6) / (sample.bytes / sample.lines) / 100_000) * 100_000;
}
