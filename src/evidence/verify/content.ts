import { createHash } from 'node:crypto';
import { Readable } from 'node:stream';
import { crc32, createInflateRaw } from 'node:zlib';
import { maxLineBytes, maxTextBytes } from '../format.js';
import type { Manifest } from '../manifest.js';
import type { ReadEntry } from './archive.js';
import { BundleError, need } from './problem.js';
import { type ByteSource, piecesOf } from './source.js';

type ListedFile = Manifest['files'][number];

/** Whether a file lies in the archive as it was signed. */
export function isAsPacked(source: ByteSource, { at, packedBytes }: ReadEntry, { packed }: ListedFile): boolean {
  if (packedBytes !== packed.bytes) return false;
  const hash = createHash('sha256');
  for (const piece of piecesOf(source, at, packedBytes)) hash.update(piece);
  return hash.digest('hex') === packed.sha256;
}

/** Unpacked so much at a time: each piece is a turn of a thread, and the 16 KiB by which zlib begins are a third of all that a check takes. */
const inflatedBytes = 1 << 17;

/** What a file holds, piece by piece; no more of it than the manifest states. @throws BundleError */
export async function* contentOf(source: ByteSource, entry: ReadEntry, file: ListedFile): AsyncGenerator<Buffer> {
  const inflate = createInflateRaw({ chunkSize: inflatedBytes });
  const packed = Readable.from(piecesOf(source, entry.at, entry.packedBytes));
  packed.on('error', (error) => inflate.destroy(error));
  const hash = createHash('sha256');
  let [bytes, crc] = [0, 0];
  // Before anything is unpacked: what is stated may be more than an archive can hold.
  need(file.bytes === entry.bytes, 'file', `${file.name} is not what the manifest says`);
  try {
    for await (const piece of packed.pipe(inflate) as AsyncIterable<Buffer>) {
      bytes += piece.length;
      if (bytes > file.bytes) break;
      hash.update(piece);
      crc = crc32(piece, crc);
      yield piece;
    }
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code?.startsWith('Z_') !== true) throw error;
    throw new BundleError('file', `${file.name} cannot be unpacked`);
  } finally {
    packed.destroy();
    inflate.destroy();
  }
  const same = bytes === file.bytes && bytes === entry.bytes && crc === entry.crc && hash.digest('hex') === file.sha256;
  need(same, 'file', `${file.name} is not what the manifest says`);
}

/** All of a file that is read as a whole. @throws BundleError where it is larger than any such file */
export async function textOf(content: AsyncIterable<Buffer>, name: string): Promise<string> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of content) {
    bytes += piece.length;
    need(bytes <= maxTextBytes, 'file', `${name} is larger than ${maxTextBytes} bytes`);
    pieces.push(piece);
  }
  return Buffer.concat(pieces).toString('utf8');
}

/**
 * The lines of a file without their ends, as many at a time as were unpacked together.
 * @throws BundleError where one is too long, or the last does not end
 */
export async function* linesOf(content: AsyncIterable<Buffer>, name: string): AsyncGenerator<string[]> {
  let rest: Buffer[] = [];
  let restBytes = 0;
  for await (const piece of content) {
    const lines: string[] = [];
    let from = 0;
    for (let end = piece.indexOf(10); end !== -1; end = piece.indexOf(10, from)) {
      if (restBytes === 0) lines.push(piece.toString('utf8', from, end));
      else lines.push(Buffer.concat([...rest, piece.subarray(from, end)]).toString('utf8'));
      [rest, restBytes, from] = [[], 0, end + 1];
    }
    if (lines.length > 0) yield lines;
    if (from === piece.length) continue;
    rest.push(piece.subarray(from));
    restBytes += piece.length - from;
    need(restBytes <= maxLineBytes, 'file', `${name}: a line is longer than ${maxLineBytes} bytes`);
  }
  need(restBytes === 0, 'file', `${name} ends in the middle of a line`);
}
