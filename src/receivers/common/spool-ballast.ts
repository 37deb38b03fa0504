import { open, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import { tryUnlink } from './spool-files.js';

/** Free space beyond the ballast that must be there before the disk counts as no longer full. */
const headroom = 1 << 20;

/**
 * A file that holds space back. When the disk is full it is given up, so that database and console can still work; the spool
 * itself takes data again only when the space for it is there again.
 */
export class Ballast {
  readonly #folder: string;
  readonly #path: string;
  readonly #bytes: number;

  constructor(folder: string, bytes: number) {
    this.#folder = folder;
    this.#path = join(folder, 'ballast');
    this.#bytes = bytes;
  }

  /** Gives the space up. */
  async free(): Promise<void> {
    if (this.#bytes > 0) await tryUnlink(this.#path);
  }

  /** True: the ballast is there, and so is some space beside it. */
  async restore(): Promise<boolean> {
    if (this.#bytes === 0) return true;
    const found = await stat(this.#path).catch(() => undefined);
    if (found?.size === this.#bytes) return true;
    try {
      const disk = await statfs(this.#folder).catch(() => undefined);
      if (disk !== undefined && disk.bavail * disk.bsize < this.#bytes + Math.min(headroom, this.#bytes)) return false;
      const handle = await open(this.#path, 'w', 0o600);
      try {
        // Written, not only made long: a hole holds nothing back.
        const zeros = Buffer.alloc(Math.min(this.#bytes, 1 << 20));
        for (let at = 0; at < this.#bytes; at += zeros.length)
          await handle.writeFile(zeros.subarray(0, Math.min(zeros.length, this.#bytes - at)));
        await handle.datasync();
      } finally {
        await handle.close();
      }
      return true;
    } catch {
      await this.free();
      return false;
    }
  }
}
