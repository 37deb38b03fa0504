import { instantOf } from '../../../core/columns.js';
import type { StoredFinding } from '../../../core/finding-state.js';
import { ocsfBase } from '../../../core/ocsf.js';

const states = {
  open: { status_id: 1, status: 'New' },
  // Nothing to act on, which the framework has no word for.
  watched: { status_id: 99, status: 'Watched' },
  resolved: { status_id: 4, status: 'Resolved' },
} as const;

const riskLevels = {
  low: { risk_level_id: 1, risk_level: 'Low' },
  medium: { risk_level_id: 2, risk_level: 'Medium' },
  high: { risk_level_id: 3, risk_level: 'High' },
} as const;

/** A finding as it stands, as an OCSF event of class Detection Finding (2004); the uid is the same each time. */
export function findingEvent(
  finding: StoredFinding,
  service: { name: string; vendor: string; category: string } | undefined,
): Record<string, unknown> {
  const name = service?.name ?? finding.service;
  return {
    ...ocsfBase('finding', {
      activity: activityOf(finding),
      time: instantOf(finding.changedAt) ?? 0,
      severity: finding.state === 'open' ? finding.risk.level : 'informational',
      message: `${name}: ${finding.verdict}. ${finding.reason}`,
      metadata: { uid: `${finding.id}@${finding.changedAt}`, correlation_uid: finding.id },
    }),
    ...states[finding.state],
    status_detail: finding.verdict,
    finding_info: {
      uid: finding.id,
      title: `${name}: ${finding.verdict}`,
      desc: finding.reason,
      created_time: instantOf(finding.openedAt) ?? undefined,
      modified_time: instantOf(finding.changedAt) ?? undefined,
      first_seen_time: instantOf(finding.firstSeen) ?? undefined,
      last_seen_time: instantOf(finding.lastSeen) ?? undefined,
      types: ['Shadow AI'],
    },
    risk_score: finding.risk.score,
    ...riskLevels[finding.risk.level],
    resources: [
      {
        uid: finding.service,
        name,
        type: 'AI service',
        ...(service !== undefined && service.category !== '' && { group: { name: service.category } }),
      },
    ],
    unmapped: {
      vendor: service?.vendor,
      verdict: finding.verdict,
      account_kind: finding.accountKind,
      entry: finding.entry,
      strength: finding.strength,
      provenance: finding.provenance,
      claimed_only: finding.claimedOnly,
      people: finding.people,
      actors: finding.actors,
      events: finding.events,
      attempts: finding.attempts,
      bytes_out: finding.bytesOut,
      bytes_in: finding.bytesIn,
      risk_factors: finding.risk.factors.map((factor) => factor.name),
      signals: finding.signals.map((signal) => signal.name),
    },
  };
}

function activityOf({ state, openedAt, changedAt }: StoredFinding): { activity_id: number; activity_name: string } {
  if (state === 'resolved') return { activity_id: 3, activity_name: 'Close' };
  const isNew = openedAt === null || changedAt <= openedAt;
  return isNew ? { activity_id: 1, activity_name: 'Create' } : { activity_id: 2, activity_name: 'Update' };
}
