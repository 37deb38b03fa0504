import { rename, truncate, unlink } from 'node:fs/promises';
import { join } from 'node:path';
import { codeOf, numberedName, syncFolder } from './spool-files.js';
import { dropMarks } from './spool-recover.js';
import { OpenSegment, type Segment } from './spool-segment.js';

/** A segment whose records are all released is closed, so that it can be deleted, from this size on. */
const worthDeleting = 1 << 20;

/** How the spool stands when segments are released. */
export interface Standing {
  /** Sequence of the last synced record, and the next to be given. */
  last: number;
  next: number;
  /** A batch is being written, to the open segment. */
  writing: boolean;
  /** The disk is full or fails: what can be given back is. */
  trouble: boolean;
}

/** The files of a spool: with synced records that wait to be released, in order; the open one is the last. */
export class Segments {
  readonly #folder: string;
  readonly #id: string;
  readonly #segmentBytes: number;
  readonly #standing: () => Standing;
  #all: Segment[];
  #open: OpenSegment | undefined;
  #released = 0;
  #releasing: Promise<void> = Promise.resolve();
  /** Marks may be there. */
  #marked = true;

  /** `segmentBytes`: size from which a new segment is begun. */
  constructor(folder: string, id: string, segmentBytes: number, found: Segment[], standing: () => Standing) {
    this.#folder = folder;
    this.#id = id;
    this.#segmentBytes = segmentBytes;
    this.#all = found;
    this.#standing = standing;
  }

  get all(): readonly Segment[] {
    return this.#all;
  }

  /** Of those that are not released. */
  heldBytes(): number {
    let bytes = 0;
    for (const segment of this.#all) if (segment.last > this.#released) bytes += segment.size;
    return bytes;
  }

  /** Records that wait to be released, and since when the oldest does. */
  waiting(): { records: number; oldest: number | undefined } {
    const waiting = this.#all.filter((segment) => segment.last > this.#released);
    const head = waiting[0];
    const gone = head === undefined ? 0 : Math.max(0, this.#released - head.first + 1);
    return {
      records: Math.max(0, waiting.reduce((sum, segment) => sum + segment.records, 0) - gone),
      oldest: head?.since,
    };
  }

  /** The segment to write to: the open one, or a new one when that is large enough or there is none. */
  async target(first: number): Promise<OpenSegment> {
    const current = this.#open;
    if (current !== undefined && current.segment.size < this.#segmentBytes) return current;
    try {
      this.#open = await OpenSegment.create(this.#folder, this.#id, first, this.#standing().last);
    } catch (error) {
      // Without a free file handle the open segment grows on: what is accepted is kept.
      if (current !== undefined && /^E[MN]FILE$/.test(codeOf(error))) return current;
      throw error;
    }
    await current?.seal();
    return this.#open;
  }

  /** Records of it are synced. */
  written(target: OpenSegment): void {
    if (this.#all.at(-1) === target.segment) return;
    this.#all.push(target.segment);
    // Marks and what could not be deleted before; the next release tries again.
    this.release(0).catch(() => {});
  }

  /** The open segment is not trusted again. */
  async abandon(): Promise<void> {
    const failed = this.#open;
    this.#open = undefined;
    await failed?.abandon();
  }

  /** Deletes the segments of which all records up to this sequence are released. */
  release(upTo: number): Promise<void> {
    const turn = this.#releasing.then(() => this.#release(upTo));
    this.#releasing = turn.catch(() => {});
    return turn;
  }

  /** Ends what is being released, and closes the open segment. */
  async close(): Promise<void> {
    await this.#releasing;
    await this.#seal();
  }

  async #release(upTo: number): Promise<void> {
    this.#released = Math.max(this.#released, Math.min(upTo, this.#standing().last));
    let deleted = false;
    while (this.#all.length > 0) {
      const segment = this.#all[0];
      if (segment === undefined || segment.last > this.#released) break;
      if (segment === this.#open?.segment) {
        // Still written to: closed where that gives back something.
        const { writing, trouble } = this.#standing();
        const small = segment.size < Math.min(worthDeleting, this.#segmentBytes / 2);
        if (writing || (small && !trouble)) break;
        await this.#seal();
        if (segment.last > this.#released) break;
      }
      // The newest file with records keeps the number from which sequences go on.
      if (this.#all.length === 1) await this.#turnIntoMark(segment);
      else await unlink(segment.path).catch(ignoreMissing);
      this.#all.shift();
      deleted = true;
    }
    if (deleted) await syncFolder(this.#folder);
    const newest = this.#all.at(-1);
    if (!this.#marked || newest === undefined) return;
    await dropMarks(this.#folder, newest.first);
    this.#marked = false;
  }

  async #seal(): Promise<void> {
    const current = this.#open;
    this.#open = undefined;
    await current?.seal();
  }

  /** Renames before it empties: a file under the old name must never look as if its sequences were free. */
  async #turnIntoMark(segment: Segment): Promise<void> {
    this.#marked = true;
    const path = join(this.#folder, numberedName(this.#standing().next, 'mark'));
    await rename(segment.path, path);
    await syncFolder(this.#folder);
    await truncate(path, 0);
  }
}

function ignoreMissing(error: unknown): void {
  if (codeOf(error) !== 'ENOENT') throw error;
}
