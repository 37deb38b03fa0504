import type { RecordCounts } from '../core/chunk.js';
import type { Expense } from '../core/expense.js';
import type { CandidateHit } from '../core/hit.js';
import type { ActorKind, Evidence, Usage } from '../core/usage.js';
import type { Use } from '../core/use.js';
import type { LeaseNews } from '../people/leases/lease.js';

/** Identity of a chunk: where it came from and what it holds. The same bytes under another name are the same chunk. */
export interface ChunkKey {
  /** Source: in a scan the format id of the input. */
  source: string;
  /** Lower-case hex SHA-256 of the decompressed bytes. */
  sha256: string;
}

/** What was read of a chunk; the database refuses counts that do not add up. */
export interface ChunkCounts extends RecordCounts {
  /** Decompressed bytes. */
  bytes: number;
}

/** A candidate as one chunk shows it. */
export interface ChunkCandidate extends CandidateHit {
  events: number;
  bytesOut: number;
  bytesIn: number;
  /** At least so many actors: those of the chunk up to a bound; of all chunks the most that one showed, or as many as are known by name. */
  actors: number;
  /** The most active actors. */
  who: readonly CandidateActor[];
  /** What of the subject was seen: hosts, ids. */
  traces: readonly string[];
  /** Milliseconds since 1970; undefined where no record holds a time. */
  first: number | undefined;
  last: number | undefined;
  /** Physical line of the earliest record, and that record, cut and without secrets. */
  line: number;
  sample: string;
}

/** An actor of a candidate, with events. */
export interface CandidateActor {
  kind: ActorKind;
  id: string;
  events: number;
}

/** All that one chunk gave under one catalog: plain data, saved by `saveChunk` in one transaction. */
export interface ChunkResult extends ChunkKey, ChunkCounts {
  /** Name as seen: path or object name, for people. */
  name: string;
  format: string;
  /**
   * Hash of everything beside the bytes that decides the result: the catalog, and where they differ between runs the
   * time zones, the mapping and the people directory. Same key and same hash: nothing to do.
   */
  catalogHash: string;
  /** Milliseconds since 1970. */
  scannedAt: number;
  /** First and last event time; undefined where no record holds a time. */
  first: number | undefined;
  last: number | undefined;
  /** Rejected records by reason. */
  rejects: ReadonlyMap<string, number>;
  /** Roll-up of this chunk alone, without payments that are told apart. */
  usage: readonly Usage[];
  /** Kinds of use of this chunk alone, without those payments. */
  uses: readonly Use[];
  /** Payments that are told apart: one that another chunk holds too counts once. */
  expenses: readonly Expense[];
  /** `file` is not kept: it is read back as the chunk's name. At most one for each line and service: the first. */
  evidence: readonly Evidence[];
  candidates: readonly ChunkCandidate[];
  /** Who had which address, where the records tell. Kept beside the results: a replay adds and takes nothing back. */
  leases?: LeaseNews | undefined;
}

/** A candidate over all chunks. */
export interface Candidate extends ChunkCandidate {
  /** Input of the earliest record. */
  file: string;
  /** Chunks that show it. */
  chunks: number;
}

/** What the store knows of one chunk: the coverage of the results. */
export interface ChunkCoverage extends ChunkKey, ChunkCounts {
  /** Events and attempts of its usage. */
  hits: number;
  name: string;
  format: string;
  catalogHash: string;
  scannedAt: number;
  first: number | undefined;
  last: number | undefined;
  rejects: ReadonlyMap<string, number>;
}

/** Days `YYYY-MM-DD` in the organisation's zone, both inclusive; absent or empty: no bound. Any bound leaves undated rows out. */
export interface DayRange {
  from?: string | undefined;
  to?: string | undefined;
}

/** Milliseconds since 1970: `since` inclusive, `until` exclusive; absent: no bound. Any bound leaves undated rows out. */
export interface TimeRange {
  since?: number | undefined;
  until?: number | undefined;
}
