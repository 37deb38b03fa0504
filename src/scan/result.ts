import type { RecordCounts } from '../core/chunk.js';
import type { LeaseNews } from '../people/leases/lease.js';
import type { RollupResult } from './rollup.js';

/** Rejects of one input that are kept as samples; all are counted. */
export const maxRejectSamples = 1000;

/** A rejected record as kept for the report. */
export interface RejectSample {
  file: string;
  line: number;
  reason: string;
  /** 200 characters at most, secrets and query strings removed. */
  sample: string;
}

/** What one input gave. */
export interface InputResult extends RollupResult {
  name: string;
  /** Undefined: no format fits; nothing was read. */
  format: string | undefined;
  confidence: number;
  why: string;
  /** Decompressed bytes. */
  bytes: number;
  counts: RecordCounts;
  /** Time of the events read in full: the first record and the last, some between (one of each MiB), every hit, everything in formats without a speed path. */
  first: number | undefined;
  last: number | undefined;
  skips: ReadonlyMap<string, number>;
  rejects: ReadonlyMap<string, number>;
  rejectSamples: readonly RejectSample[];
  /** Why it could not be read, or not to its end. */
  problem: string | undefined;
  /** Who had which address, as far as the records tell. */
  leases?: LeaseNews | undefined;
  /** Hex, where asked for. */
  sha256: string | undefined;
  /** The first bytes, for the key of pseudonyms. */
  headHash: string;
}
