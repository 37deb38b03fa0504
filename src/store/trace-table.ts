import type { Generated } from 'kysely';
import type { AccountKind, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind } from '../core/usage.js';

/** Shares of one row of `usage`, of chunks that cannot be scanned again. */
export interface UsageTraceTable {
  id: Generated<number>;
  /** `-infinity`: the records hold no time. */
  day: string;
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  /** Of the youngest chunk in it. */
  received_at: number;
  /** `chunk,events,attempts,bytes out,bytes in`, and the next behind `;`. What is 0 is left out. */
  shares: string;
  /** Chunk -> currency -> minor units, of chunks with payments. */
  spends: Record<string, Record<string, number>> | null;
}
