import { type FileHandle, open } from 'node:fs/promises';
import type { Gap } from '../../core/chunk.js';
import { codeOf } from './spool-files.js';
import { headerBytes } from './spool-record.js';
import { scanSegment } from './spool-scan.js';
import type { Segment } from './spool-segment.js';
import type { SpoolRecord } from './spool-types.js';

export interface ReadAsk {
  after: number;
  maxRecords: number;
  maxBytes: number;
}

/** More damaged places than these are not told apart. */
const maxPlaces = 10_000;

/** Reads records out of segments. Goes on where it stopped, but may be asked for any sequence. */
export class SpoolReader {
  /** Where damage was reported: `path:offset`. */
  readonly #reported: Set<string>;
  readonly #onGap: (gap: Gap) => void;
  readonly #now: () => number;
  /** Behind the record that was given last. */
  #cursor: { segment: Segment; sequence: number; offset: number } | undefined;

  constructor(reported: Iterable<string>, onGap: (gap: Gap) => void, now: () => number) {
    this.#reported = new Set(reported);
    this.#onGap = onGap;
    this.#now = now;
  }

  /** Records up to `last`, the last synced one. `segments` may change meanwhile: what is no longer there was released. */
  async read(segments: readonly Segment[], last: number, ask: ReadAsk): Promise<SpoolRecord[]> {
    const records: SpoolRecord[] = [];
    let bytes = 0;
    for (const segment of [...segments]) {
      if (segment.last <= ask.after) continue;
      const file = await openUnlessReleased(segment.path);
      if (file === undefined) continue;
      try {
        let before = Math.max(ask.after, segment.first - 1);
        for await (const found of scanSegment(file, segment.marker, this.#start(segment, ask.after), segment.size)) {
          const { record } = found;
          if (record === undefined) this.#report(segment, found.offset, found.end);
          if (record === undefined || record.sequence <= before || record.sequence > last) continue;
          records.push(record);
          before = record.sequence;
          bytes += found.end - found.offset;
          this.#cursor = { segment, sequence: record.sequence, offset: found.end };
          if (records.length >= ask.maxRecords || bytes >= ask.maxBytes) return records;
        }
      } finally {
        await file.close();
      }
    }
    return records;
  }

  #start(segment: Segment, after: number): number {
    const known = this.#cursor;
    return known?.segment === segment && known.sequence <= after ? known.offset : headerBytes;
  }

  #report(segment: Segment, offset: number, end: number): void {
    const place = `${segment.path}:${offset}`;
    if (this.#reported.has(place) || this.#reported.size > maxPlaces) return;
    this.#reported.add(place);
    const why = `Received data in spool segment ${segment.first} are damaged from byte ${offset} on: check the disk.`;
    this.#onGap({ at: this.#now(), why, bytes: end - offset });
  }
}

async function openUnlessReleased(path: string): Promise<FileHandle | undefined> {
  try {
    return await open(path, 'r');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}
