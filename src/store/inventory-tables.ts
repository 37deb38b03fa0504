import type { Generated } from 'kysely';
import type { DecisionAction, DecisionBody } from '../core/decision.js';
import type { InventoryEntry } from '../core/register.js';

/** Where a version of the base register came from: the file of the configuration, or `halflight inventory import`. */
export type InventoryOrigin = 'file' | 'import';

/** The content of a version, once for each hash. */
export interface InventoryVersionTable {
  hash: string;
  entries: number;
  body: InventoryEntry[];
}

/** When a version began to count; the newest is the base of today. */
export interface InventoryLoadTable {
  id: Generated<number>;
  hash: string;
  origin: InventoryOrigin;
  /** Name of the file. */
  name: string;
  who: string;
  why: string;
  loaded_at: number;
}

/** Append-only; see `core/decision.ts`. */
export interface DecisionTable {
  id: Generated<number>;
  subject: string;
  entry: string;
  action: DecisionAction;
  until: string | null;
  conditions: string[];
  why: string;
  who: string;
  recorded_by: string;
  at: number;
  base_hash: string | null;
  body: DecisionBody;
  seconded_by: string | null;
  seconded_at: number | null;
}
