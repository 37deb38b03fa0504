import type { Generated } from 'kysely';
import type { CandidateHit, CandidateReason } from '../core/hit.js';
import type { ActorKind } from '../core/usage.js';

export interface CandidateTable {
  chunk_id: number;
  position: number;
  kind: CandidateHit['kind'];
  subject: string;
  score: Generated<number>;
  reasons: Generated<CandidateReason[]>;
  events: number;
  actors: number;
  bytes_out: Generated<number>;
  bytes_in: Generated<number>;
  traces: Generated<string[]>;
  /** The most active actors: kind, id and events of each. */
  who: Generated<[kind: ActorKind, id: string, events: number][]>;
  first: number | null;
  last: number | null;
  line: number;
  sample: string;
}

export interface CandidateDecisionTable {
  kind: CandidateHit['kind'];
  /** SHA-256 of the subject, since an index row cannot hold every subject. */
  subject_hash: string;
  subject: string;
  action: 'dismissed' | 'attached' | 'asked';
  /** Whom a question is for: kind and id of the actor, a blank between. */
  about: Generated<string>;
  body: { why?: string; service?: string; question?: string };
  who: string;
  at: number;
}
