import { createHash } from 'node:crypto';
import { toUSVString } from 'node:util';
import { z } from 'zod';
import type { ChunkDraft } from '../../core/chunk.js';

/** An object as a page lists it. */
export interface StoredObject {
  key: string;
  /** As the provider writes it, quotes and all. */
  etag: string | undefined;
  size: number;
  /** Milliseconds since 1970. */
  modified: number;
  storageClass: string | undefined;
}

/** Longest object that is read. */
export const largestBytes = 5 * 2 ** 30;
const longestKeyBytes = 1024;
// An index of the database holds no more than 2,704 bytes in one row.
const longestChunkKey = 1500;

/** What `open` needs. The name is percent-encoded: it may hold characters that a database does not take. */
const place = z.object({ key: z.string(), etag: z.string().optional() });

export const hashOf = (text: string): string => createHash('sha256').update(text).digest('base64url').slice(0, 22);

/** What makes an object this one and not what was or will be under its name. */
export const identityOf = ({ etag, size, modified }: StoredObject): string =>
  etag === undefined ? `${modified}-${size}` : etag.replace(/^"|"$/g, '');

/**
 * The chunk of an object: its key is bucket, name and ETag, so that an object listed twice is one chunk and an overwritten one is
 * another. Control characters are percent-encoded, names that are too long for an index are cut and hashed.
 */
export function draftOf(bucket: string, object: StoredObject): ChunkDraft {
  const identity = identityOf(object);
  const exact = (text: string): string => text.replace(/[\p{Cc} %#]/gu, encodeURIComponent);
  const key = `s3:${bucket}/${exact(object.key)}#${exact(identity)}`;
  return {
    key: key.length > longestChunkKey ? `${key.slice(0, 200)}~${hashOf(object.key)}#${hashOf(identity)}` : key,
    name: `s3://${bucket}/${object.key.replace(/\p{Cc}/gu, encodeURIComponent)}`,
    place: { key: encodeURIComponent(object.key), ...(object.etag !== undefined && { etag: object.etag }) },
    size: object.size,
    modified: object.modified,
  };
}

/** Name and ETag of a chunk's object. @throws Error when the chunk is none of this collector's */
export function placeOf(chunk: ChunkDraft): { key: string; etag: string | undefined } {
  const { key, etag } = place.parse(chunk.place);
  return { key: decodeURIComponent(key), etag };
}

/** Why an object is not read, in a few words; undefined for one that is. */
export function unreadable({ key, size, storageClass }: StoredObject): string | undefined {
  if (toUSVString(key) !== key || Buffer.byteLength(key) > longestKeyBytes)
    return 'a name that S3 does not allow: check the endpoint';
  if (storageClass === 'GLACIER' || storageClass === 'DEEP_ARCHIVE')
    return `in the archive (${storageClass}): restore and copy what is needed to another name`;
  if (size > largestBytes) return 'larger than 5 GiB: have the logs cut into smaller objects';
  return undefined;
}

/** A folder as consoles make it: no data. */
export const isMarker = ({ key, size }: StoredObject): boolean => size === 0 && key.endsWith('/');
