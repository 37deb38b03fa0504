import type { Generated } from 'kysely';

export type RegisterKind = 'inventory' | 'people' | 'people-file' | 'people-summary' | 'catalog' | 'contracts';

export interface AuditTable {
  seq: number;
  at: number;
  who: string;
  action: string;
  subject: string;
  /** JSON text, as it was hashed. */
  details: string;
  previous: string;
  hash: string;
}

export interface LegalHoldTable {
  id: Generated<number>;
  scope: Record<string, unknown>;
  reason: string;
  who: string;
  at: number;
  released_at: number | null;
  released_by: string | null;
}

export interface InstanceTable {
  id: string;
  role: string;
  host: string;
  pid: number;
  version: string;
  beat: Generated<number>;
  started_at: number;
}

export interface JobRunTable {
  job: string;
  slot: number;
  state: 'queued' | 'running' | 'done' | 'failed';
  attempts: Generated<number>;
  started_at: number | null;
  finished_at: number | null;
  outcome: string | null;
}
