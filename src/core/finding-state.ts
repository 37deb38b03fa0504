import type { Finding, Risk, Signal } from './register.js';

/**
 * `open`: somebody has to act. `watched`: nothing to act on, and nothing was;
 * also what is only claimed. `resolved`: it was open, and a decision covers it now or it
 * is no longer used.
 */
export const findingStates = ['open', 'watched', 'resolved'] as const;
export type FindingState = (typeof findingStates)[number];

/**
 * A finding as it is kept: plain data that JSON carries without change, so what is absent is null. Times are milliseconds since 1970.
 * Numbers are those of the last window in which it was seen; when nothing is seen any more they stay as the last thing that is known.
 */
export interface StoredFinding {
  /** `service/account-kind`. */
  id: string;
  service: string;
  accountKind: Finding['accountKind'];
  state: FindingState;
  verdict: Finding['verdict'];
  /** Why it has its verdict. */
  reason: string;
  /** Entry that decided, if any. */
  entry: string | null;
  risk: Risk;
  signals: readonly Signal[];
  strength: string;
  contactOnly: boolean;
  provenance: Finding['provenance'];
  claimedOnly: boolean;
  unverified: Finding['unverified'];
  people: number;
  actors: number;
  events: number;
  attempts: number;
  bytesOut: number;
  bytesIn: number;
  /** First and last use or attempt ever seen: they only move apart. Null where no record holds a time. */
  firstSeen: number | null;
  lastSeen: number | null;
  /** Last use that went through. A blocked attempt keeps nothing open. */
  lastUsed: number | null;
  /** When the service learned of the newest use: late data count from when they came. */
  learnedAt: number;
  /** When it first called for action; set once. Null while it never did. */
  openedAt: number | null;
  /** When verdict or state last changed. */
  changedAt: number;
  /** When it was resolved; null unless it is. */
  resolvedAt: number | null;
  groups: Finding['groups'];
}

/** Where a finding stands. */
export interface Standing {
  state: FindingState;
  verdict: Finding['verdict'];
}

/**
 * `opened`: it calls for action for the first time; `reopened`: again; `resolved`: no longer; `changed`: another verdict, and the same
 * need to act or not; `updated`: other numbers or another reason, which is no news. A finding that begins as `watched` is `updated` from
 * nothing.
 */
export const transitionKinds = ['opened', 'changed', 'resolved', 'reopened', 'updated'] as const;
export type TransitionKind = (typeof transitionKinds)[number];

/** One step in the life of a finding; plain data. */
export interface Transition {
  finding: string;
  kind: TransitionKind;
  /** Milliseconds since 1970. */
  at: number;
  /** Null for a finding that is new. */
  from: Standing | null;
  to: Standing;
  /** A sentence or two: what changed, and why. */
  reason: string;
  /** Signals that were not raised before. */
  signals: readonly Signal[];
  /** What it was judged by. */
  inventoryVersion: string;
  catalogHash: string;
}
