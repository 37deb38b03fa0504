import { constants } from 'node:fs';
import { access, stat, statfs } from 'node:fs/promises';
import type { Check } from '../../../core/check.js';
import { type Listing, listFolder } from './list.js';
import { showPath } from './names.js';
import { openInside } from './open-inside.js';
import type { FolderOptions } from './options.js';

/** Files that are opened to see whether this user may: enough to find a wrong group or mode. */
const maxOpened = 20;

/** Looks whether the folder could be watched. Changes nothing. */
export async function checkFolder(options: FolderOptions, signal: AbortSignal): Promise<Check[]> {
  const { path } = options;
  try {
    if (!(await stat(path)).isDirectory())
      return [
        {
          name: 'Folder',
          outcome: 'failed',
          found: `${path} is no folder`,
          remedy: 'Name the folder that holds the files.',
        },
      ];
    await access(path, constants.R_OK | constants.X_OK);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    return [
      {
        name: 'Folder',
        outcome: 'failed',
        found: missing ? `${path} does not exist` : `${path} may not be listed by this user`,
        remedy: missing
          ? 'Create it, mount it, or correct the path of the source.'
          : 'Give this user the right to read and enter the folder.',
      },
    ];
  }
  const listing = await listFolder(options, signal);
  return [
    { name: 'Folder', outcome: 'ok', found: `${path} can be listed`, remedy: '' },
    files(listing),
    await readable(listing),
    ...[...listing.refused].map(([why, { count, example }]) => refused(why, count, example)),
    ...(await inodes(path)),
  ];
}

const files = ({ files: found, complete }: Listing): Check => ({
  name: 'Files',
  outcome: found.length > 0 && complete ? 'ok' : 'warning',
  found: `${found.length} files${complete ? '' : ', and not all of them could be seen'}`,
  remedy:
    found.length > 0
      ? ''
      : 'Check include and exclude, and that logs are written here. Hidden, .tmp and .part files are left out.',
});

async function readable({ root, files: found }: Listing): Promise<Check> {
  const failed: string[] = [];
  for (const { path } of found.slice(-maxOpened)) {
    try {
      await (await openInside(root, path)).handle.close();
    } catch {
      failed.push(showPath(path));
    }
  }
  const [first] = failed;
  return {
    name: 'Readable files',
    outcome: first === undefined ? 'ok' : 'failed',
    found:
      first === undefined
        ? 'those looked at can be opened'
        : `${first} and ${failed.length - 1} others cannot be opened`,
    remedy:
      first === undefined
        ? ''
        : 'Give this user the right to read the files, also those that are yet to be made (umask, default ACL).',
  };
}

const refused = (why: string, count: number, example: string): Check => ({
  name: 'Left out',
  outcome: 'warning',
  found: `${count} times: ${showPath(example)} ${why}`,
  remedy: 'Nothing, if that is meant; exclude it by name to say so.',
});

async function inodes(path: string): Promise<Check[]> {
  const { files: all, ffree: free } = await statfs(path);
  // File systems that make inodes as they need them say 0.
  if (all === 0) return [];
  const few = free < all / 100;
  return [
    {
      name: 'Free inodes',
      outcome: few ? 'warning' : 'ok',
      found: `${free} of ${all}`,
      remedy: few ? 'Delete or pack old files: soon no new log can be made.' : '',
    },
  ];
}
