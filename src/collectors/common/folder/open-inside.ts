import { constants } from 'node:fs';
import { type FileHandle, lstat, open, readlink, realpath } from 'node:fs/promises';
import { type Found, foundFrom } from './found.js';
import { decodePath } from './names.js';

/** Why a file is not read. */
export class RefusedError extends Error {
  override readonly name = 'RefusedError';
}

const slash = Buffer.from('/');

/** The bytes of a path below the root. */
export const below = (root: Buffer, path: string): Buffer =>
  path === '' ? root : Buffer.concat([root, slash, decodePath(path)]);

/**
 * Opens a regular file that is really below the root, whatever is swapped meanwhile: not through a link, not waiting for the
 * other end of a pipe, and what was opened is looked at, never what was listed. Nothing is read before that.
 * @throws RefusedError, and ENOENT, EACCES... as `open` does
 */
export async function openInside(root: Buffer, path: string): Promise<{ handle: FileHandle; file: Found }> {
  const whole = below(root, path);
  let handle: FileHandle;
  try {
    handle = await open(whole, constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    if (code === 'ELOOP' || code === 'EMLINK') throw new RefusedError('is a symbolic link, which is not followed');
    if (code === 'ENXIO') throw new RefusedError('is no regular file');
    throw error;
  }
  try {
    const info = await handle.stat({ bigint: true });
    if (!info.isFile()) throw new RefusedError('is no regular file');
    if (!(await isAt(handle, whole, info))) throw new RefusedError('lies outside the folder, behind a link');
    return { handle, file: foundFrom(path, info) };
  } catch (error) {
    await handle.close();
    throw error;
  }
}

/** Whether the opened file is the one at the path, and no folder on the way to it is a link. */
async function isAt(handle: FileHandle, path: Buffer, info: { dev: bigint; ino: bigint }): Promise<boolean> {
  if (process.platform === 'linux') {
    try {
      // The kernel's own answer about what is open, which no race can change; a file deleted just now has no path.
      return (await readlink(`/proc/self/fd/${handle.fd}`, { encoding: 'buffer' })).equals(path);
    } catch {
      // No /proc: ask by path.
    }
  }
  const real = await realpath(path, { encoding: 'buffer' });
  const now = await lstat(path, { bigint: true });
  return real.equals(path) && now.dev === info.dev && now.ino === info.ino;
}
