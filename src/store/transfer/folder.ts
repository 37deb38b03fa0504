import { randomUUID } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, renameSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { mkdir, readdir } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { faultPoint } from '../../core/fault.js';
import { syncFolder } from '../durable.js';
import { messageOf, StoreError } from '../errors.js';
import { onExit } from '../exit-hooks.js';

/** What a killed export left is removed by a later one of the same name when nothing was written to it for so long. */
const abandonedMs = 3_600_000;

/** What fails here is the database, and not the folder. */
const ofNetwork = new Set(['connect', 'getaddrinfo', 'read']);

/**
 * Fills a new folder: written under another name, synced, then renamed, so that after a kill at any moment the folder is there as a
 * whole or not at all.
 * @throws StoreError when it is there already or cannot be made
 */
export async function fillFolder<T>(folder: string, fill: (draft: string) => Promise<T>): Promise<T> {
  const parent = dirname(folder);
  const prefix = `.${basename(folder)}.draft-`;
  if (existsSync(folder))
    throw new StoreError(`${folder} is there already: name a folder that is not, so that nothing is overwritten.`);
  const draft = join(parent, `${prefix}${randomUUID()}`);
  const remove = (): void => {
    try {
      rmSync(draft, { recursive: true, force: true });
    } catch {
      // It was never made; or a later export removes it.
    }
  };
  const forget = onExit(remove);
  try {
    await mkdir(parent, { recursive: true });
    await removeAbandoned(parent, prefix);
    await mkdir(draft, { mode: 0o700 });
    const result = await fill(draft);
    syncFolder(draft);
    await faultPoint('export.synced');
    // A folder that appeared meanwhile and holds something is not replaced: the rename fails.
    renameSync(draft, folder);
    syncFolder(parent);
    await faultPoint('export.renamed');
    return result;
  } catch (error) {
    remove();
    const { syscall } = error as NodeJS.ErrnoException;
    if (error instanceof StoreError || syscall === undefined || ofNetwork.has(syscall)) throw error;
    throw new StoreError(
      `${folder} could not be written (${messageOf(error)}): name a folder on a disk with enough room that this user may write to.`,
      { cause: error },
    );
  } finally {
    forget();
  }
}

async function removeAbandoned(parent: string, prefix: string): Promise<void> {
  for (const name of await readdir(parent)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(parent, name);
    const files = await readdir(path).catch(() => []);
    const newest = Math.max(...[path, ...files.map((file) => join(path, file))].map(changedAt));
    if (Date.now() - newest > abandonedMs) rmSync(path, { recursive: true, force: true });
  }
}

function changedAt(path: string): number {
  try {
    return statSync(path).mtimeMs;
  } catch {
    return 0;
  }
}

/** Writes a small file that survives a power failure once its folder is synced. */
export function writeSynced(path: string, text: string): void {
  const file = openSync(path, 'wx', 0o600);
  try {
    writeFileSync(file, text);
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
