import type { Generated } from 'kysely';

export type SourceState = 'active' | 'paused' | 'removed';

export interface SourceTable {
  id: string;
  kind: string;
  state: Generated<SourceState>;
  paused_why: string | null;
  paused_by_service: Generated<boolean>;
  /** Milliseconds of silence that are normal; null: not known. */
  expect_every: number | null;
  since: number;
  last_data_at: number | null;
  last_event_at: number | null;
  last_run_at: number | null;
  last_error: string | null;
  last_error_at: number | null;
  lease_owner: string | null;
  fence: Generated<number>;
}

export interface SourceHourTable {
  source: string;
  /** Hours since 1970 UTC, of receipt. */
  hour: number;
  chunks: number;
  bytes: number;
  received: number;
  landed: number;
  rejected: number;
  quarantined: number;
  refused: number;
  missing: number;
  hits: number;
}

export interface SourceGapTable {
  id: Generated<number>;
  source: string;
  at: number;
  why: string;
  lines: number | null;
  bytes: number | null;
}

export interface SourceFindingTable {
  source: string;
  /** `silent`: nothing comes; `thin`: much less than usual. */
  kind: 'silent' | 'thin';
  state: 'open' | 'resolved';
  reason: string;
  numbers: Record<string, number>;
  opened_at: number;
  changed_at: number;
  resolved_at: number | null;
  /** How often it was opened. */
  times: Generated<number>;
}

export type TokenScope = 'push' | 'read' | 'feed';

export interface TokenTable {
  id: string;
  scope: TokenScope;
  source: string | null;
  hash: string;
  created_at: number;
  created_by: string;
  revoked_at: number | null;
}
