import type { Catalog, TargetRule } from '../../catalog/compile.js';
import type { Event } from '../../core/event.js';
import type { AccountKind, CandidateReason, Hit, Strength } from '../../core/hit.js';

/** One kind of proof: a plug-in of src/detectors; its file name is its id. Pure. */
export interface Detector {
  readonly title: string;
  detect(event: Event, catalog: Catalog): readonly Found[];
  /**
   * ASCII pieces, any case, of which every network log line that this detector can hit holds at least one as written
   * (encodings aside, which the prefilter passes anyway). None for proofs that only other kinds of records carry.
   */
  needles?(catalog: Catalog): readonly string[];
  /** None for proofs that only other kinds of records carry. */
  glance?(catalog: Catalog): Glance;
}

/**
 * What a detector says of parts of network records (web, DNS) before it sees a whole one, so that the speed path passes over
 * what it cannot hit. Too much is allowed, too little never. What it does not mention it never looks at.
 */
export interface Glance {
  /** Whether a record with this canonical host may hit: true, false, or only with a path that begins as one of these (patterns, any case). */
  host?(host: string): boolean | readonly string[];
  /** Whether a record with this User-Agent may hit. */
  agent?(agent: string): boolean;
  /** Ends of paths, lower case, 4 characters or more, with which a record on any host may hit. */
  pathEnds?: readonly string[];
}

/** A hit before what all detectors have in common is added. */
export interface Found extends Pick<Hit, 'service' | 'signature' | 'reason' | 'confidence'> {
  strength: Strength;
  account?: Exclude<AccountKind, 'unknown'> | undefined;
  /** Of the host or path that matched. */
  role?: TargetRule['role'];
  protocol?: TargetRule['protocol'];
}

/**
 * Says why something unknown looks like AI: a plug-in of src/detectors/candidates. Reasons of all add up (`candidateRules`). On network
 * records a reason that alone or with those of others reaches the threshold is one that `glance` and `needles` see, or stands
 * beside one.
 */
export interface CandidateDetector {
  readonly title: string;
  reasons(event: Event, catalog: Catalog): readonly CandidateReason[];
  needles?(catalog: Catalog): readonly string[];
  glance?(catalog: Catalog): Glance;
}

/** No reason: most events have none. */
export const noReasons: readonly CandidateReason[] = [];

/** Uploads of at least this many bytes in one request prove more than a visit. */
export const uploadBytes = 64 * 1024;

/** Methods that send content. */
export const sending: ReadonlySet<string> = new Set(['POST', 'PUT', 'PATCH']);

/** What a network record proves: DNS a contact; a sign-in on a page an account; a call of an API, an upload or a large request a transfer; anything else a visit. */
export function networkStrength(event: Event, role: 'web' | 'api' | 'data' | 'telemetry'): Strength {
  if (event.kind === 'dns') return 'contact';
  if (event.kind === 'signin') return 'account';
  if (role === 'api' || event.kind === 'activity' || (event.bytes_out ?? 0) >= uploadBytes) return 'transfer';
  // Hosts and paths of files carry content both ways, and only what is sent is an upload.
  if (role === 'data' && sending.has(event.method?.toUpperCase() ?? '')) return 'transfer';
  return 'visit';
}
