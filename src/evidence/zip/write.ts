import { createHash } from 'node:crypto';
import { once } from 'node:events';
import type { FileHandle } from 'node:fs/promises';
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
    const write = async (packed: Uint8Array): Promise<void> => {
      packedHash.update(packed);
      entry.packedBytes += packed.length;
      if (at + packed.length > maxZipBytes || entry.bytes > maxZipBytes)
        throw new RangeError('a bundle holds 4 GiB at most');
      await writeAll(this.#file, packed, at);
      at += packed.length;
    };
    const packer = deflated ? new Packer() : undefined;
    try {
      // A loop and no pipe: where the file cannot be written, what the content was read from is closed before anybody hears of it.
      for await (const piece of inPieces(content)) {
        entry.crc = crc32(piece, entry.crc);
        entry.bytes += piece.length;
        plainHash.update(piece);
        for (const packed of packer === undefined ? [piece] : await packer.add(piece)) await write(packed);
      }
      for (const packed of (await packer?.end()) ?? []) await write(packed);
    } finally {
      packer?.drop();
    }
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

/** Deflates piece by piece, off the main thread. */
class Packer {
  readonly #deflate = createDeflateRaw();
  #ready: Buffer[] = [];

  constructor() {
    this.#deflate.on('data', (packed: Buffer) => this.#ready.push(packed));
  }

  /** What is ready by then. */
  async add(piece: Uint8Array): Promise<readonly Uint8Array[]> {
    await new Promise<void>((resolve, reject) => {
      this.#deflate.write(piece, (error) => (error ? reject(error) : resolve()));
    });
    return this.#taken();
  }

  /** The rest. */
  async end(): Promise<readonly Uint8Array[]> {
    const ended = once(this.#deflate, 'end');
    this.#deflate.end();
    await ended;
    return this.#taken();
  }

  drop(): void {
    this.#deflate.destroy();
  }

  #taken(): Buffer[] {
    const ready = this.#ready;
    this.#ready = [];
    return ready;
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
