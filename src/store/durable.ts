import { randomUUID } from 'node:crypto';
import { closeSync, fsyncSync, openSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

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

/** The name itself lasts only once its folder is written. */
function syncFolder(folder: string): void {
  // Windows does not open folders.
  if (process.platform === 'win32') return;
  const opened = openSync(folder, 'r');
  try {
    fsyncSync(opened);
  } finally {
    closeSync(opened);
  }
}
