import type { ChunkDraft } from '../../../core/chunk.js';
import type { Found } from './found.js';
import { showPath } from './names.js';
import type { Place } from './place.js';
import { headLadder, type Prints } from './prints.js';
import type { Stream } from './stream.js';

/** The piece of a stream between two prints, as a chunk. */
export function draftOf(
  stream: Stream,
  file: Found,
  to: Prints,
  { key, tail, unfinished }: { key?: string | undefined; tail?: string | undefined; unfinished?: boolean } = {},
): ChunkDraft {
  const { prints: from, compression, layout, skip, header } = stream;
  const { path, dev, ino, sig } = file;
  const packed = compression !== 'none';
  const place: Place = {
    path,
    dev,
    ino,
    sig,
    compression,
    ...(skip > 0 && { skip }),
    ...(layout.startsWith('utf') && { layout }),
    start: from.offset,
    end: to.offset,
    before: { offset: from.offset, print: from.print, base: from.base, chain: from.chain, ladder: '' },
    print: to.print,
    ladder: headLadder(to.ladder),
    ...(tail !== undefined && { tail }),
    ...(unfinished === true && { unfinished }),
  };
  return {
    key: key ?? `${stream.id}:${from.offset}-${to.offset}`,
    name: showPath(path),
    place: { ...place },
    size: packed && from.offset === 0 ? file.size : to.offset - from.offset,
    modified: file.modified,
    ...(from.offset > 0 && header !== undefined && { prime: header }),
  };
}
