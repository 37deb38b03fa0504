import type { Gap } from '../../core/chunk.js';

/** Largest payload of one record: who has more cuts it into a group of parts. */
export const maxPayloadBytes = 16 << 20;
/** Largest meta of one record, as JSON. */
export const maxMetaBytes = 65_536;

/** Which part of a push or upload a record is, where it was cut into several. */
export interface Part {
  /** The same for all parts of one push; never used again. */
  group: string;
  /** From 0. */
  part: number;
  /** True on the last: without it the push is incomplete and counts for nothing. */
  last: boolean;
}

/** What goes into the spool. */
export interface SpoolDraft {
  /** Id of the source that the data belong to: decided by the token or the listener, never by the data. */
  source: string;
  /** `push`, `upload`, `syslog`. */
  kind: string;
  /** Milliseconds since 1970. */
  receivedAt: number;
  /** Plain JSON: idempotency key, digest, where it came from. */
  meta: Readonly<Record<string, unknown>>;
  part?: Part | undefined;
  /** Must not be changed before `append` has settled. */
  payload: Buffer;
}

/** A record as it is read again. */
export interface SpoolRecord extends SpoolDraft {
  /** Grows over the whole life of the spool, is never used twice, and may have holes. With the spool's id it names the record for ever. */
  sequence: number;
}

export interface SpoolStats {
  /** Bytes on disk that wait to be released. */
  bytes: number;
  /** Records that wait to be released. */
  records: number;
  /** When the oldest waiting record was received, milliseconds since 1970; of its segment, to be exact. */
  oldest: number | undefined;
  /** Sequence of the last synced record, 0 before the first. */
  lastSequence: number;
  /** Records that were not taken since the spool was opened, and why the last one was not. */
  refusals: number;
  /** `full`: nothing is taken until there is space; `broken`: the disk fails. Both are tried again every second. */
  state: 'ok' | 'full' | 'broken';
  /** What is wrong, in words; undefined when `ok`. */
  trouble: string | undefined;
}

/**
 * The spool does not take or give data. `full`: no space, or the ceiling is reached. `broken`: the disk fails. `owned`: another
 * live process has it. `closed`: this process has let it go. `invalid`: a record that can never be taken.
 */
export class SpoolError extends Error {
  override readonly name = 'SpoolError';
  readonly kind: 'full' | 'broken' | 'owned' | 'closed' | 'invalid';
  constructor(kind: SpoolError['kind'], message: string, options?: ErrorOptions) {
    super(message, options);
    this.kind = kind;
  }
}

/** Makes this process the owner of a folder by a file in it, unless a live process is (`claimOwnership` of src/store). */
export type ClaimOwnership = (file: string) => { release(): void } | { ownedBy: number };

export interface SpoolOptions {
  /** Made where it is missing. One process owns it. */
  folder: string;
  claim: ClaimOwnership;
  /** Ceiling of what waits, in bytes: 4 GiB. */
  size?: number | undefined;
  /** A segment is closed when it has reached this, in bytes: 32 MiB. It is the unit of deletion. */
  segmentBytes?: number | undefined;
  /** Space kept back, in bytes (64 MiB; 0: none), and given up when the disk is full, so that the rest of the service can go on. */
  ballast?: number | undefined;
  /** Data found damaged or missing, each once. */
  onGap?: ((gap: Gap) => void) | undefined;
  /** Milliseconds of a clock that never jumps. */
  monotonic?: (() => number) | undefined;
  /** Milliseconds since 1970. */
  now?: (() => number) | undefined;
}
