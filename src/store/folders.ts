import { createHash } from 'node:crypto';
import {
  chmodSync,
  chownSync,
  existsSync,
  lchownSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  realpathSync,
  statSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { codeOf, messageOf, StoreError } from './errors.js';

/** Whom the server runs as; undefined: as this process does. */
export type RunAs = { uid: number; gid: number } | undefined;

/** PostgreSQL's own data, below the data folder. */
export const clusterIn = (dataDir: string): string => join(dataDir, 'postgres');

const nobody = { uid: 65534, gid: 65534 };

/**
 * Creates the data folder where it is missing, closes it to others, and finds out whom the server must run as: PostgreSQL
 * refuses to run as root, so root hands it to the owner of the data that is there, or to nobody.
 * @returns the folder's real path
 */
export function prepareDataDir(given: string): { dataDir: string; runAs: RunAs } {
  try {
    mkdirSync(dirname(given), { recursive: true });
    if (!existsSync(given)) mkdirSync(given, { mode: 0o700 });
    const dataDir = realpathSync(given);
    const entries = readdirSync(dataDir);
    const cluster = clusterIn(dataDir);
    const owner = existsSync(cluster) ? statSync(cluster) : undefined;
    const root = process.getuid?.() === 0;
    if (!root && owner !== undefined && owner.uid !== process.getuid?.()) {
      throw new StoreError(
        `The database in ${given} belongs to user id ${owner.uid}: run Halflight as that user or as root, or use another data folder.`,
      );
    }
    const runAs = !root
      ? undefined
      : owner !== undefined && owner.uid !== 0
        ? { uid: owner.uid, gid: owner.gid }
        : nobody;
    // A folder that holds other things too is left as it is: the database in it is closed by itself. A catalog may have been installed
    // before the first start.
    if (entries.every((name) => name === 'catalog') || owner !== undefined) closeToOthers(dataDir, runAs);
    if (runAs !== undefined) {
      refuseClosedParent(dataDir, runAs);
      // Restored from a backup by root.
      if (owner?.uid === 0) giveTree(cluster, runAs);
    }
    return { dataDir, runAs };
  } catch (error) {
    if (error instanceof StoreError) throw error;
    throw new StoreError(
      `The data folder ${given} cannot be used (${messageOf(error)}): name a folder that this user may write to.`,
      { cause: error },
    );
  }
}

/** Makes a folder only for the server's user; root can enter it anyway. */
export function privateFolder(path: string, runAs: RunAs): void {
  mkdirSync(path, { mode: 0o700, recursive: true });
  chmodSync(path, 0o700);
  if (runAs !== undefined) chownSync(path, runAs.uid, runAs.gid);
}

/** Hands a folder and all that is in it to the server's user. */
export function giveTree(path: string, runAs: { uid: number; gid: number }): void {
  for (const entry of readdirSync(path, { withFileTypes: true })) {
    if (entry.isDirectory()) giveTree(join(path, entry.name), runAs);
    else lchownSync(join(path, entry.name), runAs.uid, runAs.gid);
  }
  lchownSync(path, runAs.uid, runAs.gid);
}

/** A socket's path may have 107 bytes on Linux and 103 on macOS. */
const longestSocket = 100;

/**
 * The folder of the server's socket. Whoever can enter it is let in without a password: it is private to the server's
 * user. Inside the data folder, or, where that path is too long for a socket, in the system's folder for temporary files.
 */
export function runDirFor(dataDir: string, runAs: RunAs): string {
  const inside = join(dataDir, 'run');
  if (Buffer.byteLength(join(inside, '.s.PGSQL.5432')) <= longestSocket) {
    privateFolder(inside, runAs);
    return inside;
  }
  // Always the same name, so that a killed process leaves at most one behind.
  const uid = runAs?.uid ?? process.getuid?.() ?? 0;
  const short = join(tmpdir(), `halflight-${createHash('sha256').update(dataDir).digest('hex').slice(0, 12)}`);
  try {
    mkdirSync(short, { mode: 0o700 });
  } catch (error) {
    if (codeOf(error) !== 'EEXIST') throw error;
    // Anybody can create a folder there: one that is not ours is not used.
    const found = lstatSync(short);
    if (!found.isDirectory() || (found.uid !== uid && found.uid !== process.getuid?.())) {
      const fresh = mkdtempSync(join(tmpdir(), 'halflight-'));
      privateFolder(fresh, runAs);
      return fresh;
    }
  }
  privateFolder(short, runAs);
  return short;
}

function closeToOthers(dataDir: string, runAs: RunAs): void {
  try {
    // The server's user only needs to pass through.
    if (runAs !== undefined) chownSync(dataDir, 0, runAs.gid);
    chmodSync(dataDir, runAs === undefined ? 0o700 : 0o710);
  } catch (error) {
    // A mounted volume may belong to somebody else and still be writable.
    if (codeOf(error) !== 'EPERM') throw error;
  }
}

function refuseClosedParent(dataDir: string, runAs: { uid: number; gid: number }): void {
  const parents = [dataDir];
  for (let path = dataDir; dirname(path) !== path; path = dirname(path)) parents.unshift(dirname(path));
  for (const parent of parents) {
    const { uid, gid, mode } = statSync(parent);
    const enter = uid === runAs.uid ? 0o100 : gid === runAs.gid ? 0o010 : 0o001;
    if ((mode & enter) === 0) {
      throw new StoreError(
        `PostgreSQL does not run as root, and user id ${runAs.uid} cannot enter ${parent}: choose a data folder that others can reach, such as /var/lib/halflight, or run Halflight as an ordinary user.`,
      );
    }
  }
}
