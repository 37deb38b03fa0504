import type { Spool, SpoolRecord } from './spool.js';

/** A push, upload or batch that is complete: its records in order. Their payloads, joined, are its bytes. */
export interface Whole {
  /** Of the last part: it holds what is only known at the end. */
  last: SpoolRecord;
  /** Sequences of all parts, in order; one for most. `readParts` reads them again. */
  sequences: readonly number[];
  bytes: number;
}

/** Parts that wait for their last one. */
interface Pending {
  sequences: number[];
  bytes: number;
  /** The push was seen to be closed: with everything up to here read and no last part, it was given up. */
  closedAt: number | undefined;
}

/**
 * Puts parts together while the drainer reads the spool in order. A push whose last part never came (sender gone, kill -9) was
 * never acknowledged and counts for nothing. Holds no payloads.
 */
export class Assembly {
  readonly #spool: Pick<Spool, 'isOpenGroup' | 'lastSequence'>;
  readonly #pending = new Map<string, Pending>();
  #read = 0;

  constructor(spool: Pick<Spool, 'isOpenGroup' | 'lastSequence'>) {
    this.#spool = spool;
  }

  /** The next record of the spool. Gives what it completes. */
  add(record: SpoolRecord): Whole | undefined {
    this.#read = record.sequence;
    const { part, payload, sequence } = record;
    if (part === undefined) return { last: record, sequences: [sequence], bytes: payload.length };
    const pending = this.#pending.get(part.group) ?? { sequences: [], bytes: 0, closedAt: undefined };
    if (part.part !== pending.sequences.length) {
      // A part in the middle is damaged: the push is a gap already, and is never taken by halves.
      this.#pending.delete(part.group);
      return undefined;
    }
    pending.sequences.push(sequence);
    pending.bytes += payload.length;
    if (!part.last) {
      this.#pending.set(part.group, pending);
      return undefined;
    }
    this.#pending.delete(part.group);
    return { last: record, sequences: pending.sequences, bytes: pending.bytes };
  }

  /** Forgets pushes that were given up. Call it after each read, also after one that gave nothing. */
  settle(): void {
    for (const [group, pending] of this.#pending) {
      if (this.#spool.isOpenGroup(group)) continue;
      pending.closedAt ??= this.#spool.lastSequence;
      if (this.#read >= pending.closedAt) this.#pending.delete(group);
    }
  }

  /** Up to here the spool may be released, once all that was complete is in the database: no part in it waits. */
  get releasable(): number {
    let first = this.#read + 1;
    for (const pending of this.#pending.values()) first = Math.min(first, pending.sequences[0] ?? first);
    return first - 1;
  }
}

/** The bytes of a complete push, one part in memory at a time. @throws Error when a part was released or is damaged */
export async function* readParts(
  spool: Pick<Spool, 'read'>,
  sequences: readonly number[],
): AsyncGenerator<Buffer, void> {
  for (const sequence of sequences) {
    const [record] = await spool.read({ after: sequence - 1, maxRecords: 1, maxBytes: 1 });
    if (record?.sequence !== sequence) throw new Error(`Record ${sequence} is no longer in the spool.`);
    yield record.payload;
  }
}
