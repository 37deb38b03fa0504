import { crc32 } from 'node:zlib';
import { maxMetaBytes, maxPayloadBytes, type SpoolDraft, SpoolError, type SpoolRecord } from './spool-types.js';

// A segment is a header, written twice, and records. Each record begins with the segment's marker, 8 random bytes: behind damage
// the next marker is where reading goes on. What senders put into their payloads cannot hold it, since they cannot know it.

const magic = Buffer.from('HLSPOOL1', 'latin1');
const headerCopyBytes = 64;
/** Both copies of a segment's header. */
export const headerBytes = 2 * headerCopyBytes;
/** What comes before meta and payload of a record. */
export const recordHeadBytes = 36;
export const markerBytes = 8;
const crcAt = 8;
const checkedFrom = 12;

export interface SegmentHeader {
  /** Of the spool, 16 bytes as hexadecimal digits. */
  id: string;
  marker: Buffer;
  /** No record of the segment has a smaller sequence. */
  first: number;
  /** Records of earlier segments beyond this sequence were refused: they may be on disk, and count for nothing. */
  trusted: number;
}

export function encodeHeader(header: SegmentHeader): Buffer {
  const copy = Buffer.alloc(headerCopyBytes);
  magic.copy(copy, 0);
  copy.write(header.id, 12, 16, 'hex');
  header.marker.copy(copy, 28);
  copy.writeBigUInt64BE(BigInt(header.first), 36);
  copy.writeBigUInt64BE(BigInt(header.trusted), 44);
  copy.writeUInt32BE(crc32(copy.subarray(0, 60)), 60);
  return Buffer.concat([copy, copy]);
}

/** Undefined: both copies are damaged. */
export function decodeHeader(bytes: Buffer): SegmentHeader | undefined {
  for (const at of [0, headerCopyBytes]) {
    const copy = bytes.subarray(at, at + headerCopyBytes);
    if (copy.length < headerCopyBytes || copy.readUInt32BE(60) !== crc32(copy.subarray(0, 60))) continue;
    if (!copy.subarray(0, 8).equals(magic)) continue;
    return {
      id: copy.toString('hex', 12, 28),
      marker: Buffer.from(copy.subarray(28, 28 + markerBytes)),
      first: Number(copy.readBigUInt64BE(36)),
      trusted: Number(copy.readBigUInt64BE(44)),
    };
  }
  return undefined;
}

/** Payloads up to this are copied behind their head: one write of many small pieces is slower than the copy. */
const copiedPayload = 65_536;

/** A record without marker and sequence, which are known later. */
export interface Encoded {
  /** Head and meta, and a small payload too. */
  head: Buffer;
  /** A large payload; undefined where it is in `head`. */
  payload: Buffer | undefined;
  bytes: number;
}

/** @throws SpoolError `invalid` when the payload or meta is too large */
export function encodeRecord(draft: SpoolDraft, sequence: number): Encoded {
  const { source, kind, meta, part, payload } = draft;
  const text = Buffer.from(JSON.stringify({ source, kind, meta, part }));
  if (payload.length > maxPayloadBytes || text.length > maxMetaBytes) {
    throw new SpoolError(
      'invalid',
      `A spool record holds ${maxPayloadBytes} bytes and ${maxMetaBytes} of meta at most: cut it into parts.`,
    );
  }
  const inline = payload.length <= copiedPayload;
  const head = Buffer.allocUnsafe(recordHeadBytes + text.length + (inline ? payload.length : 0));
  head.writeUInt32BE(text.length, checkedFrom);
  head.writeUInt32BE(payload.length, 16);
  head.writeBigUInt64BE(BigInt(sequence), 20);
  head.writeDoubleBE(draft.receivedAt, 28);
  text.copy(head, recordHeadBytes);
  if (inline) payload.copy(head, recordHeadBytes + text.length);
  let crc = crc32(head.subarray(checkedFrom));
  if (!inline) crc = crc32(payload, crc);
  head.writeUInt32BE(crc, crcAt);
  return {
    head,
    payload: inline ? undefined : payload,
    bytes: recordHeadBytes + text.length + payload.length,
  };
}

/** Length of the record that begins here, as its head claims; undefined where none can begin. */
export function claimedLength(head: Buffer, marker: Buffer): number | undefined {
  if (head.length < recordHeadBytes || head.compare(marker, 0, markerBytes, 0, markerBytes) !== 0) return undefined;
  const meta = head.readUInt32BE(checkedFrom);
  const payload = head.readUInt32BE(16);
  if (meta > maxMetaBytes || payload > maxPayloadBytes) return undefined;
  return recordHeadBytes + meta + payload;
}

/** The record in exactly these bytes; undefined when its checksum does not hold. The payload is a view of the bytes. */
export function decodeRecord(bytes: Buffer): SpoolRecord | undefined {
  if (crc32(bytes.subarray(checkedFrom)) !== bytes.readUInt32BE(crcAt)) return undefined;
  const metaEnd = recordHeadBytes + bytes.readUInt32BE(checkedFrom);
  const told = JSON.parse(bytes.toString('utf8', recordHeadBytes, metaEnd)) as Omit<SpoolDraft, 'payload'>;
  return {
    sequence: Number(bytes.readBigUInt64BE(20)),
    source: told.source,
    kind: told.kind,
    receivedAt: bytes.readDoubleBE(28),
    meta: told.meta,
    part: told.part,
    payload: bytes.subarray(metaEnd),
  };
}
