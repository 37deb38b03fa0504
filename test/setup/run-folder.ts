import { chmodSync, mkdirSync, readdirSync, rmSync, statfsSync } from 'node:fs';
import { freemem, tmpdir } from 'node:os';
import { join } from 'node:path';

const memory = '/dev/shm';
const prefix = 'hl-';
/** Bytes that must be free in memory. A run keeps less than 1 GiB at a time. */
const enough = 4 * 2 ** 30;

/**
 * Makes the folder of temporary files of this run, and TMPDIR names it to all that the run starts. In memory where there is enough of
 * it: most of the time of tests of databases goes into waiting for a disk to keep what is dropped a second later. No test can tell the
 * difference, which only a failure of the machine's power would show. A TMPDIR that was given is kept to.
 * @returns the folder, with a short name: sockets in it have paths of 100 bytes at most
 */
export function makeRunFolder(): { folder: string; remove(): void } {
  const base = process.env.TMPDIR === undefined && hasRoom(memory) ? memory : tmpdir();
  removeLeft(base);
  const folder = join(base, `${prefix}${process.pid}`);
  mkdirSync(folder);
  // As /tmp: tests start programs as other users, too.
  chmodSync(folder, 0o1777);
  process.env.TMPDIR = folder;
  return { folder, remove: () => rmSync(folder, { recursive: true, force: true }) };
}

function hasRoom(path: string): boolean {
  try {
    const { bavail, bsize } = statfsSync(path);
    return bavail * bsize >= enough && freemem() >= 2 * enough;
  } catch {
    return false;
  }
}

/** Folders of runs that were killed. */
function removeLeft(base: string): void {
  for (const name of readdirSync(base)) {
    const pid = /^hl-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && isAlive(Number(pid)))) continue;
    try {
      rmSync(join(base, name), { recursive: true, force: true });
    } catch {
      // Of another user, whose next run removes it.
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
