import type { Generated, Kysely } from 'kysely';
import type { AccountKind, CandidateHit, Confidence, Strength } from '../core/hit.js';
import type { ActorKind } from '../core/usage.js';

/** The tables as the newest migration leaves them. `bigint` columns come back as numbers, `date` as `YYYY-MM-DD`. */
export interface Tables {
  chunk: ChunkTable;
  chunk_reject_count: { chunk_id: number; reason: string; count: number };
  usage: UsageTable;
  evidence: EvidenceTable;
  candidate: CandidateTable;
}

/** The database as all functions of this folder take it; a transaction is one too. */
export type Db = Kysely<Tables>;

interface ChunkTable {
  id: Generated<number>;
  key: string;
  source: string;
  sha256: string;
  /** `pending`: known, but its results are not here; all below is then 0 or empty. */
  state: 'pending' | 'done';
  name: string;
  format: string;
  catalog_hash: string;
  bytes: number;
  lines: number;
  records: number;
  with_events: number;
  events: number;
  skipped: number;
  rejected: number;
  first: number | null;
  last: number | null;
  scanned_at: number;
}

interface ActorColumns {
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  account_kind: AccountKind;
  strength: Strength;
  confidence: Confidence;
}

interface UsageTable extends ActorColumns {
  chunk_id: number;
  position: number;
  day: string | null;
  source: string;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  /** Currency -> minor units. */
  spend: Record<string, number>;
  first: number | null;
  last: number | null;
}

interface EvidenceTable extends ActorColumns {
  chunk_id: number;
  line: number;
  attempt: boolean;
  time: number | null;
  signature: string;
  reason: string;
  sha256: string;
  sample: string;
}

interface CandidateTable {
  chunk_id: number;
  position: number;
  kind: CandidateHit['kind'];
  subject: string;
  reason: string;
  events: number;
  actors: number;
  first: number | null;
  last: number | null;
  line: number;
  sample: string;
}
