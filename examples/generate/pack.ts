import { crc32 } from 'node:zlib';

/*
 * Archives with their content stored as it is. Compressors differ between versions in the bytes that they give; these archives are the
 * same everywhere, and git compresses what it keeps.
 */

const u16 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 2);
  for (const [i, value] of values.entries()) bytes.writeUInt16LE(value, i * 2);
  return bytes;
};
const u32 = (...values: number[]): Buffer => {
  const bytes = Buffer.alloc(values.length * 4);
  for (const [i, value] of values.entries()) bytes.writeUInt32LE(value >>> 0, i * 4);
  return bytes;
};

function pieces(content: Buffer, size: number): { piece: Buffer; last: boolean }[] {
  const parts: { piece: Buffer; last: boolean }[] = [];
  for (let at = 0; at === 0 || at < content.length; at += size)
    parts.push({ piece: content.subarray(at, at + size), last: at + size >= content.length });
  return parts;
}

/** RFC 1952 around stored blocks of RFC 1951. */
export function gzip(content: Buffer): Buffer {
  const blocks = pieces(content, 0xffff).flatMap(({ piece, last }) => [
    Buffer.from([last ? 1 : 0]),
    u16(piece.length, piece.length ^ 0xffff),
    piece,
  ]);
  const header = Buffer.from([0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3]);
  return Buffer.concat([header, ...blocks, u32(crc32(content), content.length)]);
}

/** RFC 8878: one segment with its size, raw blocks of at most 128 KiB. */
export function zstd(content: Buffer): Buffer {
  const blocks = pieces(content, 1 << 17).flatMap(({ piece, last }) => [
    u32((piece.length << 3) | (last ? 1 : 0)).subarray(0, 3),
    piece,
  ]);
  return Buffer.concat([Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0xa0]), u32(content.length), ...blocks]);
}

/** 16 November 2026, noon, as zip writes it. */
const [zipTime, zipDate] = [12 << 11, ((2026 - 1980) << 9) | (11 << 5) | 16];

/** A zip archive whose entries are stored. */
export function zip(entries: readonly (readonly [name: string, content: Buffer])[]): Buffer {
  const local: Buffer[] = [];
  const central: Buffer[] = [];
  let offset = 0;
  for (const [name, content] of entries) {
    const bytes = Buffer.from(name);
    const common = Buffer.concat([
      u16(20, 0x0800, 0, zipTime, zipDate),
      u32(crc32(content), content.length, content.length),
      u16(bytes.length, 0),
    ]);
    local.push(u32(0x04034b50), common, bytes, content);
    central.push(u32(0x02014b50), u16(20), common, u16(0, 0, 0), u32(0, offset), bytes);
    offset += 4 + common.length + bytes.length + content.length;
  }
  const size = central.reduce((sum, part) => sum + part.length, 0);
  const end = [u32(0x06054b50), u16(0, 0, entries.length, entries.length), u32(size, offset), u16(0)];
  return Buffer.concat([...local, ...central, ...end]);
}
