import { createHash } from 'node:crypto';
import type { Content } from './content.js';

/** SHA-256 of the last 4 KiB of a piece: read alone, it tells whether a file still holds the piece. */
export async function tailPrint(content: Content, start: number, end: number): Promise<string> {
  const hash = createHash('sha256');
  for await (const bytes of content.bytes(Math.max(start, end - 4096), end)) hash.update(bytes);
  return hash.digest('base64url');
}
