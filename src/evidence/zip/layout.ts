// The zip archives of bundles, to the byte (PKWARE APPNOTE 4.3). A bundle knows one way to write an archive, so that whoever checks it
// can build each header anew and compare: what is encrypted, a link, hidden behind another name or put between entries is then simply
// not what has to stand there. Nothing is larger than 4 GiB.

/** One file of an archive. */
export interface ZipEntry {
  name: string;
  /** Deflated; stored as it is otherwise. */
  deflated: boolean;
  crc: number;
  packedBytes: number;
  bytes: number;
  /** Where its local header begins. */
  offset: number;
}

/** Sizes and places are below this; one more would mean "see the 64-bit fields", which bundles do not have. */
export const maxZipBytes = 0xffff_ffff - 1;
export const localHeaderBytes = 30;
export const centralRecordBytes = 46;
export const endRecordBytes = 22;

/** What both headers of an entry have in common: version needed, flags, method, time, date, CRC, sizes, length of the name, no extra field. */
function shared({ name, deflated, crc, packedBytes, bytes }: ZipEntry, day: string): Buffer {
  const fields = Buffer.alloc(26);
  fields.writeUInt16LE(20, 0);
  fields.writeUInt16LE(deflated ? 8 : 0, 4);
  fields.writeUInt16LE(dosDate(day), 8);
  fields.writeUInt32LE(crc, 10);
  fields.writeUInt32LE(packedBytes, 14);
  fields.writeUInt32LE(bytes, 18);
  fields.writeUInt16LE(name.length, 22);
  return fields;
}

/** What stands before the bytes of an entry. Its time is the beginning of `day`. */
export const localHeader = (entry: ZipEntry, day: string): Buffer =>
  Buffer.concat([Buffer.from('PK\x03\x04', 'latin1'), shared(entry, day), Buffer.from(entry.name, 'latin1')]);

/** What stands in the directory at the end: written by Unix, a plain file that everybody may read. */
export function centralRecord(entry: ZipEntry, day: string): Buffer {
  const place = Buffer.alloc(14);
  place.writeUInt32LE(0o100644 * 0x1_0000, 6);
  place.writeUInt32LE(entry.offset, 10);
  return Buffer.concat([
    Buffer.from('PK\x01\x02\x14\x03', 'latin1'),
    shared(entry, day),
    place,
    Buffer.from(entry.name, 'latin1'),
  ]);
}

/** The end of the archive. */
export function endRecord(entries: number, directoryBytes: number, directoryOffset: number): Buffer {
  const fields = Buffer.alloc(18);
  fields.writeUInt16LE(entries, 4);
  fields.writeUInt16LE(entries, 6);
  fields.writeUInt32LE(directoryBytes, 8);
  fields.writeUInt32LE(directoryOffset, 12);
  return Buffer.concat([Buffer.from('PK\x05\x06', 'latin1'), fields]);
}

/** A day `YYYY-MM-DD` as zip has it; days that it cannot say are its first or its last. */
export function dosDate(day: string): number {
  const [year = 0, month = 1, date = 1] = day.split('-').map(Number);
  if (year < 1980) return (1 << 5) | 1;
  if (year > 2107) return (127 << 9) | (12 << 5) | 31;
  return ((year - 1980) << 9) | (month << 5) | date;
}
