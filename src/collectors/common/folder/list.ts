import { lstat, readdir, realpath } from 'node:fs/promises';
import { type Found, foundFrom } from './found.js';
import { encodePath, fitsAny, isUnfinishedName } from './names.js';
import { below } from './open-inside.js';
import type { FolderOptions } from './options.js';

/** What a look at the folder gives. */
export interface Listing {
  /** Real path of the folder. */
  root: Buffer;
  /** By path; of several names of one file only the first. */
  files: Found[];
  /** Files that `include` does not name: a log that is read is followed when it is given such a name. */
  others: Found[];
  /** Reason -> how many, and one of them. */
  refused: Map<string, { count: number; example: string }>;
  /** Everything was seen: a file that is not in it is gone. */
  complete: boolean;
}

const maxDepth = 64;
/** Looked at side by side: enough to keep a network file system busy. */
const together = 32;

/** Lists the regular files of the folder. Reads none. @throws when the folder itself cannot be listed */
export async function listFolder(options: FolderOptions, signal: AbortSignal): Promise<Listing> {
  const root = await realpath(Buffer.from(options.path), { encoding: 'buffer' });
  const listing: Listing = { root, files: [], others: [], refused: new Map(), complete: true };
  const inodes = new Set<string>();
  const refuse = (why: string, path: string): void => {
    const known = listing.refused.get(why);
    if (known === undefined) listing.refused.set(why, { count: 1, example: path });
    else known.count++;
  };

  const folders: { path: string; depth: number }[] = [{ path: '', depth: 0 }];
  for (let folder = folders.shift(); folder !== undefined; folder = folders.shift()) {
    let names: Buffer[];
    try {
      names = await readdir(below(root, folder.path), { encoding: 'buffer' });
    } catch (error) {
      if (folder.path === '') throw error;
      const code = (error as NodeJS.ErrnoException).code;
      // Deleted meanwhile: its files are gone, and that is known.
      if (code === 'ENOENT' || code === 'ENOTDIR') continue;
      listing.complete = false;
      refuse('is a folder that this user may not list', folder.path);
      continue;
    }
    names.sort(Buffer.compare);
    for (let at = 0; at < names.length; at += together) {
      if (signal.aborted) return { ...listing, complete: false };
      if (listing.files.length >= options.max_files) {
        listing.complete = false;
        refuse(`is beyond max_files (${options.max_files}): raise it, or split the folder`, folder.path);
        folders.length = 0;
        break;
      }
      const parent = folder;
      await Promise.all(names.slice(at, at + together).map((name) => look(parent, name)));
    }
  }
  listing.files.sort((a, b) => (a.path < b.path ? -1 : 1));
  listing.files = listing.files.filter((file) => {
    const inode = `${file.dev}-${file.ino}`;
    if (inodes.has(inode)) return false;
    inodes.add(inode);
    return true;
  });
  return listing;

  async function look(folder: { path: string; depth: number }, name: Buffer): Promise<void> {
    const text = name.toString('utf8');
    const parent =
      folder.path === ''
        ? name
        : Buffer.concat([below(Buffer.alloc(0), folder.path).subarray(1), Buffer.from('/'), name]);
    const path = encodePath(parent);
    const shown = parent.toString('utf8');
    if (isUnfinishedName(text) || fitsAny(shown, options.exclude ?? [])) return;
    try {
      const info = await lstat(below(root, path), { bigint: true });
      if (info.isSymbolicLink()) refuse('is a symbolic link, which is not followed', path);
      else if (info.isDirectory()) {
        if (!options.recursive) return;
        if (folder.depth < maxDepth) folders.push({ path, depth: folder.depth + 1 });
        else refuse(`is nested deeper than ${maxDepth} folders`, path);
      } else if (!info.isFile()) refuse('is no regular file (a pipe, socket or device)', path);
      else if (options.include === undefined || fitsAny(shown, options.include))
        listing.files.push(foundFrom(path, info));
      else if (listing.others.length < options.max_files) listing.others.push(foundFrom(path, info));
    } catch (error) {
      const code = (error as NodeJS.ErrnoException).code;
      if (code === 'ENOENT' || code === 'ENOTDIR') return;
      listing.complete = false;
      refuse(`cannot be looked at (${code ?? 'unknown error'})`, path);
    }
  }
}
