import type { Generated } from 'kysely';

/** Rows of `audit_tree`. */
export interface AuditTreeTable {
  epoch: number;
  size: number;
  /** 64 hexadecimal digits. */
  root: string;
  parts: Buffer;
}

/** Rows of `audit_checkpoint`. */
export interface AuditCheckpointTable {
  id: Generated<number>;
  epoch: number;
  slot: number;
  size: number;
  root: string;
  /** The signed note. */
  note: string;
  at: number;
}
