import yauzl from 'yauzl';
import { InputError } from './decompress.js';
import type { Input, InputSource } from './input.js';

type ZipSource = Extract<InputSource, { kind: 'zip-entry' }>;

/** The archive that was read from last: entries come in turn, and its directory is not read again for each of them. */
let last: Archive | undefined;
export interface Archive {
  path: string;
  zip: yauzl.ZipFile;
  entries: readonly yauzl.Entry[];
}

/** Entries of an archive, as they stand in its directory. @throws InputError when it is no whole archive */
export async function zipEntries(path: string): Promise<readonly yauzl.Entry[]> {
  // The archive may have been changed since an earlier scan by this process.
  closeArchive();
  return (await openArchive(path)).entries;
}

/** One entry of an archive as an input. */
export const zipEntryInput = (source: ZipSource): Input => ({
  name: source.name,
  modified: source.modified,
  size: source.size,
  source,
  bytes: async () => {
    const { zip, entries } = await openArchive(source.path);
    const entry = entries[source.entry];
    if (`${source.path}/${entry?.fileName}` !== source.name || entry === undefined)
      throw new InputError('is no longer in its archive, which was changed meanwhile: scan it again');
    return (await zip.openReadStreamPromise(entry)) as AsyncIterable<Buffer>;
  },
});

/** Lets go of the archive that was read last; what is being read from it is still read to its end. */
export function closeArchive(): void {
  last?.zip.close();
  last = undefined;
}

/** An archive on disk, with its directory. @throws InputError when it is no whole archive */
export async function openArchive(path: string): Promise<Archive> {
  if (last?.path === path) return last;
  closeArchive();
  let zip: yauzl.ZipFile;
  try {
    zip = await yauzl.openPromise(path, { lazyEntries: true, autoClose: false, decodeStrings: true });
  } catch {
    throw new InputError('is a damaged zip archive: copy the file again');
  }
  const entries: yauzl.Entry[] = [];
  const archive = { path, zip, entries };
  last = archive;
  for await (const entry of zip.eachEntry()) entries.push(entry);
  return archive;
}
