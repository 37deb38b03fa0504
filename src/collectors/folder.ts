import type { Collector } from './common/collector.js';
import { checkFolder } from './common/folder/check.js';
import { collectFolder } from './common/folder/collect.js';
import { openChunk } from './common/folder/open-chunk.js';
import { type FolderOptions, folderOptions } from './common/folder/options.js';

/**
 * A folder that logs are written to or put into: growing files, rotated by renaming, copying and truncating, or compressing;
 * single files and archives. It is looked at again and again, which works on network file systems, too. A file is known by
 * its content: renamed, compressed or put there again, it is not read twice.
 */
export const collector: Collector<FolderOptions> = {
  title: 'Watched folder',
  every: 5,
  options: folderOptions,
  collect: collectFolder,
  open: (options, chunk, context) => openChunk(options, chunk, context.signal),
  test: (options, context) => checkFolder(options, context.signal),
};
