import type { Generated } from 'kysely';
import type { AccountKind, Confidence, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind } from '../core/usage.js';
import type { UseKind } from '../core/use.js';

interface ActorColumns {
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Generated<Provenance>;
  confidence: Confidence;
}

export interface UsageTable extends UsageColumns {
  /** Of the youngest chunk in it. */
  received_at: number;
}

export interface UsageColumns extends ActorColumns {
  /** `-infinity`: the records hold no time. */
  day: string;
  source: string;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  /** Currency -> minor units. */
  spend: Generated<Record<string, number>>;
  first: number | null;
  last: number | null;
}

export interface UsageDayTable {
  day: string;
  service: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Generated<Provenance>;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  received_at: number;
}

export interface EvidenceTable extends ActorColumns {
  chunk_id: number;
  line: number;
  attempt: boolean;
  time: number | null;
  signature: string;
  reason: string;
  sha256: string;
  sample: string;
}

export interface ChunkUseTable {
  chunk_id: number;
  position: number;
  /** `-infinity`: the records hold no time. */
  day: string;
  service: string;
  account_kind: AccountKind;
  kind: UseKind;
  model: string;
  events: number;
}
