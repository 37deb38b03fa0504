import type { Generated } from 'kysely';
import type { StoredFinding } from '../core/finding-state.js';
import type { Notice } from '../core/notice.js';

export interface FindingTable {
  id: string;
  service: string;
  state: StoredFinding['state'];
  verdict: string;
  risk: number;
  first_seen: number | null;
  last_seen: number | null;
  updated_at: number;
  body: StoredFinding;
}

export interface FindingHistoryTable {
  id: Generated<number>;
  finding_id: string;
  at: number;
  kind: string;
  verdict_before: string | null;
  verdict: string;
  reason: string;
  chunk_id: number | null;
  inventory_hash: string;
  catalog_hash: string;
}

export interface OutboxTable {
  id: Generated<number>;
  notice_id: string;
  channel: string;
  subject: string;
  notice: Notice;
  state: Generated<'pending' | 'sent' | 'refused'>;
  attempts: Generated<number>;
  next_at: number;
  created_at: number;
  done_at: number | null;
  why: string | null;
  lease_owner: string | null;
}
