/** A piece of raw input of one source that a worker is to scan: what a collector or receiver finds. Plain data, kept in the database. */
export interface ChunkDraft {
  /**
   * Stable identity within the source; the same piece found again has the same key. Watched files: stream and byte range.
   * Objects, pages: their identity at the provider. Pushed data: spool and sequence.
   */
  key: string;
  /** As people know it: path, object name, `push`. Comes from outside: escape it for the place where it is shown. */
  name: string;
  /** Where the bytes are, in plain data that the same collector's `open` understands. `undefined`: they are kept in the database. */
  place: Readonly<Record<string, unknown>> | undefined;
  /** Bytes as stored, as far as known. */
  size: number;
  /** When the data was last written, milliseconds since 1970. */
  modified: number;
  /** Header lines of the stream before this piece, which a format needs to read it (`#Fields:`, column names). */
  prime?: string | undefined;
}

/** Data known to be missing: shown as such, since "no data" is never "no use". */
export interface Gap {
  /** Milliseconds since 1970: when it was noticed. */
  at: number;
  /** A sentence for people: what is missing and why. */
  why: string;
  /** Lines or datagrams, and bytes, as far as known. */
  lines?: number | undefined;
  bytes?: number | undefined;
}

/** The bytes of a chunk cannot be had now (rotated, deleted, replaced): it is tried again later and never counted as poison. */
export class ChunkGoneError extends Error {
  override readonly name = 'ChunkGoneError';
}

/** A record that its provider gave an id: it counts once, in however many overlapping windows it comes. */
export interface CollectedRecord {
  /** The provider's id; unique within the source, so that streams of one source begin theirs with a name of their own. */
  id: string;
  /** When it happened, milliseconds since 1970: how long its id must be remembered hangs on it. */
  at: number;
  /** The record as a format reads it: one line. */
  text: string;
}

/** Records that came together: those of them that are new become one chunk, whose bytes are kept in the database. */
export interface RecordPage {
  /** As people know it: `sign-ins 2026-11-26`. */
  name: string;
  records: readonly CollectedRecord[];
}

/** One thing that is so at a provider: a grant, a person, an installed extension. */
export interface StateItem {
  id: string;
  /** Plain JSON. Another body is a change; so nothing in it may change by itself (times of reading, orders). */
  body: unknown;
  /** A record (one line) to be scanned when the item is new, other than before or back, and once a week while it stands. */
  text?: string | undefined;
}

/** A part of a listing of all items of a kind. */
export interface StatePart {
  kind: string;
  /** Name of the listing, the same for all its parts. */
  run: string;
  items: readonly StateItem[];
  /** The last part: what the listing did not hold is missing. */
  complete: boolean;
}

/**
 * The provider no longer lets the source in: its secret expired, was taken back, or consent is gone. The source is paused, since asking
 * again and again changes nothing. The message says what to do, and holds no secret.
 */
export class SourceLoginError extends Error {
  override readonly name = 'SourceLoginError';
}

/** Counts of one input or chunk. `records` = records of events + `skipped` + `rejected`, always. */
export interface RecordCounts {
  /** Physical lines. */
  lines: number;
  records: number;
  /** Records that gave at least one event, and the events. */
  withEvents: number;
  events: number;
  skipped: number;
  rejected: number;
}
