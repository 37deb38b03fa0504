import { EventEmitter, once } from 'node:events';
import { mkdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Gap } from '../../core/chunk.js';
import { Ballast } from './spool-ballast.js';
import { codeOf } from './spool-files.js';
import { type ReadAsk, SpoolReader } from './spool-reader.js';
import { encodeRecord } from './spool-record.js';
import { type Recovered, recover } from './spool-recover.js';
import type { OpenSegment, Waiting } from './spool-segment.js';
import { Segments } from './spool-segments.js';
import {
  type ClaimOwnership,
  type SpoolDraft,
  SpoolError,
  type SpoolOptions,
  type SpoolRecord,
  type SpoolStats,
} from './spool-types.js';

export * from './spool-types.js';

/** Records of one write and sync. */
const batchBytes = 8 << 20;
/** What may wait for a slow disk; beyond it nothing is taken, so that memory stays bounded. */
const maxWaitingBytes = 64 << 20;
/** After a failure the disk is tried again this often, in milliseconds. */
const retryEvery = 1000;

interface Caller extends Waiting {
  resolve(result: { sequence: number }): void;
  reject(error: SpoolError): void;
}

/**
 * The durable spool: what is received is first synced to disk here, then answered, and later moved into the database. It does
 * not need the database. Opening is recovering.
 */
export class Spool {
  /** Random, made once per folder, 32 hexadecimal digits: id and sequence name a record for ever. */
  readonly id: string;
  readonly folder: string;
  readonly #size: number;
  readonly #ballast: Ballast;
  readonly #onGap: (gap: Gap) => void;
  readonly #monotonic: () => number;
  readonly #owner: { release(): void };
  readonly #news = new EventEmitter().setMaxListeners(0);
  readonly #groups = new Set<string>();
  readonly #reader: SpoolReader;
  readonly #segments: Segments;

  #next: number;
  #last: number;
  #waiting: Caller[] = [];
  #waitingBytes = 0;
  #writing: Promise<void> | undefined;
  #refusals = 0;
  #trouble: { kind: 'full' | 'broken'; text: string; retryAt: number } | undefined;
  #closed = false;

  private constructor(options: SpoolOptions, owner: { release(): void }, found: Recovered, ballast: Ballast) {
    this.folder = options.folder;
    this.#size = options.size ?? 4 * 2 ** 30;
    this.#ballast = ballast;
    this.#onGap = options.onGap ?? (() => {});
    this.#monotonic = options.monotonic ?? (() => performance.now());
    this.#owner = owner;
    this.id = found.id;
    this.#segments = new Segments(this.folder, found.id, options.segmentBytes ?? 32 << 20, found.segments, () => ({
      last: this.#last,
      next: this.#next,
      writing: this.#writing !== undefined,
      trouble: this.#trouble !== undefined,
    }));
    this.#next = found.next;
    this.#last = found.last;
    this.#reader = new SpoolReader(found.places, this.#onGap, options.now ?? Date.now);
  }

  /** @throws SpoolError `owned` when another live process has the folder; an error of the file system when it cannot be read */
  static async open(options: SpoolOptions): Promise<Spool> {
    await mkdir(options.folder, { recursive: true, mode: 0o700 });
    const ballast = new Ballast(options.folder, options.ballast ?? 64 << 20);
    const claim = await claimed(options, ballast);
    if ('ownedBy' in claim) {
      throw new SpoolError(
        'owned',
        `The spool ${options.folder} belongs to process ${claim.ownedBy}: stop it first, or use another folder.`,
      );
    }
    try {
      const found = await recover(options.folder, (options.now ?? Date.now)());
      const spool = new Spool(options, claim, found, ballast);
      if (!(await ballast.restore())) spool.#trouble = { kind: 'full', text: diskFull(options.folder), retryAt: 0 };
      for (const gap of found.gaps) spool.#onGap(gap);
      return spool;
    } catch (error) {
      claim.release();
      throw error;
    }
  }

  /** Sequence of the last synced record; 0 before the first. */
  get lastSequence(): number {
    return this.#last;
  }

  /**
   * Resolves when the record is on disk and synced. Appends that come together share one sync.
   * @throws SpoolError `full` (no space, ceiling reached, disk too slow), `broken` (disk fails), `invalid`, `closed`: not stored
   */
  append(draft: SpoolDraft): Promise<{ sequence: number }> {
    return new Promise((resolve, reject) => {
      const refuse = (error: SpoolError): void => {
        this.#refusals++;
        reject(error);
      };
      if (this.#closed) return refuse(new SpoolError('closed', 'The spool is closed.'));
      const trouble = this.#trouble;
      if (trouble !== undefined && this.#monotonic() < trouble.retryAt)
        return refuse(new SpoolError(trouble.kind, trouble.text));
      let encoded: ReturnType<typeof encodeRecord>;
      try {
        encoded = encodeRecord(draft, this.#next);
      } catch (error) {
        return refuse(error instanceof SpoolError ? error : new SpoolError('invalid', String(error)));
      }
      if (this.#segments.heldBytes() + this.#waitingBytes + encoded.bytes > this.#size) {
        const text = `The spool holds its ${this.#size} bytes: it takes more when what waits is in the database.`;
        return refuse(new SpoolError('full', text));
      }
      if (this.#waitingBytes > 0 && this.#waitingBytes + encoded.bytes > maxWaitingBytes)
        return refuse(new SpoolError('full', `The disk of ${this.folder} is too slow for what comes in.`));
      this.#waiting.push({ ...encoded, sequence: this.#next, receivedAt: draft.receivedAt, resolve, reject });
      this.#next++;
      this.#waitingBytes += encoded.bytes;
      this.#writing ??= this.#write();
    });
  }

  /**
   * Synced records behind `after`, in order: the same again however often it is asked. At least one where there is one, at most
   * `maxRecords` and about `maxBytes`.
   */
  read(ask: ReadAsk): Promise<SpoolRecord[]> {
    return this.#reader.read(this.#segments.all, this.#last, ask);
  }

  /** Resolves when there is a synced record behind `after`, and when the signal is aborted. */
  async waitForMore(after: number, signal: AbortSignal): Promise<void> {
    while (this.#last <= after && !signal.aborted && !this.#closed)
      await once(this.#news, 'more', { signal }).catch((error: unknown) => {
        if (!signal.aborted) throw error;
      });
  }

  /** All records up to this sequence are in the database: their segments are deleted. May be called again, with any number. */
  release(upTo: number): Promise<void> {
    return this.#segments.release(upTo);
  }

  stats(): SpoolStats {
    return {
      bytes: this.#segments.heldBytes(),
      ...this.#segments.waiting(),
      lastSequence: this.#last,
      refusals: this.#refusals,
      state: this.#trouble?.kind ?? 'ok',
      trouble: this.#trouble?.text,
    };
  }

  /** A push that comes in several parts is open until it is whole or given up. See `Assembly`. */
  beginGroup(group: string): void {
    this.#groups.add(group);
  }
  endGroup(group: string): void {
    this.#groups.delete(group);
  }
  isOpenGroup(group: string): boolean {
    return this.#groups.has(group);
  }

  /** Syncs what was appended and lets the folder go. */
  async close(): Promise<void> {
    this.#closed = true;
    this.#news.emit('more');
    await this.#writing;
    await this.#segments.close();
    this.#owner.release();
  }

  /** Closes the spool and deletes its folder: for the spool of a dead process that is all in the database. @throws when records wait */
  async destroy(): Promise<void> {
    if (this.stats().records > 0) throw new SpoolError('invalid', `Records wait in ${this.folder}: it is not deleted.`);
    await this.close();
    await rm(this.folder, { recursive: true, force: true });
  }

  /** Writes what waits, batch by batch: what comes during a sync is the next batch. */
  async #write(): Promise<void> {
    // Who appends in the same turn of the event loop is in the first batch.
    await nextTurn();
    let failures = 0;
    while (this.#waiting.length > 0) {
      const batch = this.#takeBatch();
      try {
        const target = await this.#target(batch[0]?.sequence ?? this.#next);
        await target.write(batch);
        this.#written(target, batch);
        failures = 0;
      } catch (error) {
        failures++;
        await this.#failed(error, batch, failures);
      }
    }
    this.#writing = undefined;
  }

  #takeBatch(): Caller[] {
    let count = 0;
    let bytes = 0;
    for (const record of this.#waiting) {
      if (count > 0 && bytes + record.bytes > batchBytes) break;
      bytes += record.bytes;
      count++;
    }
    return this.#waiting.splice(0, count);
  }

  /** The segment to write to. On a disk that was full the ballast comes first. */
  async #target(first: number): Promise<OpenSegment> {
    if (this.#trouble?.kind === 'full' && !(await this.#ballast.restore()))
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    return this.#segments.target(first);
  }

  #written(target: OpenSegment, batch: readonly Caller[]): void {
    this.#segments.written(target);
    this.#last = target.segment.last;
    this.#trouble = undefined;
    for (const record of batch) {
      this.#waitingBytes -= record.bytes;
      record.resolve({ sequence: record.sequence });
    }
    this.#news.emit('more');
  }

  /** The segment is not trusted again, and these records count as never taken: the sender hears so. */
  async #failed(error: unknown, batch: readonly Caller[], failures: number): Promise<void> {
    const code = codeOf(error);
    const kind = code === 'ENOSPC' || code === 'EDQUOT' ? 'full' : 'broken';
    const text =
      kind === 'full'
        ? diskFull(this.folder)
        : `The disk of ${this.folder} fails (${code === '' ? String(error) : code}): check it; what is sent again is then taken.`;
    if (kind === 'full') await this.#ballast.free();
    await this.#segments.abandon();
    const refused = [...batch];
    // A first failure may be the segment's own: a new one is begun at once. A full disk or a second failure takes time.
    const wait = kind === 'full' || failures > 1 || this.#trouble !== undefined;
    if (wait) refused.push(...this.#waiting.splice(0));
    this.#trouble = { kind, text, retryAt: this.#monotonic() + (wait ? retryEvery : 0) };
    for (const record of refused) {
      this.#waitingBytes -= record.bytes;
      this.#refusals++;
      record.reject(new SpoolError(kind, text, { cause: error }));
    }
  }
}

const diskFull = (folder: string): string =>
  `The disk of ${folder} is full: free some space; what is sent again is then taken.`;

/** On a full disk the owner's file has no room either: the ballast makes it. */
async function claimed(options: SpoolOptions, ballast: Ballast): Promise<ReturnType<ClaimOwnership>> {
  const file = join(options.folder, 'owner');
  try {
    return options.claim(file);
  } catch (error) {
    if (codeOf(error) !== 'ENOSPC') throw error;
    await ballast.free();
    return options.claim(file);
  }
}
