import { createHash } from 'node:crypto';
import type { Whole } from './assembly.js';

/**
 * The key of the chunk that a push, upload or batch becomes: what is sent again has the same key and counts once. An upload is
 * its bytes; a push with an idempotency key is key and bytes; everything else is its place in the spool. Within its source.
 */
export function chunkKeyOf(spoolId: string, whole: Whole): string {
  const { meta, kind, sequence } = whole.last;
  if (kind === 'upload' && typeof meta.sha256 === 'string') return `upload:${meta.sha256}`;
  if (kind === 'push' && typeof meta.key === 'string' && typeof meta.digest === 'string')
    return `push:${createHash('sha256').update(`${meta.key}\n${meta.digest}`).digest('hex')}`;
  return `spool:${spoolId}:${sequence}`;
}
