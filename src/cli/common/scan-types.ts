import type { ReportInput } from '../../reports/build.js';
import type { Report } from '../../reports/schema.js';
import type { ScanResult } from '../../scan/scan.js';

/** What the user asked for, checked. */
export interface ScanRequest {
  inventory?: string;
  people?: string;
  /** Vendor list. */
  contracts?: string;
  /** Files and folders that say who had which address. */
  leases?: readonly string[];
  format?: string;
  mapping?: string;
  signatures?: string;
  data?: string;
  threads?: number;
  out?: string;
  names?: boolean;
  /** File of candidates that are no AI. */
  notAi?: string;
  zone: string;
  logZone: string;
  since: number | undefined;
  until: number | undefined;
}

/** What the report is made from, whether it was just read or comes from a database. */
export interface Kept extends Pick<ScanResult, 'period' | 'usage' | 'uses' | 'evidence' | 'hits' | 'repeated'> {
  candidates: ReportInput['candidates'];
  inputs: readonly KeptInput[];
}
export interface KeptInput
  extends Omit<
    Report['coverage']['inputs'][number],
    'file' | 'title' | 'kinds' | 'first' | 'last' | 'records_with_events' | 'skips' | 'rejects'
  > {
  name: string;
  recordsWithEvents: number;
  first: number | undefined;
  last: number | undefined;
  skips: ReadonlyMap<string, number>;
  rejects: ReadonlyMap<string, number>;
}
