import { createHash } from 'node:crypto';
import type { FileHandle } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { crc32, createDeflateRaw } from 'node:zlib';
import { centralRecord, endRecord, localHeader, localHeaderBytes, maxZipBytes, type ZipEntry } from './layout.js';

/** What an entry turned out to be: the hashes in hexadecimal digits. */
export interface WrittenEntry {
  bytes: number;
  sha256: string;
  packed: { bytes: number; sha256: string };
}

/** Texts are handed on in pieces of about this size. */
const pieceBytes = 65_536;

/** Writes an archive as layout.ts describes it, entry by entry; memory holds a piece of one. */
export class ZipWriter {
  readonly #file: FileHandle;
  readonly #day: string;
  readonly #entries: ZipEntry[] = [];
  #at = 0;

  /** `day`: the time of all entries. */
  constructor(file: FileHandle, day: string) {
    this.#file = file;
    this.#day = day;
  }

  /** Writes an entry. Its header is written last, when sizes and checksum are known. @throws RangeError beyond 4 GiB */
  async add(
    name: string,
    content: AsyncIterable<string> | Iterable<string | Uint8Array>,
    deflated = true,
  ): Promise<WrittenEntry> {
    const entry: ZipEntry = { name, deflated, crc: 0, packedBytes: 0, bytes: 0, offset: this.#at };
    const [plainHash, packedHash] = [createHash('sha256'), createHash('sha256')];
    let at = this.#at + localHeaderBytes + name.length;
    const measured = async function* (): AsyncGenerator<Uint8Array> {
      for await (const piece of inPieces(content)) {
        entry.crc = crc32(piece, entry.crc);
        entry.bytes += piece.length;
        plainHash.update(piece);
        yield piece;
      }
    };
    const write = async (packed: AsyncIterable<Uint8Array>): Promise<void> => {
      for await (const piece of packed) {
        packedHash.update(piece);
        entry.packedBytes += piece.length;
        if (at + piece.length > maxZipBytes || entry.bytes > maxZipBytes)
          throw new RangeError('a bundle holds 4 GiB at most');
        await writeAll(this.#file, piece, at);
        at += piece.length;
      }
    };
    const source = Readable.from(measured(), { objectMode: true, highWaterMark: 2 });
    if (deflated) await pipeline(source, createDeflateRaw(), write);
    else await pipeline(source, write);
    await writeAll(this.#file, localHeader(entry, this.#day), this.#at);
    this.#entries.push(entry);
    this.#at = at;
    return {
      bytes: entry.bytes,
      sha256: plainHash.digest('hex'),
      packed: { bytes: entry.packedBytes, sha256: packedHash.digest('hex') },
    };
  }

  /** Writes the directory. */
  async end(): Promise<void> {
    const directory = Buffer.concat(this.#entries.map((entry) => centralRecord(entry, this.#day)));
    const end = endRecord(this.#entries.length, directory.length, this.#at);
    await writeAll(this.#file, Buffer.concat([directory, end]), this.#at);
  }
}

async function writeAll(file: FileHandle, bytes: Uint8Array, at: number): Promise<void> {
  for (let done = 0; done < bytes.length; ) {
    const { bytesWritten } = await file.write(bytes, done, bytes.length - done, at + done);
    done += bytesWritten;
  }
}

async function* inPieces(content: AsyncIterable<string> | Iterable<string | Uint8Array>): AsyncGenerator<Uint8Array> {
  let [pending, length]: [string[], number] = [[], 0];
  for await (const piece of content) {
    if (typeof piece !== 'string') {
      yield piece;
      continue;
    }
    pending.push(piece);
    length += piece.length;
    if (length < pieceBytes) continue;
    yield Buffer.from(pending.join(''));
    [pending, length] = [[], 0];
  }
  if (pending.length > 0) yield Buffer.from(pending.join(''));
}
