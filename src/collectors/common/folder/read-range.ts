import type { FileHandle } from 'node:fs/promises';

const bufferBytes = 1 << 18;

/** Bytes `[from, to)` of an opened file; ends early where the file does. Each buffer is new. */
export async function* readRange(handle: FileHandle, from: number, to: number): AsyncGenerator<Buffer, void> {
  let at = from;
  while (at < to) {
    const length = Math.min(bufferBytes, to - at);
    const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, at);
    if (bytesRead === 0) return;
    at += bytesRead;
    yield buffer.subarray(0, bytesRead);
  }
}
