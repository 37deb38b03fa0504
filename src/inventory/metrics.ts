import { isUnverified } from '../core/provenance.js';
import { callsForAction, type Finding, type InventoryEntry } from '../core/register.js';
import type { Usage } from '../core/usage.js';
import { Decider } from './decider.js';
import { count } from './words.js';

/** A share with what it is made of. */
export interface Measure {
  name: string;
  numerator: number;
  denominator: number;
  /** Both numbers in words. */
  sentence: string;
}

export interface MeasuresInput {
  findings: readonly Finding[];
  entries: readonly InventoryEntry[];
  usage: readonly Usage[];
  /** The day of the report. */
  asOf: string;
}

/**
 * The seed measures of the register. Entries that are retired are left out of the shares of entries; attempts alone do not make a
 * service seen.
 */
export function measures({ findings, entries, usage, asOf }: MeasuresInput): Measure[] {
  const active = entries.filter((entry) => entry.status !== 'retired' && entry.decommission?.status !== 'done');
  const seen = new Set(
    findings
      .filter((finding) => finding.verdict !== 'attempted' && !finding.claimedOnly)
      .map((finding) => finding.service),
  );
  const named = new Set(entries.flatMap((entry) => entry.services));
  const registered = [...seen].filter((service) => named.has(service)).length;
  const unapproved = new Set(findings.flatMap((finding) => (callsForAction(finding) ? [finding.service] : [])));
  const high = active.filter((entry) => entry.risk_tier === 3);
  const approved = active.filter((entry) => entry.status === 'approved' || entry.status === 'conditional');
  const ended = entries.filter((entry) => entry.exception !== undefined && entry.exception.until < asOf);
  const decider = new Decider(entries, asOf);
  const late = new Set<string | undefined>();
  for (const row of ended.length === 0 ? [] : usage) {
    if (row.events === 0 || isUnverified(row.provenance)) continue;
    const { rule, entry } = decider.decide(row).decision;
    if (rule === 'exception-ended') late.add(entry?.id);
  }
  const onTime = ended.filter((entry) => !late.has(entry.id));
  return [
    measure(
      'services-registered',
      registered,
      seen.size,
      (part, all) => `${part} of ${count(all, 'service')} seen ${part === 1 ? 'is' : 'are'} named in the inventory.`,
    ),
    measure(
      'entries-with-owner',
      active.filter(hasOwner).length,
      active.length,
      (part, all) =>
        `${part} of ${count(all, 'active entry', 'active entries')} ${part === 1 ? 'has' : 'have'} an owner.`,
    ),
    measure(
      'high-risk-reviewed',
      high.filter((entry) => isReviewed(entry, asOf)).length,
      high.length,
      (part, all) =>
        `${part} of ${count(all, 'entry', 'entries')} of tier 3 ${part === 1 ? 'has' : 'have'} a completed review that is not overdue.`,
    ),
    measure(
      'documented-approvals',
      approved.filter(isDocumented).length,
      approved.length,
      (part, all) => `${part} of ${count(all, 'approval')} ${part === 1 ? 'has' : 'have'} a date and a named approver.`,
    ),
    measure(
      'exceptions-ended-on-time',
      onTime.length,
      ended.length,
      (part, all) => `${part} of ${count(all, 'exception')} ended on time, with no use seen after the end.`,
    ),
    measure(
      'unapproved-services',
      unapproved.size,
      seen.size,
      (part, all) =>
        `${part} of ${count(all, 'service')} seen ${part === 1 ? 'has' : 'have'} a verdict that calls for action.`,
    ),
  ];
}

const measure = (
  name: string,
  numerator: number,
  denominator: number,
  sentence: (part: number, all: number) => string,
): Measure => ({ name, numerator, denominator, sentence: sentence(numerator, denominator) });

const hasOwner = (entry: InventoryEntry): boolean =>
  entry.business_owner !== undefined || entry.technical_owner !== undefined;

const isDocumented = (entry: InventoryEntry): boolean =>
  entry.approval_date !== undefined && entry.approvers.length > 0;

/** Decided, either way, by somebody on a day, and the next review is not overdue. */
const isReviewed = (entry: InventoryEntry, asOf: string): boolean =>
  ['approved', 'conditional', 'denied'].includes(entry.status) &&
  isDocumented(entry) &&
  (entry.review_date === undefined || entry.review_date >= asOf);
