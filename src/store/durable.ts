import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readdirSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { onExit } from './exit-hooks.js';

/** Ends names of files that are not whole yet. */
export const draftEnding = '.draft';

/**
 * Writes a file so that after a kill or a power failure at any moment the old one or the new one is there, whole.
 * @throws the error of the system
 */
export function writeDurably(file: string, content: string | Uint8Array, mode = 0o644): void {
  const draft = `${file}.${randomUUID()}${draftEnding}`;
  try {
    const opened = openSync(draft, 'wx', mode);
    try {
      writeFileSync(opened, content);
      fsyncSync(opened);
    } finally {
      closeSync(opened);
    }
    renameSync(draft, file);
  } catch (error) {
    rmSync(draft, { force: true });
    throw error;
  }
  syncFolder(dirname(file));
}

/** A file that is written in parts: it is there as a whole, or not at all. */
export interface DurableFile {
  write(part: Uint8Array): Promise<void>;
  /** Gives it its name; what had the name before is gone. */
  keep(): Promise<void>;
  /** Removes what was written. Does nothing to a file that was kept. */
  drop(): void;
}

/** What a killed process left is removed by a later one that writes the same file, when nothing was written to it for so long. */
const abandonedMs = 3_600_000;

/**
 * Begins a file for its owner alone. A process that ends by a signal takes its draft with it.
 * @throws the error of the system
 */
export async function openDurably(file: string): Promise<DurableFile> {
  removeAbandoned(file);
  const draft = `${file}.${randomUUID()}${draftEnding}`;
  const remove = (): void => rmSync(draft, { force: true });
  const forget = onExit(remove);
  const opened = await open(draft, 'wx', 0o600).catch((error: unknown) => {
    forget();
    throw error;
  });
  return {
    write: async (part) => {
      for (let at = 0; at < part.length; ) at += (await opened.write(part, at)).bytesWritten;
    },
    keep: async () => {
      await opened.sync();
      await opened.close();
      renameSync(draft, file);
      forget();
      syncFolder(dirname(file));
    },
    drop: () => {
      forget();
      void opened.close().catch(() => {});
      remove();
    },
  };
}

function removeAbandoned(file: string): void {
  const folder = dirname(file);
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(`${basename(file)}.`) || !name.endsWith(draftEnding)) continue;
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Number.POSITIVE_INFINITY;
    if (Date.now() - changed > abandonedMs) rmSync(path, { force: true });
  }
}

/** The name of a file lasts only once its folder is written. */
export function syncFolder(folder: string): void {
  // Windows does not open folders.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
