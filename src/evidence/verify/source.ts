import { closeSync, fstatSync, openSync, readSync } from 'node:fs';

/** Bytes that can be read at any place. */
export interface ByteSource {
  readonly size: number;
  /** Fewer bytes only where the source ends. */
  read(at: number, length: number): Buffer;
}

export const ofBytes = (bytes: Buffer): ByteSource => ({
  size: bytes.length,
  read: (at, length) => bytes.subarray(at, at + length),
});

/** A file, open for reading. @throws the error of the system */
export function ofFile(path: string): ByteSource & { close(): void } {
  const file = openSync(path, 'r');
  try {
    const { size } = fstatSync(file);
    return {
      size,
      read(at, length) {
        const bytes = Buffer.alloc(Math.max(0, Math.min(length, size - at)));
        let done = 0;
        while (done < bytes.length) {
          const count = readSync(file, bytes, done, bytes.length - done, at + done);
          if (count === 0) break;
          done += count;
        }
        return bytes.subarray(0, done);
      },
      close: () => closeSync(file),
    };
  } catch (error) {
    closeSync(file);
    throw error;
  }
}

const pieceBytes = 1 << 18;

/** A range of the source in pieces. */
export function* piecesOf(source: ByteSource, at: number, length: number): Generator<Buffer> {
  for (let done = 0; done < length; done += pieceBytes)
    yield source.read(at + done, Math.min(pieceBytes, length - done));
}
