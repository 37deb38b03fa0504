import type { Event } from '../core/event.js';
import type { Format } from '../core/format.js';
import type { Mapping } from '../core/mapping.js';
import type { Provenance } from '../core/provenance.js';
import type { Actor } from '../core/usage.js';
import type { Detection } from '../detectors/common/registry.js';

/** What the user chose for all inputs of a scan, in plain data. */
export interface ScanChoices {
  /** Format id for every input; undefined: detected by content. */
  format: string | undefined;
  mapping: Mapping | undefined;
  /** The organisation's zone, and that of records without one. */
  zone: string;
  logZone: string;
  /** Only events in `[since, until)`, milliseconds; undefined: no bound. With a bound, events without time are left out. */
  since: number | undefined;
  until: number | undefined;
  /** What the source is worth: files that the user of a scan chose are `observed`. */
  provenance: Provenance;
  /** Id of the receiver that wrote the records itself; absent: files of anybody. */
  stampedBy?: string | undefined;
  /** SHA-256 of the decompressed bytes, the identity of a chunk. */
  hash: boolean;
  /** Candidates that are told apart in one input; undefined: as many as in a scan. */
  maxCandidates?: number | undefined;
  /** Off: every record is parsed in full; results are the same. */
  speedPath: boolean;
}

/** What every input of a scan shares. */
export interface ScanOptions extends ScanChoices {
  formats: ReadonlyMap<string, Format>;
  detection: Detection;
  resolve(event: Event): Actor;
  /** Stored bytes and lines read since the last call. */
  progress?(bytes: number, lines: number): void;
}
