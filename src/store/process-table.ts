import { readdirSync, readFileSync, readlinkSync } from 'node:fs';

/**
 * When a process started: the same for all its life, another for a later process with the same id.
 * Undefined where the system does not tell (no /proc) or the process is gone.
 */
export function startOf(pid: number): string | undefined {
  const fields = statOf(pid);
  if (fields === undefined) return undefined;
  try {
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'latin1').trim()} ${fields[19]}`;
  } catch {
    return undefined;
  }
}

/** Whether a process with this id lives; with `start`, whether it is still the same one. */
export function isAlive(pid: number, start?: string): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives and belongs to somebody else.
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  // A zombie has ended and only waits for its parent to notice; in a container nobody may ever do so.
  const state = statOf(pid)?.[0];
  if (state === 'Z' || state === 'X') return false;
  const now = startOf(pid);
  return start === undefined || now === undefined || start === now;
}

/** Processes that have this folder as working folder, as all of PostgreSQL's have its data. Undefined where the system does not tell. */
export function processesIn(folder: string): number[] | undefined {
  let names: string[];
  try {
    names = readdirSync('/proc');
  } catch {
    return undefined;
  }
  if (!names.includes('self')) return undefined;
  return names.filter((name) => /^\d+$/.test(name) && workingFolder(name) === folder).map(Number);
}

function workingFolder(pid: string): string | undefined {
  try {
    return readlinkSync(`/proc/${pid}/cwd`);
  } catch {
    return undefined;
  }
}

/** Fields of /proc/PID/stat from the third on (proc(5)): [0] state, [19] start in clock ticks since boot. */
function statOf(pid: number): string[] | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'latin1');
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  } catch {
    return undefined;
  }
}
