import type { Generated } from 'kysely';

/**
 * `pending`: to be scanned, or (in a scan of the command line) being saved; `split`: its parts are chunks of their own;
 * `duplicate`: the same bytes were there already; `lost`: its bytes were gone before they were read.
 */
export type ChunkState = 'pending' | 'done' | 'split' | 'quarantined' | 'duplicate' | 'lost';

export interface ChunkTable {
  id: Generated<number>;
  key: string;
  source: string;
  sha256: string;
  /** Before `done` all counts are 0. */
  state: ChunkState;
  name: string;
  format: string;
  catalog_hash: string;
  bytes: number;
  lines: number;
  records: number;
  with_events: number;
  events: number;
  skipped: number;
  rejected: number;
  first: number | null;
  last: number | null;
  scanned_at: number;
  /** What the collector's `open` needs; null: the bytes are in chunk_input, or nowhere. */
  place: Generated<Record<string, unknown> | null>;
  prime: Generated<string | null>;
  modified: Generated<number>;
  received_at: Generated<number>;
  stored_bytes: Generated<number>;
  /** Claims that ended without a result through the chunk's own fault. */
  attempts: Generated<number>;
  fence: Generated<number>;
  lease_owner: Generated<string | null>;
  not_before: Generated<number>;
  /** A part of another chunk: its records from `part_start`, counted from 0, up to before `part_end`. */
  parent_id: Generated<number | null>;
  part_start: Generated<number | null>;
  part_end: Generated<number | null>;
  error: Generated<string | null>;
  hits: Generated<number>;
  /** Rows of `usage_trace` that name it. */
  traced: Generated<number>;
}

export interface QuarantineTable {
  id: Generated<number>;
  chunk_id: number;
  source: string;
  part_start: number;
  part_end: number;
  reason: string;
  sealed: Buffer;
  at: number;
}
