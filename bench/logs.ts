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
  #made = 0;

  constructor(keep: boolean) {
    this.#keep = keep;
  }

  make(layout: LayoutName, options: LogOptions): Log {
    const kept = keptFolder(layout, options);
    const known = knownLog(kept, layout);
    if (known !== undefined) return known;
    const path = this.#keep ? join(kept, `${layout}.log`) : join(this.folder, `${layout}-${++this.#made}.log`);
    if (this.#keep) mkdirSync(kept, { recursive: true, mode: 0o700 });
    const answer = generate(layout, path, options);
    if (this.#keep) {
      // Last, and at once: an answer beside half a log would be a trap.
      const draft = join(kept, `answer.${process.pid}.new`);
      writeFileSync(draft, JSON.stringify(answer));
      renameSync(draft, join(kept, answerFile));
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

const answerFile = 'answer.json';

/** A log that an earlier run kept, if it is whole and ours. */
function knownLog(kept: string, layout: LayoutName): Log | undefined {
  const [path, file] = [join(kept, `${layout}.log`), join(kept, answerFile)];
  if (!existsSync(file) || !existsSync(path) || statSync(kept).uid !== process.getuid?.()) return undefined;
  const answer = JSON.parse(readFileSync(file, 'utf8')) as Answer;
  if (statSync(path).size !== answer.bytes) return undefined;
  warm(path);
  return { layout, path, answer };
}

function keptFolder(layout: LayoutName, options: LogOptions): string {
  const hash = createHash('sha256').update(JSON.stringify([layout, options]));
  const sources = join(import.meta.dirname, 'generate');
  for (const name of readdirSync(sources, { recursive: true, encoding: 'utf8' }).sort())
    if (name.endsWith('.ts')) hash.update(readFileSync(join(sources, name)));
  return join(tmpdir(), `halflight-bench-${hash.digest('hex').slice(0, 16)}`);
}

/** How many lines make at least so many megabytes. */
export function linesFor(layout: LayoutName, megabytes: number, options: LogOptions): number {
  const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-size-'));
  const sample = generate(layout, join(folder, 'sample'), { ...options, lines: 20_000 });
  rmSync(folder, { recursive: true });
  // The sample may be a little heavier than the rest.
  return Math.ceil((megabytes * 1.02e6) / (sample.bytes / sample.lines) / 100_000) * 100_000;
}
