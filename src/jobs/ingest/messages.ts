import type { Service } from '../../catalog/schema.js';
import type { ChunkDraft } from '../../core/chunk.js';
import type { Mapping } from '../../core/mapping.js';
import type { Provenance } from '../../core/provenance.js';
import type { EgressPolicy } from '../../net/policy.js';
import type { Person } from '../../people/person.js';
import type { InputResult } from '../../scan/result.js';

// What the main thread and a scanning thread say to each other; all of it plain data.

/** What a thread is given when it starts: the data behind detection and people. */
export interface ThreadData {
  /** Hash of the catalog of these services and lists. */
  catalogHash: string;
  services: readonly Service[];
  /** Text of the catalog's low-confidence list. */
  lowConfidence: string;
  people: readonly Person[];
  /** Packed leases, shared by all threads. */
  leases?: SharedArrayBuffer | undefined;
  zone: string;
  net: EgressPolicy;
  /** For tests: `TEXT=exit,throw,hang,oom`: what a record that holds the text does. */
  poison: string | undefined;
}

/** One chunk to work on. */
export interface ThreadJob {
  /** `scan`: read it; `count`: how many records it has; `extract`: the bytes of its records. */
  work: 'scan' | 'count' | 'extract';
  chunk: ChunkDraft;
  /** The collector that opens it; undefined: the bytes are asked for, part by part. */
  collector: { id: string; source: string; options: unknown } | undefined;
  format: string | undefined;
  mapping: Mapping | undefined;
  logZone: string;
  provenance: Provenance;
  /** Id of the receiver that wrote the records itself. */
  stampedBy?: string | undefined;
  /** Only these records, counted from 0, `to` exclusive. */
  records: { from: number; to: number } | undefined;
}

export type ToThread =
  | { kind: 'job'; job: ThreadJob }
  /** Other leases from the next job on. */
  | { kind: 'leases'; leases: SharedArrayBuffer | undefined }
  /** The next kept part; undefined: that was all. */
  | { kind: 'part'; bytes: Uint8Array | undefined };

export type FromThread =
  | { kind: 'ready' }
  | { kind: 'need-part' }
  | { kind: 'scanned'; result: InputResult }
  | { kind: 'counted'; records: number }
  | { kind: 'extracted'; bytes: Uint8Array }
  /** The bytes cannot be had now. */
  | { kind: 'gone'; why: string }
  /** Getting the bytes failed; the chunk itself is not at fault. */
  | { kind: 'unreachable'; why: string }
  /** Reading the chunk failed. */
  | { kind: 'failed'; why: string };
