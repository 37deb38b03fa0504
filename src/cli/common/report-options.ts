import type { ReportFormat, ReportRole } from '../../core/report-role.js';

/** What the command line says. */
export interface ReportOptions {
  data?: string;
  config?: string;
  inventory?: string;
  people?: string;
  signatures?: string;
  timezone?: string;
  period?: string;
  from?: string;
  until?: string;
  role: ReportRole;
  group?: string;
  format?: ReportFormat;
  names?: boolean;
  out?: string;
  json?: boolean;
}
