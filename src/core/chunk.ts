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
