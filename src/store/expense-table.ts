import type { AccountKind, Confidence, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind } from '../core/usage.js';
import type { UseKind } from '../core/use.js';

/** Payments to services, each by itself: a row of the roll-up, and what tells it from others. */
export interface ExpenseTable {
  chunk_id: number;
  position: number;
  identity: string;
  /** Of which file the chunk is a piece. */
  file: string;
  /** In the sums of `usage`. */
  counted: boolean;
  /** `-infinity`: the record holds no time. */
  day: string;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  confidence: Confidence;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  spend: Record<string, number>;
  first: number | null;
  last: number | null;
  kind: UseKind;
}
