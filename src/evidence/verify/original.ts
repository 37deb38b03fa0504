import { createHash, hash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';

/** A record in the log that it was read from. */
export interface Original {
  file: string;
  /** Whether the log is, byte for byte, the piece of input that the bundle names; else `sha256` is what it is. */
  same: boolean;
  sha256: string;
  /** The record as it stands in it; null: none with the hash that the bundle has begins at its line. */
  record: string | null;
}

export interface PlaceInInput {
  /** Key of the piece of input; a piece of a longer stream ends in its range of bytes. */
  chunk: string;
  sha256: string;
  /** On which the record begins, from 1 on. */
  line: number;
  /** Of a part of a divided piece: how many records of the piece lie before the part, each of at least one line. */
  before: number | undefined;
  recordSha256: string;
}

/** So much is looked at from the beginning of a record on. */
const windowBytes = 1 << 20;
/** Lines and texts in brackets that are tried. */
const triedLines = 1000;
const triedTexts = 20_000;

/**
 * Finds a record in the original log, compressed by gzip or as it is. The log is hashed in one pass, whatever its size.
 * @throws the error of the system, or of zlib where the file is damaged
 */
export async function readOriginal(file: string, place: PlaceInInput): Promise<Original> {
  const line = place.line + (place.before ?? 0);
  const all = await hashed(file, line, { from: 0, to: Number.MAX_SAFE_INTEGER });
  const range = /[:#](\d{1,15})-(\d{1,15})$/.exec(place.chunk);
  const ranged = all.sha256 !== place.sha256 && range !== null;
  const read = ranged ? await hashed(file, line, { from: Number(range[1]), to: Number(range[2]) }) : all;
  const record = (place.before === undefined ? recordIn : recordBehind)(read.window, place.recordSha256);
  return { file, same: read.sha256 === place.sha256, sha256: read.sha256, record: record ?? null };
}

/** The hash of a range of the decompressed bytes, and what begins at a line of it. */
async function hashed(
  path: string,
  line: number,
  { from, to }: { from: number; to: number },
): Promise<{ sha256: string; window: string }> {
  const digest = createHash('sha256');
  const window: Buffer[] = [];
  let [at, left, kept] = [0, line - 1, 0];
  const sink = async (pieces: AsyncIterable<Buffer>): Promise<void> => {
    for await (const whole of pieces) {
      let piece = whole.subarray(Math.max(0, from - at), Math.max(0, to - at));
      at += whole.length;
      digest.update(piece);
      while (left > 0 && piece.length > 0) {
        const end = piece.indexOf(10);
        piece = end === -1 ? piece.subarray(piece.length) : piece.subarray(end + 1);
        if (end !== -1) left--;
      }
      if (left > 0 || kept >= windowBytes || piece.length === 0) continue;
      const some = Buffer.from(piece.subarray(0, windowBytes - kept));
      window.push(some);
      kept += some.length;
    }
  };
  const input = createReadStream(path, { highWaterMark: 1 << 18 });
  if (await isGzip(path)) await pipeline(input, createGunzip({ chunkSize: 1 << 17 }), sink);
  else await pipeline(input, sink);
  return {
    sha256: digest.digest('hex'),
    window: Buffer.concat(window)
      .toString('utf8')
      .replace(/^\ufeff/, ''),
  };
}

async function isGzip(path: string): Promise<boolean> {
  for await (const piece of createReadStream(path, { end: 1 }) as AsyncIterable<Buffer>)
    return piece[0] === 0x1f && piece[1] === 0x8b;
  return false;
}

/** The record, at or behind the first line: empty lines and records of several lines before it moved it down. */
function recordBehind(text: string, sha256: string): string | undefined {
  for (let start = 0, tried = 0; start < text.length && tried < triedLines; tried++) {
    const end = text.indexOf('\n', start);
    const line = text.slice(start, end === -1 ? text.length : end);
    const found = [line, line.replace(/\r$/, ''), line.trim()].find((one) => hash('sha256', one, 'hex') === sha256);
    if (found !== undefined) return found;
    if (end === -1) break;
    start = end + 1;
  }
  return recordIn(text, sha256);
}

/** The record with this hash that begins with the text: one line or more, or else an object or a list of a JSON document. */
function recordIn(text: string, sha256: string): string | undefined {
  const is = (candidate: string): boolean => hash('sha256', candidate, 'hex') === sha256;
  for (let end = text.indexOf('\n'), tried = 0; tried < triedLines; tried++, end = text.indexOf('\n', end + 1)) {
    const lines = end === -1 ? text : text.slice(0, end);
    const found = [lines, lines.replace(/\r$/, ''), lines.trim()].find(is);
    if (found !== undefined) return found;
    if (end === -1) break;
  }
  const open: number[] = [];
  let tried = 0;
  let inText = false;
  for (let at = 0; at < text.length && tried < triedTexts; at++) {
    const c = text[at];
    if (inText) {
      if (c === '\\') at++;
      else if (c === '"') inText = false;
    } else if (c === '"') inText = true;
    else if (c === '{' || c === '[') open.push(at);
    else if (c === '}' || c === ']') {
      const candidate = text.slice(open.pop() ?? at, at + 1);
      tried++;
      if (is(candidate)) return candidate;
    }
  }
  return undefined;
}
