import { closeSync, constants, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes at the beginning in which a NUL tells that a file is no text. */
const looked = 8192;
let buffer = Buffer.alloc(1 << 20);

export type Read = { text: string } | { left: 'binary' | 'too large' | 'no plain file' };

/**
 * The text of a file of at most `limit` bytes: UTF-8, or UTF-16 by its mark. Pipes and devices are never waited for.
 * @throws the system's error
 */
export function readText(path: string, limit: number): Read {
  const file = openSync(path, constants.O_RDONLY | constants.O_NONBLOCK | constants.O_NOCTTY);
  try {
    const stat = fstatSync(file);
    if (!stat.isFile()) return { left: 'no plain file' };
    if (stat.size > limit) return { left: 'too large' };
    if (buffer.length < stat.size) buffer = Buffer.alloc(stat.size);
    let length = 0;
    while (length < stat.size) {
      const read = readSync(file, buffer, length, stat.size - length, length);
      if (read === 0) break;
      length += read;
    }
    return decode(buffer.subarray(0, length));
  } finally {
    closeSync(file);
  }
}

function decode(bytes: Buffer): Read {
  const [first, second] = bytes;
  if (first === 0xff && second === 0xfe) return { text: bytes.toString('utf16le', 2) };
  if (first === 0xfe && second === 0xff)
    return {
      text: Buffer.from(bytes.subarray(2, bytes.length & ~1))
        .swap16()
        .toString('utf16le'),
    };
  if (bytes.subarray(0, looked).includes(0)) return { left: 'binary' };
  const mark = first === 0xef && second === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  return { text: bytes.toString('utf8', mark) };
}
