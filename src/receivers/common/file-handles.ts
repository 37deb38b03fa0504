import { readdirSync, readFileSync } from 'node:fs';

/**
 * File handles that this process may still open (proc(5)); undefined where the system does not tell. Without one the spool cannot
 * begin a segment: so connections never get all of them.
 */
export function freeFileHandles(): number | undefined {
  try {
    const limit = /^Max open files\s+(\d+)/m.exec(readFileSync('/proc/self/limits', 'latin1'))?.[1];
    return limit === undefined ? undefined : Number(limit) - readdirSync('/proc/self/fd').length;
  } catch {
    return undefined;
  }
}
