import { createHash } from 'node:crypto';
import type { Service } from '../catalog/schema.js';
import type { StoredFinding, Transition } from '../core/finding-state.js';
import type { Notice } from '../core/notice.js';

/** The news that a step of a finding is; undefined for new numbers under an old verdict. Holds no names of people. */
export function findingNotice(
  finding: StoredFinding,
  transition: Transition,
  service: Service | undefined,
): Notice | undefined {
  if (transition.kind === 'updated') return undefined;
  const name = service?.name ?? finding.service;
  const account = finding.accountKind === 'unknown' ? '' : ` (${finding.accountKind} account)`;
  return {
    id: noticeId('finding', finding.id, transition.kind, String(transition.at)),
    kind: `finding.${transition.kind}`,
    at: transition.at,
    title: `${name}${account}: ${words[transition.kind]}, ${transition.to.verdict}`,
    text: transition.reason,
    subject: finding.id,
    severity: finding.state !== 'open' ? 'info' : finding.risk.level === 'high' ? 'high' : 'warning',
    details: {
      finding: finding.id,
      service: finding.service,
      vendor: service?.vendor.name ?? null,
      category: service?.category ?? null,
      account_kind: finding.accountKind,
      verdict: transition.to.verdict,
      verdict_before: transition.from?.verdict ?? null,
      state: finding.state,
      entry: finding.entry,
      risk: finding.risk.score,
      strength: finding.strength,
      people: finding.people,
      events: finding.events,
      attempts: finding.attempts,
      first_seen: finding.firstSeen,
      last_seen: finding.lastSeen,
      signals: transition.signals.map((signal) => signal.name),
    },
  };
}

const words = { opened: 'new', reopened: 'again', changed: 'changed', resolved: 'resolved' } as const;

const sourceWords = {
  'source.silent': 'is silent',
  'source.back': 'sends again',
  'source.paused': 'is paused: its provider does not let it in',
} as const;

/** That a source went silent, speaks again, or is paused as its login is refused. */
export const sourceNotice = (source: string, kind: keyof typeof sourceWords, reason: string, at: number): Notice => ({
  id: noticeId('source', source, kind, String(at)),
  kind,
  at,
  title: `Source ${source} ${sourceWords[kind]}`,
  text: reason,
  subject: `source/${source}`,
  severity: kind === 'source.back' ? 'info' : 'warning',
  details: { source },
});

/** The same news has the same id. */
const noticeId = (...parts: readonly string[]): string =>
  `n_${createHash('sha256').update(parts.join('\u0000')).digest('hex').slice(0, 32)}`;
