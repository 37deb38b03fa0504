import { createHash, type KeyObject, sign } from 'node:crypto';
import { crc32, deflateRawSync } from 'node:zlib';
import yauzl from 'yauzl';

// Bundles taken apart and put together again by another hand than the program's: yauzl reads, and what writes is here.

export type Files = Map<string, Buffer>;

const stored = new Set(['manifest.json', 'manifest.note', 'timestamp.tsr']);

/** What an archive holds, in its order. */
export async function filesOf(archive: Buffer): Promise<Files> {
  const zip = await yauzl.fromBufferPromise(archive, { lazyEntries: true });
  const files: Files = new Map();
  for await (const entry of zip.eachEntry()) {
    const stream = await zip.openReadStreamPromise(entry);
    const pieces: Buffer[] = [];
    for await (const piece of stream) pieces.push(piece as Buffer);
    files.set(entry.fileName, Buffer.concat(pieces));
  }
  return files;
}

export interface ZipOddities {
  /** Flags of an entry. */
  flags?: Record<string, number>;
  /** Mode of an entry, as Unix has it. */
  mode?: Record<string, number>;
  /** Put before the first entry, between the last and the directory, and behind the end. */
  before?: Buffer;
  between?: Buffer;
  behind?: Buffer;
  comment?: string;
  /** Name in the local header, where it is to be another one. */
  localName?: Record<string, string>;
  /** Size that both headers state. */
  states?: Record<string, number>;
  /** Number of entries that the end states. */
  count?: number;
  /** What lies in the archive for an entry, instead of what it is. */
  packed?: Record<string, Buffer>;
  /** Deflate nothing. */
  store?: boolean;
}

/** Writes an archive (PKWARE APPNOTE 4.3). `date`: as zip has it. */
export function zipOf(files: Iterable<readonly [string, Buffer]>, date: number, odd: ZipOddities = {}): Buffer {
  const parts: Buffer[] = [odd.before ?? Buffer.alloc(0)];
  const central: Buffer[] = [];
  let offset = parts[0]?.length ?? 0;
  let count = 0;
  for (const [name, content] of files) {
    const plain = stored.has(name) || odd.store === true;
    const data = odd.packed?.[name] ?? (plain ? content : deflateRawSync(content));
    const fields = (named: string): Buffer => {
      const shared = Buffer.alloc(26);
      shared.writeUInt16LE(20, 0);
      shared.writeUInt16LE(odd.flags?.[name] ?? 0, 2);
      shared.writeUInt16LE(plain ? 0 : 8, 4);
      shared.writeUInt16LE(date, 8);
      shared.writeUInt32LE(crc32(content), 10);
      shared.writeUInt32LE(data.length, 14);
      shared.writeUInt32LE(odd.states?.[name] ?? content.length, 18);
      shared.writeUInt16LE(Buffer.byteLength(named), 22);
      return shared;
    };
    const local = odd.localName?.[name] ?? name;
    const entry = Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), fields(local), Buffer.from(local), data]);
    const place = Buffer.alloc(14);
    place.writeUInt32LE((odd.mode?.[name] ?? 0o100644) * 0x10000, 6);
    place.writeUInt32LE(offset, 10);
    central.push(Buffer.from('PK\x01\x02\x14\x03', 'latin1'), fields(name), place, Buffer.from(name));
    parts.push(entry);
    offset += entry.length;
    count++;
  }
  const between = odd.between ?? Buffer.alloc(0);
  const directory = Buffer.concat(central);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt16LE(odd.count ?? count, 8);
  end.writeUInt16LE(odd.count ?? count, 10);
  end.writeUInt32LE(directory.length, 12);
  end.writeUInt32LE(offset + between.length, 16);
  const comment = Buffer.from(odd.comment ?? '');
  end.writeUInt16LE(comment.length, 20);
  return Buffer.concat([...parts, between, directory, end, comment, odd.behind ?? Buffer.alloc(0)]);
}

const sha256 = (bytes: Buffer): string => createHash('sha256').update(bytes).digest('hex');

/** The manifest of these files: sizes, hashes and numbers of records as they are; everything else as it was. */
export function withManifest(files: Files): Files {
  const manifest = JSON.parse(files.get('manifest.json')?.toString() ?? '') as {
    files: { name: string; records: number | null; bytes: number; sha256: string; packed: object }[];
  };
  for (const file of manifest.files) {
    const content = files.get(file.name) ?? Buffer.alloc(0);
    const packed = deflateRawSync(content);
    const lines = content.filter((byte) => byte === 10).length;
    file.bytes = content.length;
    file.sha256 = sha256(content);
    file.packed = { bytes: packed.length, sha256: sha256(packed) };
    if (file.records !== null) file.records = file.name.endsWith('.csv') ? lines - 1 : lines;
  }
  return new Map(files).set('manifest.json', Buffer.from(`${JSON.stringify(manifest, null, 2)}\n`));
}

/** Signed with a key of this name (https://c2sp.org/signed-note). */
export function withNote(files: Files, name: string, key: KeyObject, raw: Buffer): Files {
  const id = createHash('sha256').update(`${name}\n`).update(Buffer.of(1)).update(raw).digest().subarray(0, 4);
  const text = `halflight evidence bundle 1\nmanifest sha256 ${sha256(files.get('manifest.json') ?? Buffer.alloc(0))}\n`;
  const signature = Buffer.concat([id, sign(null, Buffer.from(text), key)]).toString('base64');
  return new Map(files).set('manifest.note', Buffer.from(`${text}\n\u2014 ${name} ${signature}\n`));
}
