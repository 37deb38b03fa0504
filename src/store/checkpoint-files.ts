import { existsSync, mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { draftEnding, writeDurably } from './durable.js';
import { codeOf } from './errors.js';

// Checkpoints of the audit log as files outside the database, each written once and never again, so that a medium that takes every file
// only once does for them: FOLDER/2026-11/1-1234-20261126T110000Z.txt is the one of epoch 1 with 1,234 records.

/** What the name of a file tells. */
export interface CheckpointFile {
  path: string;
  epoch: number;
  size: number;
}

const stamp = (at: number): string => new Date(at).toISOString().replace(/[-:]|\.\d+/g, '');

/**
 * Writes a note below a folder that is there, unless it is there: whole or not at all, and there for good once this returns.
 * @returns whether it was written now
 * @throws the error of the system
 */
export function writeCheckpoint(
  folder: string,
  { epoch, size, at, note }: { epoch: number; size: number; at: number; note: string },
): boolean {
  const month = join(folder, new Date(at).toISOString().slice(0, 7));
  const file = join(month, `${epoch}-${size}-${stamp(at)}.txt`);
  if (existsSync(file)) return false;
  if (!existsSync(month)) mkdirSync(month, { mode: 0o700 });
  writeDurably(file, note, 0o600);
  return true;
}

/** The files of a folder by what their names tell, the furthest first. A folder that is not there has none. */
export function listCheckpoints(folder: string): CheckpointFile[] {
  const files: CheckpointFile[] = [];
  for (const month of names(folder).filter((name) => /^\d{4}-\d\d$/.test(name)))
    for (const name of names(join(folder, month))) {
      if (name.endsWith(draftEnding)) continue;
      const [, epoch, size] = /^(\d{1,9})-(\d{1,15})-\d{8}T\d{6}Z\.txt$/.exec(name) ?? [];
      if (epoch !== undefined)
        files.push({ path: join(folder, month, name), epoch: Number(epoch), size: Number(size) });
    }
  return files.sort((a, b) => b.epoch - a.epoch || b.size - a.size || (a.path < b.path ? 1 : -1));
}

/** The largest note: what is larger is none. */
const maxNote = 64 * 1024;

/** What a file holds; undefined: it is too large for a note. @throws the error of the system */
export function readCheckpointFile(path: string): string | undefined {
  const bytes = readFileSync(path);
  return bytes.length > maxNote ? undefined : bytes.toString('utf8');
}

function names(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch (error) {
    if (codeOf(error) === 'ENOENT' || codeOf(error) === 'ENOTDIR') return [];
    throw error;
  }
}
