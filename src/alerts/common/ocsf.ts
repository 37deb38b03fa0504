import type { Notice } from '../../core/notice.js';
import { ocsfBase } from '../../core/ocsf.js';
import { linesOf, type Message, stageOf } from './message.js';
import { plainLine } from './plain.js';

// News of findings, and alerts about one, are of class Detection Finding (2004); all other news of the base class (0), as no class is
// about the health of sources.

const severities = { info: 'informational', warning: 'medium', high: 'high' } as const;
const create = { activity_id: 1, activity_name: 'Create' };
const update = { activity_id: 2, activity_name: 'Update' };
const close = { activity_id: 3, activity_name: 'Close' };
const stages = {
  begins: { activity: create, status_id: 1, status: 'New' },
  'goes-on': { activity: update, status_id: 2, status: 'In Progress' },
  calmed: { activity: update, status_id: 3, status: 'Suppressed' },
  ends: { activity: close, status_id: 4, status: 'Resolved' },
} as const;

/** Alerts about a service are findings, too; several that are told together are about no single one. */
const isAboutFinding = ({ kind, details }: Notice): boolean =>
  kind.startsWith('finding.') || (kind.startsWith('alert.') && typeof details.finding === 'string');

/** A notice as an OCSF event. */
export function ocsfEvent(notice: Notice, message: Message, key: string): Record<string, unknown> {
  const common = {
    time: notice.at,
    severity: severities[notice.severity],
    message: message.headline,
    metadata: {
      uid: plainLine(notice.id, 200),
      correlation_uid: key,
      event_code: plainLine(notice.kind, 63),
    },
  };
  if (!isAboutFinding(notice)) {
    const activity = { activity_id: 99, activity_name: plainLine(notice.kind, 63) };
    return { ...ocsfBase('base', { activity, ...common }), status_detail: message.why };
  }
  const { activity, ...status } = stages[stageOf(notice)];
  const {
    service,
    vendor,
    category,
    verdict,
    first_seen: first,
    last_seen: last,
    people,
    events,
    attempts,
  } = notice.details;
  const text = (value: unknown): string | undefined => (typeof value === 'string' ? plainLine(value, 200) : undefined);
  const number = (value: unknown): number | undefined =>
    typeof value === 'number' && Number.isFinite(value) ? value : undefined;
  return {
    ...ocsfBase('finding', { activity, ...common }),
    ...status,
    status_detail: text(verdict),
    finding_info: {
      uid: plainLine(notice.subject, 500),
      title: message.headline,
      desc: linesOf(message)
        .map(([label, value]) => `${label}: ${value}`)
        .join(' '),
      first_seen_time: number(first),
      last_seen_time: number(last),
      src_url: message.link,
      types: ['Shadow AI'],
    },
    resources: [{ uid: text(service), name: text(service), type: 'AI service', group: { name: text(category) } }],
    unmapped: {
      vendor: text(vendor),
      verdict: text(verdict),
      people: number(people),
      events: number(events),
      attempts: number(attempts),
    },
  };
}
