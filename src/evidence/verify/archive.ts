import { crc32 } from 'node:zlib';
import { safeLine } from '../../core/terminal.js';
import {
  bundleFiles,
  manifestName,
  maxManifestBytes,
  maxNoteBytes,
  maxStampBytes,
  noteName,
  stampName,
} from '../format.js';
import {
  centralRecord,
  centralRecordBytes,
  endRecord,
  endRecordBytes,
  localHeader,
  type ZipEntry,
} from '../zip/layout.js';
import { BundleError, need } from './problem.js';
import type { ByteSource } from './source.js';

export interface ReadEntry extends ZipEntry {
  /** Where its bytes begin. */
  at: number;
}

export interface ReadArchive {
  entries: ReadonlyMap<string, ReadEntry>;
  /** Day that all entries have, as zip says it. */
  date: number;
}

const needed: readonly string[] = [...bundleFiles, manifestName, noteName];
/** A time stamp may be there. */
const names: readonly string[] = [...needed, stampName];
const listed: ReadonlySet<string> = new Set(bundleFiles);
const storedLimits: ReadonlyMap<string, number> = new Map([
  [manifestName, maxManifestBytes],
  [noteName, maxNoteBytes],
  [stampName, maxStampBytes],
]);

/**
 * Finds the entries of a bundle. What the directory says of an entry is written anew, as the one way in which bundles are written, and has
 * to be what stands there, in the directory and before the entry; and one part begins where the other ends.
 * @throws BundleError
 */
export function readArchive(source: ByteSource): ReadArchive {
  need(source.size >= endRecordBytes, 'archive', 'it is too short for an archive');
  const end = source.read(source.size - endRecordBytes, endRecordBytes);
  const [count, bytes, at] = [end.readUInt16LE(10), end.readUInt32LE(12), end.readUInt32LE(16)];
  need(end.equals(endRecord(count, bytes, at)), 'archive', 'it is no zip archive, or something stands behind its end');
  need(
    at + bytes + endRecordBytes === source.size,
    'archive',
    'its parts do not join: something was added, cut or moved',
  );
  need(count <= names.length && bytes < count * 128, 'archive', `it states ${count} files`);
  const directory = source.read(at, bytes);
  const entries = new Map<string, ReadEntry>();
  let [place, offset] = [0, 0];
  for (const wanted of names.slice(0, count)) {
    const entry = entryAt(directory.subarray(place), offset);
    need(entry.name === wanted, 'archive', wrongName(entry.name, wanted, entries));
    const day = dayOf(directory);
    need(
      centralRecord(entry, day).equals(directory.subarray(place, place + centralRecordBytes + entry.name.length)),
      'archive',
      `${entry.name}: its entry in the directory is not that of a bundle`,
    );
    const header = localHeader(entry, day);
    need(
      source.read(offset, header.length).equals(header),
      'archive',
      `${entry.name}: what stands before it is not what the directory says`,
    );
    const limit = storedLimits.get(entry.name);
    need(
      limit === undefined || (entry.bytes === entry.packedBytes && entry.bytes <= limit),
      'archive',
      `${entry.name}: ${entry.bytes} bytes are no size that it can have`,
    );
    entries.set(entry.name, { ...entry, at: offset + header.length });
    offset += header.length + entry.packedBytes;
    place += centralRecordBytes + entry.name.length;
  }
  const missing = needed[count];
  need(missing === undefined, 'archive', `${missing} is missing`);
  need(place === directory.length && offset === at, 'archive', 'something stands between its files and the directory');
  return { entries, date: directory.readUInt16LE(14) };
}

function entryAt(record: Buffer, offset: number): ZipEntry {
  need(record.length >= centralRecordBytes, 'archive', 'its directory is cut');
  const name = record.subarray(centralRecordBytes, centralRecordBytes + record.readUInt16LE(28)).toString('latin1');
  return {
    name,
    deflated: listed.has(name),
    crc: record.readUInt32LE(16),
    packedBytes: record.readUInt32LE(20),
    bytes: record.readUInt32LE(24),
    offset,
  };
}

/** The day of the first entry as text: all have the same. */
function dayOf(directory: Buffer): string {
  const date = directory.readUInt16LE(14);
  const two = (n: number): string => String(n).padStart(2, '0');
  return `${1980 + (date >> 9)}-${two((date >> 5) & 15)}-${two(date & 31)}`;
}

function wrongName(name: string, wanted: string, before: ReadonlyMap<string, unknown>): string {
  if (before.has(name)) return `${safeLine(name)} is in it twice`;
  if (!names.includes(name)) return `"${safeLine(name)}" is no file of a bundle`;
  return `${safeLine(name)} stands where ${wanted} has to: a file is missing, or their order was changed`;
}

/** The bytes of a small file that is stored as it is. @throws BundleError */
export function storedBytes(source: ByteSource, { name, at, packedBytes, crc }: ReadEntry): Buffer {
  const bytes = source.read(at, packedBytes);
  if (crc32(bytes) !== crc) throw new BundleError('archive', `${name}: its checksum does not fit`);
  return bytes;
}
