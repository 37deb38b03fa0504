import type { ReportRole } from '../core/report-role.js';

/** Periodic reports as they were made for distribution lists. */
export interface ReportTable {
  id: string;
  list: string;
  role: ReportRole;
  /** Of a manager; empty for all others. */
  actor_group: string;
  names: boolean;
  period: string;
  /** First and last day, `YYYY-MM-DD`. */
  period_from: string;
  period_to: string;
  /** 1, and more for those that correct it. */
  edition: number;
  catalog_hash: string;
  inventory_hash: string;
  /** JSON text, as it was hashed. */
  document: string;
  hash: string;
  at: number;
}
