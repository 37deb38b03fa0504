import { mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

/** So many starts without a good end within the time mean that starting again will not help. */
const [crashes, withinMs] = [5, 600_000];
/** A process that lives so long has started well. */
export const healthyAfterMs = 60_000;

/** Starts in the last time that no good end followed, without counting another; `limit`: with so many the next is in safe mode. */
export function badStarts(folder: string, role: string, now: number): { bad: number; limit: number } {
  return { bad: recentStarts(fileOf(folder, role), now).length, limit: crashes };
}

const fileOf = (folder: string, role: string): string => join(folder, `starts-${role}.json`);

function recentStarts(file: string, now: number): number[] {
  try {
    const starts = JSON.parse(readFileSync(file, 'utf8')) as unknown;
    const numbers = Array.isArray(starts) ? starts.filter((at): at is number => typeof at === 'number') : [];
    return numbers.filter((at) => at <= now && now - at < withinMs);
  } catch {
    return [];
  }
}

/**
 * Counts starts that were followed by no good end. After several in a row the service starts in safe mode: it takes data in and
 * answers, and does no work that might end it again.
 */
export class CrashGuard {
  readonly #file: string;
  readonly safe: boolean;

  constructor(folder: string, role: string, now: number) {
    this.#file = fileOf(folder, role);
    const recent = recentStarts(this.#file, now);
    this.safe = recent.length >= crashes;
    mkdirSync(folder, { recursive: true, mode: 0o700 });
    this.#write([...recent, now].slice(-2 * crashes));
  }

  /** The process ends as it should, or has lived long enough. */
  wellDone(): void {
    rmSync(this.#file, { force: true });
  }

  #write(starts: readonly number[]): void {
    const draft = `${this.#file}.new`;
    writeFileSync(draft, JSON.stringify(starts), { mode: 0o600 });
    renameSync(draft, this.#file);
  }
}
