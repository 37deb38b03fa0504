import type { AccountKind, Confidence, Strength } from './hit.js';
import type { Provenance } from './provenance.js';

/**
 * Who used something. `person`: resolved through the people directory; `user`: a logged user name that the directory does
 * not know; the others are what the record held instead of a user.
 */
export const actorKinds = ['person', 'user', 'device', 'address', 'workload', 'cost-centre', 'unknown'] as const;
export type ActorKind = (typeof actorKinds)[number];

export interface Actor {
  kind: ActorKind;
  /** Person id, logged user name (canonical), device name, canonical address, cost centre; empty for `unknown`. */
  id: string;
  /** Group of a person; empty where there is none. */
  group: string;
}

/** The roll-up: one row per day x service x actor x source x account kind x strength x provenance. */
export interface Usage {
  /** `YYYY-MM-DD` in the organisation's zone; empty where the records hold no time. */
  day: string;
  service: string;
  actor: Actor;
  /** Source: in a scan the format id of the input. */
  source: string;
  accountKind: AccountKind;
  /** Workspace or tenant of the provider, where the records tell it. */
  workspace?: string | undefined;
  strength: Strength;
  provenance: Provenance;
  /** Best confidence among the hits. */
  confidence: Confidence;
  /** Hits that went through. */
  events: number;
  /** Hits that were blocked, refused or failed. */
  attempts: number;
  bytesOut: number;
  bytesIn: number;
  /** Payments: sum by currency in minor units. */
  spend: ReadonlyMap<string, number>;
  /** Milliseconds since 1970; undefined where no record holds a time. */
  first: number | undefined;
  last: number | undefined;
}

/** The raw record behind a hit. */
export interface Evidence {
  service: string;
  actor: Actor;
  accountKind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  attempt: boolean;
  time: number | undefined;
  /** Input as named in the report. */
  file: string;
  /** Physical line on which the record begins. */
  line: number;
  signature: string;
  /** Why it is a hit. */
  reason: string;
  confidence: Confidence;
  /** Lower-case hex SHA-256 of the raw record. */
  sha256: string;
  /** The record, cut to 500 characters, secrets and query strings removed. */
  sample: string;
}

/** The scanned period: first and last day seen, inclusive; empty when nothing had a time. */
export interface Period {
  from: string;
  to: string;
}
