import { randomBytes } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { join } from 'node:path';
import { faultPoint } from '../../core/fault.js';
import { numberedName, syncFolder, tryUnlink, writeAll } from './spool-files.js';
import { type Encoded, encodeHeader, headerBytes, markerBytes } from './spool-record.js';

/** A segment as the spool knows it. */
export interface Segment {
  path: string;
  /** Number in its name: no record has a smaller sequence. */
  first: number;
  /** Last synced record; `first - 1` without any. */
  last: number;
  marker: Buffer;
  /** Bytes up to the end of the last synced record: nothing behind is ever read. */
  size: number;
  records: number;
  /** When its first record was received, milliseconds since 1970. */
  since: number | undefined;
}

/** A record on its way to the disk. */
export interface Waiting extends Encoded {
  sequence: number;
  receivedAt: number;
}

/** The segment that is written to. After one failed write or sync it is never written again: who uses it begins another. */
export class OpenSegment {
  readonly segment: Segment;
  readonly #folder: string;
  readonly #handle: FileHandle;
  /** The header is on its way with the first records. */
  #header: Buffer | undefined;

  private constructor(folder: string, segment: Segment, handle: FileHandle, header: Buffer) {
    this.#folder = folder;
    this.segment = segment;
    this.#handle = handle;
    this.#header = header;
  }

  /** Makes the file; it becomes durable with the first records. */
  static async create(folder: string, id: string, first: number, trusted: number): Promise<OpenSegment> {
    const path = join(folder, numberedName(first, 'segment'));
    const handle = await open(path, 'wx', 0o600);
    const marker = randomBytes(markerBytes);
    const segment = { path, first, last: first - 1, marker, size: headerBytes, records: 0, since: undefined };
    return new OpenSegment(folder, segment, handle, encodeHeader({ id, marker, first, trusted }));
  }

  /** Writes and syncs records in the order of their sequences; only then do they belong to the segment. */
  async write(batch: readonly Waiting[]): Promise<void> {
    const { segment } = this;
    const buffers: Buffer[] = [];
    const header = this.#header;
    if (header !== undefined) buffers.push(header);
    for (const record of batch) {
      segment.marker.copy(record.head, 0);
      buffers.push(record.head);
      if (record.payload !== undefined) buffers.push(record.payload);
    }
    const position = header === undefined ? segment.size : 0;
    const written = await writeAll(this.#handle, buffers, position);
    await faultPoint('spool.written');
    await this.#handle.datasync();
    if (header !== undefined) await syncFolder(this.#folder);
    await faultPoint('spool.synced');
    this.#header = undefined;
    segment.size = position + written;
    segment.records += batch.length;
    segment.since ??= batch[0]?.receivedAt;
    segment.last = batch.at(-1)?.sequence ?? segment.last;
  }

  /** No more records. */
  async seal(): Promise<void> {
    await this.#handle.close().catch(() => {});
  }

  /** After a failure: takes away what was not synced, as far as the disk still lets us. True: nothing of it is left. */
  async abandon(): Promise<boolean> {
    await this.#handle.truncate(this.segment.size).catch(() => {});
    await this.seal();
    if (this.segment.records > 0) return false;
    await tryUnlink(this.segment.path);
    return true;
  }
}
