import { toUSVString } from 'node:util';
import type { ChunkDraft, Gap } from '../../core/chunk.js';
import type { Batch, Cursor } from '../common/collector.js';
import { scopeOf, seenEntry } from './memory.js';
import { draftOf, isMarker, type StoredObject, unreadable } from './objects.js';
import type { S3Options } from './options.js';

const mostFresh = 100_000;

interface LeftOut {
  count: number;
  bytes: number;
  first: string;
}

/** Tells new objects from known ones during one run. */
export class Finder {
  /** What this run has put into the cursor so far. */
  readonly fresh = new Map<string, string>();
  count = 0;
  readonly #bucket: string;
  readonly #scope: string;
  readonly #cursor: Cursor;
  readonly #horizon: number;
  // Pages may overlap when objects come and go meanwhile.
  #page = new Set<string>();
  #pageBefore = new Set<string>();

  /** @param horizon what was modified before it has been seen by an earlier listing of everything */
  constructor(options: S3Options, cursor: Cursor, horizon: number) {
    this.#bucket = options.bucket;
    this.#scope = scopeOf(options);
    this.#cursor = cursor;
    this.#horizon = horizon;
  }

  nextPage(): void {
    [this.#pageBefore, this.#page] = [this.#page, new Set()];
  }

  /** @param rememberFrom objects modified since then are kept in the cursor */
  batch(objects: readonly StoredObject[], rememberFrom: number, now: number): Batch & { cursor: Map<string, string> } {
    const chunks: ChunkDraft[] = [];
    const cursor = new Map<string, string>();
    const leftOut = new Map<string, LeftOut>();
    for (const object of objects) {
      if (isMarker(object) || object.modified < this.#horizon) continue;
      const [key, value] = seenEntry(object, this.#scope);
      const before = this.fresh.get(key) ?? this.#cursor.get(key);
      if (before === value || this.#listedTwice(`${key} ${value}`)) continue;
      if (object.modified >= rememberFrom && this.fresh.size < mostFresh) {
        this.fresh.set(key, value);
        cursor.set(key, value);
      }
      // The same bytes put there once more are no news, and remembered for longer.
      if (before?.split(' ')[1] === value.split(' ')[1]) continue;
      const why = unreadable(object);
      if (why === undefined) chunks.push(draftOf(this.#bucket, object));
      else leaveOut(leftOut, why, object);
    }
    this.count += chunks.length;
    return { chunks, cursor, gaps: [...leftOut].map(([why, item]) => this.#gap(why, item, now)) };
  }

  #listedTwice(identity: string): boolean {
    if (this.#page.has(identity) || this.#pageBefore.has(identity)) return true;
    this.#page.add(identity);
    return false;
  }

  #gap(why: string, { count, bytes, first }: LeftOut, at: number): Gap {
    const name = toUSVString(first)
      .slice(0, 200)
      .replace(/\p{Cc}/gu, encodeURIComponent);
    const what = count === 1 ? 'One object was' : `${count} objects were`;
    return {
      at,
      why: `${what} left out, ${count === 1 ? '' : 'the first is '}s3://${this.#bucket}/${name}: ${why}.`,
      bytes,
    };
  }
}

function leaveOut(leftOut: Map<string, LeftOut>, why: string, { key, size }: StoredObject): void {
  const item = leftOut.get(why) ?? { count: 0, bytes: 0, first: key };
  item.count++;
  item.bytes = Math.min(item.bytes + size, Number.MAX_SAFE_INTEGER);
  leftOut.set(why, item);
}
