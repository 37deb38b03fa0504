import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, linkSync, openSync, readdirSync, rmSync, statSync } from 'node:fs';
import { type FileHandle, open } from 'node:fs/promises';
import { basename, dirname, join, resolve } from 'node:path';
import { faultPoint } from '../core/fault.js';
import { onExit } from '../store/exit-hooks.js';

/** What a killed program left is removed by a later one for the same name when nothing was written to it for so long. */
const abandonedMs = 3_600_000;

/** The file that should be new is there. */
export class FileExistsError extends Error {
  constructor(path: string) {
    super(`${path} is there already: name a file that is not, so that nothing is overwritten`);
  }
}

/**
 * Writes a new file: under another name, synced, then given its name, so that after a kill at any moment the file is there as a whole or
 * not at all.
 * @throws FileExistsError, and errors of the system when it cannot be written
 */
export async function writeNewFile<T>(path: string, write: (file: FileHandle) => Promise<T>): Promise<T> {
  const full = resolve(path);
  const [folder, prefix] = [dirname(full), `.${basename(full)}.draft-`];
  if (existsSync(full)) throw new FileExistsError(path);
  removeAbandoned(folder, prefix);
  const draft = join(folder, `${prefix}${randomUUID()}`);
  const remove = (): void => rmSync(draft, { force: true });
  const forget = onExit(remove);
  try {
    const file = await open(draft, 'wx', 0o600);
    let result: T;
    try {
      result = await write(file);
      await file.sync();
    } finally {
      await file.close();
    }
    await faultPoint('evidence.synced');
    giveName(draft, full, path);
    syncFolder(folder);
    await faultPoint('evidence.named');
    return result;
  } finally {
    remove();
    forget();
  }
}

/** A link, unlike a rename, never replaces a file that appeared meanwhile. */
function giveName(draft: string, full: string, path: string): void {
  try {
    linkSync(draft, full);
  } catch (error) {
    throw (error as NodeJS.ErrnoException).code === 'EEXIST' ? new FileExistsError(path) : error;
  }
}

function removeAbandoned(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const changed = statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? Date.now();
    if (Date.now() - changed > abandonedMs) rmSync(path, { force: true });
  }
}

function syncFolder(path: string): void {
  const folder = openSync(path, 'r');
  try {
    fsyncSync(folder);
  } finally {
    closeSync(folder);
  }
}
