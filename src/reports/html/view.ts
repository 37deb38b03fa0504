import type { Report, ReportFinding } from '../schema.js';
import { daysOf } from './buckets.js';
import { evidenceRows, limits } from './lists.js';
import { type Clock, clockOf } from './text.js';
import { callsForAction } from './words.js';

/** The report with what every part of the page needs to know about it. */
export interface View {
  readonly report: Report;
  readonly clock: Clock;
  /** First and last day of the charts, as days since 1970. */
  readonly range: { readonly from: number; readonly to: number } | undefined;
  /** Findings that the page lists; each has its number in its anchor, since anchors are never made of logged text. */
  readonly listed: readonly ReportFinding[];
  readonly acting: readonly ReportFinding[];
  /** Rows of evidence for each finding. */
  readonly evidenceRows: number;
  anchor(finding: ReportFinding): string;
}

export function viewOf(report: Report): View {
  const numbers = new Map(report.findings.map((finding, i) => [finding, i + 1]));
  return {
    report,
    clock: clockOf(report.organisation_timezone),
    range: daysOf(report),
    listed: report.findings.slice(0, limits.findings),
    acting: report.findings.filter((finding) => callsForAction(finding)),
    evidenceRows: evidenceRows(report.findings.length),
    anchor: (finding) => `f-${numbers.get(finding) ?? 0}`,
  };
}
