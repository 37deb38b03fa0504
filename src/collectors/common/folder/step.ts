import type { ChunkDraft, Gap } from '../../../core/chunk.js';
import type { Batch, CollectContext } from '../collector.js';
import type { Opened } from './content.js';
import { mayHaveHoles } from './found.js';
import { showPath } from './names.js';
import type { FolderOptions } from './options.js';
import type { Memory, Stream } from './stream.js';

/** Chunks or changed entries that are committed together. */
const batchSize = 256;

/** A time stamp this near to now may not change with the next write: such a file is looked into again. */
const freshMs = 2000;

/** What every step of one run shares: where it looks, what it remembers, what it has found and not yet given out. */
export class Step {
  readonly options: FolderOptions;
  readonly context: CollectContext;
  readonly root: Buffer;
  readonly memory: Memory;
  /** Clock of this run. */
  readonly now: number;
  #chunks: ChunkDraft[] = [];
  #gaps: Gap[] = [];
  #bytes = 0;

  constructor(options: FolderOptions, context: CollectContext, root: Buffer, memory: Memory) {
    this.options = options;
    this.context = context;
    this.root = root;
    this.memory = memory;
    this.now = context.now();
  }

  get stopped(): boolean {
    return this.context.signal.aborted;
  }

  add(chunk: ChunkDraft): void {
    this.#chunks.push(chunk);
    this.#bytes += chunk.size;
  }

  gap(stream: { path: string }, why: string, bytes?: number): void {
    this.#gaps.push({ at: this.now, why: `${showPath(stream.path)} ${why}`, ...(bytes !== undefined && { bytes }) });
  }

  tell(text: string): void {
    this.context.progress?.(text);
  }

  /** Gives out what was found, when it is enough for a batch or the last. Only called where the memory fits what was found. */
  *batch(last = false): Generator<Batch> {
    const size = Math.max(this.#chunks.length, this.memory.changes, this.#gaps.length);
    if (size === 0 || (!last && size < batchSize && this.#bytes < this.options.chunk_bytes)) return;
    const batch: Batch = { chunks: this.#chunks, cursor: this.memory.takeChanges(), gaps: this.#gaps };
    this.#chunks = [];
    this.#gaps = [];
    this.#bytes = 0;
    yield batch;
  }

  /** Has not changed for a while. A clock of the file system that is ahead of ours must not make us wait for it. */
  settled(file: { modified: number }): boolean {
    return Math.abs(this.now - file.modified) >= this.options.settle;
  }

  /** Notes how much of the stream there is. */
  measure(stream: Stream, length: number): void {
    if (stream.length !== length) this.memory.change(stream, { length, since: this.now });
  }

  /** Notes that a file was looked into to its end, so that it is not opened again until it changes. */
  seen(stream: Stream, { file, content }: Opened, length = content.length): void {
    const sig = Math.abs(this.now - file.changed) < freshMs ? '' : file.sig;
    const { modified } = file;
    this.measure(stream, length);
    if (stream.sig !== sig || stream.modified !== modified) this.memory.change(stream, { sig, modified });
  }
}

export const hasHoles = (opened: Opened): boolean => opened.content.compression === 'none' && mayHaveHoles(opened.file);
