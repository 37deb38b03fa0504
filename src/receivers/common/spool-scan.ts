import type { FileHandle } from 'node:fs/promises';
import { claimedLength, decodeRecord, markerBytes, recordHeadBytes } from './spool-record.js';
import type { SpoolRecord } from './spool-types.js';

/** What stands at a place of a segment: a whole record, or bytes that are none. */
export type Found = { offset: number; end: number } & ({ record: SpoolRecord } | { record: undefined });

const blockBytes = 1 << 20;

/**
 * Walks through the bytes `[from, to)` of a segment. Damage costs only itself: behind it the walk goes on at the next marker.
 * Holds one block and one record at a time.
 */
export async function* scanSegment(
  file: FileHandle,
  marker: Buffer,
  from: number,
  to: number,
): AsyncGenerator<Found, void> {
  let block: Buffer = Buffer.alloc(0);
  let base = from;
  /** The bytes from `at` on: `need` of them, or what there is. Blocks are not used again, so views of them stay valid. */
  const view = async (at: number, need: number): Promise<Buffer> => {
    const have = block.length - (at - base);
    if (have < need && base + block.length < to) {
      block = await readAt(file, at, Math.min(Math.max(need, blockBytes), to - at));
      base = at;
      if (block.length === 0) to = at;
    }
    return block.subarray(at - base, at - base + need);
  };
  let at = from;
  let bad: number | undefined;
  while (at < to) {
    const length = claimedLength(await view(at, recordHeadBytes), marker);
    if (length !== undefined && at + length <= to) {
      const bytes = await view(at, length);
      const record = bytes.length === length ? decodeRecord(bytes) : undefined;
      if (record !== undefined) {
        if (bad !== undefined) yield { offset: bad, end: at, record: undefined };
        bad = undefined;
        yield { offset: at, end: at + length, record };
        at += length;
        continue;
      }
    }
    bad ??= at;
    at++;
    for (;;) {
      const rest = await view(at, blockBytes);
      const next = rest.indexOf(marker);
      if (next >= 0) {
        at += next;
        break;
      }
      if (at + rest.length >= to || rest.length < markerBytes) {
        at = to;
        break;
      }
      at += rest.length - markerBytes + 1;
    }
  }
  if (bad !== undefined) yield { offset: bad, end: Math.max(to, bad), record: undefined };
}

/** Up to `length` bytes; fewer only at the end of the file. */
export async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const buffer = Buffer.allocUnsafeSlow(length);
  let got = 0;
  while (got < length) {
    const { bytesRead } = await file.read(buffer, got, length - got, position + got);
    if (bytesRead === 0) break;
    got += bytesRead;
  }
  return buffer.subarray(0, got);
}
