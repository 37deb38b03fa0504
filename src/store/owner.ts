import { randomUUID } from 'node:crypto';
import { linkSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { codeOf } from './errors.js';
import { isAlive, startOf } from './process-table.js';

// One process owns a data folder: it alone starts and stops the server there. Its file says who it is. The file appears
// by link(), so it is never half written and only one of several processes can create it.

interface Owner {
  pid: number;
  start: string | undefined;
  id: string;
}

export type Claim = { release(): void } | { ownedBy: number };

/** Makes this process the owner, unless a live one is. A dead owner (killed, machine restarted) is taken over. */
export function claimOwnership(file: string): Claim {
  const me: Owner = { pid: process.pid, start: startOf(process.pid), id: randomUUID() };
  const draft = `${file}.${me.id}`;
  writeFileSync(draft, JSON.stringify(me), { mode: 0o600, flag: 'wx' });
  try {
    for (;;) {
      if (created(draft, file)) return { release: () => release(file, me) };
      const found = read(file);
      if (found === undefined) continue;
      if (found.owner !== undefined && isAlive(found.owner.pid, found.owner.start)) return { ownedBy: found.owner.pid };
      // Two processes may both find the owner dead. Whoever owns the successor's file may replace it, and looks again
      // first: a dead owner, once replaced, never comes back, so nobody can replace the successor by mistake.
      const turn = claimOwnership(`${file}.next`);
      if ('ownedBy' in turn) return turn;
      try {
        if (read(file)?.text === found.text) {
          renameSync(draft, file);
          return { release: () => release(file, me) };
        }
      } finally {
        turn.release();
      }
    }
  } finally {
    rmSync(draft, { force: true });
  }
}

/** The live process that owns it; undefined: none does. */
export function ownerOf(file: string): number | undefined {
  const owner = read(file)?.owner;
  return owner !== undefined && isAlive(owner.pid, owner.start) ? owner.pid : undefined;
}

/** For who wants a data folder that another process has. `given`: the folder as it was named. */
export const inUse = (given: string, pid: number, file: string): string =>
  `The data folder ${given} is in use by another Halflight, process ${pid}: stop it or use another data folder (if process ${pid} is no Halflight, remove ${file}).`;

function created(draft: string, file: string): boolean {
  try {
    linkSync(draft, file);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function release(file: string, me: Owner): void {
  if (read(file)?.owner?.id === me.id) rmSync(file, { force: true });
}

/** Undefined: no file. No owner in it: what a power failure left of one. */
function read(file: string): { text: string; owner: Owner | undefined } | undefined {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const owner = JSON.parse(text) as Owner;
    return { text, owner: Number.isSafeInteger(owner.pid) && owner.pid > 0 ? owner : undefined };
  } catch {
    return { text, owner: undefined };
  }
}
