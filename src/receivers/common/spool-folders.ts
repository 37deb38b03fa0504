import { randomUUID } from 'node:crypto';
import { mkdir, readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Spool } from './spool.js';
import { SpoolError, type SpoolOptions } from './spool-types.js';

/** The spools that a process has after its start. */
export interface Spools {
  /** What it receives goes here. */
  own: Spool;
  /** Of processes that are gone: to be drained, then `destroy`ed. */
  orphans: Spool[];
}

/**
 * Opens the spools of `<data>/spool`: each process has a sub-folder of its own. What dead processes left is taken over, the first
 * as own spool. Several processes may do so at the same time: each folder goes to one of them.
 */
export async function openSpools(parent: string, options: Omit<SpoolOptions, 'folder'>): Promise<Spools> {
  await mkdir(parent, { recursive: true, mode: 0o700 });
  const free: Spool[] = [];
  for (const entry of (await readdir(parent, { withFileTypes: true })).filter((found) => found.isDirectory())) {
    try {
      free.push(await Spool.open({ ...options, folder: join(parent, entry.name) }));
    } catch (error) {
      if (!(error instanceof SpoolError && error.kind === 'owned')) throw error;
    }
  }
  const [first, ...orphans] = free;
  const own = first ?? (await Spool.open({ ...options, folder: join(parent, randomUUID()) }));
  return { own, orphans };
}
