import { createHash } from 'node:crypto';
import type { Compression } from '../../../scan/decompress.js';
import type { Cursor } from '../collector.js';
import type { Layout } from './cut.js';
import { type Found, inodeOf } from './found.js';
import { noPrints, type Prints } from './prints.js';
import type { Known } from './survey.js';

/** One log over its life, whatever its file is called: an entry of the cursor. */
export interface Stream {
  id: string;
  /** Id of the stream that this file is a copy of, as far as its prints reach; its own bytes behind that make it a stream. */
  copy?: string | undefined;
  /** SHA-256 of a zip archive, which is one piece. */
  zip?: string | undefined;
  /** The file that holds it, as last seen; empty `sig`: look again in any case. */
  path: string;
  dev: string;
  ino: string;
  birth: string;
  sig: string;
  modified: number;
  compression: Compression;
  /** Bytes of a hole in front of it. */
  skip: number;
  layout: Layout;
  /** Bytes of the stream seen at the last look, and since when there are no more; those behind `prints.offset` wait for a line end. */
  length: number;
  since: number;
  /** What was given out. */
  prints: Prints;
  /**
   * Where its last line begins, when only a few bytes of it were given out: another log may begin just so, and its line is to
   * be read whole.
   */
  line?: Known | undefined;
  /** Of a copy: all of it, with a line that is not whole, was found in its stream. */
  proven?: { offset: number; print: string } | undefined;
  /** Where the last look began to read: a copy that was made since has at least this. */
  earlier?: { offset: number; print: string } | undefined;
  header?: string | undefined;
  /** When its file was found missing, truncated or replaced. */
  lost?: number | undefined;
  /** It was missing: the same file may come back (a rename while the folder was listed, a file system that was away). */
  gone?: boolean | undefined;
  /** The loss of what was not read was reported. */
  told?: boolean | undefined;
}

const prefix = 's:';
const counterKey = 'streams';

/** All streams of a source: read from the cursor once a run; changes leave with the batch that they belong to. */
export class Memory {
  readonly streams = new Map<string, Stream>();
  readonly #byInode = new Map<string, Stream>();
  readonly #goneByInode = new Map<string, Stream>();
  /** Half lines that waited in files of which nothing else was known. */
  readonly #waiting = new Map<string, { length: number; since: number }>();
  readonly #changed = new Set<string>();
  #counter = 0;
  #counted = 0;

  constructor(cursor: Cursor) {
    this.#counter = this.#counted = Number(cursor.get(counterKey) ?? 0);
    for (const [key, value] of cursor.entries()) {
      if (!key.startsWith(prefix)) continue;
      const stream = JSON.parse(value) as Stream;
      this.streams.set(stream.id, stream);
      if (stream.lost === undefined) this.#byInode.set(inodeOf(stream), stream);
      else if (stream.gone === true) this.#goneByInode.set(inodeOf(stream), stream);
    }
  }

  at(file: { dev: string; ino: string }): Stream | undefined {
    return this.#byInode.get(inodeOf(file));
  }

  /** The stream that was in this file before it went missing. */
  goneFrom(file: Found): Stream | undefined {
    const stream = this.#goneByInode.get(inodeOf(file));
    if (stream?.birth !== file.birth) return undefined;
    return stream.compression !== 'none' || file.size >= stream.skip + stream.length ? stream : undefined;
  }

  /** Begins a stream in a file. Its id is never used again: it comes from a count that is kept with it. */
  create(file: Found, now: number): Stream {
    const id = createHash('sha256')
      .update(`${this.#counter++} ${file.dev} ${file.ino} ${file.birth}`)
      .digest('base64url')
      .slice(0, 20);
    const { path, dev, ino, birth, modified } = file;
    const home = { path, dev, ino, birth, sig: '', modified, compression: 'none' as const, skip: 0 };
    const waiting = this.#waiting.get(inodeOf(file)) ?? { length: 0, since: now };
    const stream: Stream = { id, ...home, layout: 'lines', ...waiting, prints: noPrints };
    this.streams.set(id, stream);
    this.#byInode.set(inodeOf(file), stream);
    this.#changed.add(id);
    return stream;
  }

  change(stream: Stream, change: Partial<Stream>): void {
    Object.assign(stream, change);
    this.#changed.add(stream.id);
  }

  /** The stream goes on in another file. */
  move(
    stream: Stream,
    file: Pick<Found, 'path' | 'dev' | 'ino' | 'birth' | 'modified'>,
    change: Partial<Stream>,
  ): void {
    const { path, dev, ino, birth, modified } = file;
    this.#leave(stream);
    this.change(stream, {
      path,
      dev,
      ino,
      birth,
      modified,
      sig: '',
      lost: undefined,
      gone: undefined,
      told: undefined,
      ...change,
    });
    this.#byInode.set(inodeOf(file), stream);
    this.#goneByInode.delete(inodeOf(file));
  }

  lose(stream: Stream, now: number, gone: boolean): void {
    this.#leave(stream);
    this.change(stream, { lost: now, ...(gone && { gone }) });
    if (gone) this.#goneByInode.set(inodeOf(stream), stream);
  }

  forget(stream: Stream): void {
    this.#leave(stream);
    if (this.#goneByInode.get(inodeOf(stream)) === stream) this.#goneByInode.delete(inodeOf(stream));
    const { length, since, prints } = stream;
    if (length > 0 && prints.offset === 0) this.#waiting.set(inodeOf(stream), { length, since });
    this.streams.delete(stream.id);
    this.#changed.add(stream.id);
  }

  #leave(stream: Stream): void {
    if (this.#byInode.get(inodeOf(stream)) === stream) this.#byInode.delete(inodeOf(stream));
  }

  /** Entries changed since the last call. */
  get changes(): number {
    return this.#changed.size;
  }

  takeChanges(): Map<string, string | null> {
    const changes = new Map<string, string | null>();
    for (const id of this.#changed) {
      const stream = this.streams.get(id);
      changes.set(prefix + id, stream === undefined ? null : JSON.stringify(stream));
    }
    if (this.#counter !== this.#counted) changes.set(counterKey, String(this.#counter));
    this.#counted = this.#counter;
    this.#changed.clear();
    return changes;
  }
}
