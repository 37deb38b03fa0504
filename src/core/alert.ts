import { createHash } from 'node:crypto';
import type { Notice } from './notice.js';

/** What rules look for. */
export const ruleKinds = [
  'new-unapproved-vendor',
  'first-use-of-category',
  'denied-in-use',
  'wrong-account',
  'sensitive-group',
  'upload-volume',
  'risky-grant',
  'lapsed-exception',
  'candidate-score',
  'silent-source',
  'quarantine-rate',
  'job-failures',
] as const;
export type RuleKind = (typeof ruleKinds)[number];

/** `open`: somebody has to act; `acknowledged`: somebody does; `resolved`: it is over. */
export const alertStates = ['open', 'acknowledged', 'resolved'] as const;
export type AlertState = (typeof alertStates)[number];

/** News of an alert that channels can carry. */
export const alertNews = ['opened', 'reminded', 'escalated', 'acknowledged', 'resolved'] as const;
export type AlertNews = (typeof alertNews)[number];
export const alertNoticeKinds = [
  'alert.opened',
  'alert.reminded',
  'alert.escalated',
  'alert.acknowledged',
  'alert.resolved',
] as const;

/** News that wait to be told. Times are milliseconds since 1970. */
export interface PendingNews {
  news: AlertNews;
  /** When it became news. */
  at: number;
}

/** The lasting state that a rule made of something. Plain data; times are milliseconds since 1970. */
export interface Alert {
  /** By its rule and subject: the same for ever. */
  id: string;
  rule: string;
  kind: RuleKind;
  /** What it is about: a service, a finding, a source, a candidate, a grant, a job. */
  subject: string;
  /** Which facts decide whether it goes on. */
  scope: string;
  service: string | null;
  source: string | null;
  state: AlertState;
  severity: Notice['severity'];
  /** One line: what happened. Holds log data, as `text` does. */
  title: string;
  /** Why it matters. */
  text: string;
  details: Readonly<Record<string, unknown>>;
  openedAt: number;
  changedAt: number;
  acknowledgedAt: number | null;
  acknowledgedBy: string | null;
  acknowledgedWhy: string | null;
  resolvedAt: number | null;
  /** How often it was opened. */
  times: number;
  /** Subject of its notices; null while none was made since it was opened. */
  thread: string | null;
  /** When it was told that it is open; null: not yet. */
  toldAt: number | null;
  /** Where it was told. */
  channels: readonly string[];
  /** Reminders and escalations that were made since it was opened. */
  reminders: number;
  escalations: number;
  /** Notices made of it, ever. */
  notices: number;
  lastNotice: string | null;
  /** Why it is not told; null: nothing stands for it. */
  inhibitedBy: string | null;
  pending: readonly PendingNews[];
  /** When time alone changes something; null: never. */
  nextAt: number | null;
}

/** Steps in the life of an alert, as its history keeps them. */
export type AlertStepKind = AlertNews | 'reopened' | 'inhibited' | 'told' | 'dropped';

/** One step of the history of an alert. */
export interface AlertStep {
  alert: string;
  at: number;
  kind: AlertStepKind;
  /** A sentence. */
  why: string;
  /** Who did it, where a person did. */
  who?: string | undefined;
  /** The notice that tells it. */
  notice?: string | undefined;
}

/** The id of the alert that a rule makes of a subject. */
export const alertId = (rule: string, subject: string): string =>
  `a_${createHash('sha256').update(`${rule}\u0000${subject}`).digest('hex').slice(0, 20)}`;
