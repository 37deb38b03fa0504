import type { InventoryEntry } from './register.js';

/** What a person may decide about an entry of the register. */
export const decisionActions = ['approve', 'deny', 'except', 'retire', 'review'] as const;
export type DecisionAction = (typeof decisionActions)[number];

/** Fields of an entry that a decision sets; null takes a field away. */
export type DecisionFields = {
  [Field in
    | 'status'
    | 'allowed_account'
    | 'allowed_groups'
    | 'business_owner'
    | 'approvers'
    | 'risk_tier'
    | 'approval_date'
    | 'conditions'
    | 'review_date'
    | 'exception'
    | 'decommission']?: InventoryEntry[Field] | null;
};

/** What a decision does to the register. */
export interface DecisionBody {
  set: DecisionFields;
  /** The entry as it is made where the register had none; undefined: the decision is about an entry that was there. */
  made?: InventoryEntry | undefined;
  /** `resultHash` of the entry as it was decided. */
  result: string;
}

/** A decision as it is recorded: nothing of it changes, except that a second person may stand behind it once. */
export interface RecordedDecision {
  id: number;
  /** What it was asked for: an entry, a service or a candidate. */
  subject: string;
  /** Id of the entry that it is about. */
  entry: string;
  action: DecisionAction;
  /** `YYYY-MM-DD`. */
  until: string | undefined;
  conditions: readonly string[];
  why: string;
  who: string;
  /** Who ran the command or used the console: `cli:jane`. */
  recordedBy: string;
  /** Milliseconds since 1970. */
  at: number;
  /** Hash of the entry in the base register when it was decided; undefined: there was none. */
  baseHash: string | undefined;
  body: DecisionBody;
  secondedBy: string | undefined;
  secondedAt: number | undefined;
}
