import type { Notice } from '../../core/notice.js';
import { linesOf, type Message, stageOf } from './message.js';
import { plainLine } from './plain.js';

// Open Cybersecurity Schema Framework 1.4.0, https://schema.ocsf.io/1.4.0: news of findings are of class Detection Finding (2004);
// all other news of the base class (0), as no class is about the health of sources.

const severities = { info: [1, 'Informational'], warning: [3, 'Medium'], high: [4, 'High'] } as const;
const activities = {
  begins: { activity_id: 1, activity_name: 'Create', status_id: 1, status: 'New' },
  'goes-on': { activity_id: 2, activity_name: 'Update', status_id: 2, status: 'In Progress' },
  calmed: { activity_id: 2, activity_name: 'Update', status_id: 3, status: 'Suppressed' },
  ends: { activity_id: 3, activity_name: 'Close', status_id: 4, status: 'Resolved' },
} as const;

/** A notice as an OCSF event. */
export function ocsfEvent(notice: Notice, message: Message, key: string): Record<string, unknown> {
  const [severityId, severity] = severities[notice.severity];
  const common = {
    time: notice.at,
    severity_id: severityId,
    severity,
    message: message.headline,
    metadata: {
      version: '1.4.0',
      uid: plainLine(notice.id, 200),
      correlation_uid: key,
      event_code: plainLine(notice.kind, 63),
      product: { name: 'Halflight', vendor_name: 'Halflight' },
    },
  };
  if (!notice.kind.startsWith('finding.'))
    return {
      activity_id: 99,
      activity_name: plainLine(notice.kind, 63),
      category_uid: 0,
      category_name: 'Uncategorized',
      class_uid: 0,
      class_name: 'Base Event',
      type_uid: 99,
      ...common,
      status_detail: message.why,
    };
  const activity = activities[stageOf(notice)];
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
    ...activity,
    category_uid: 2,
    category_name: 'Findings',
    class_uid: 2004,
    class_name: 'Detection Finding',
    type_uid: 200_400 + activity.activity_id,
    ...common,
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
