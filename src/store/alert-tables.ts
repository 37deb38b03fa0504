import type { Generated } from 'kysely';
import type { AlertState, AlertStepKind, PendingNews, RuleKind } from '../core/alert.js';
import type { Notice } from '../core/notice.js';

/** Rows of `alert`; see `core/alert.ts`. */
export interface AlertTable {
  id: string;
  rule: string;
  kind: RuleKind;
  subject: string;
  scope: string;
  service: string | null;
  source: string | null;
  state: AlertState;
  severity: Notice['severity'];
  title: string;
  text: string;
  details: Record<string, unknown>;
  opened_at: number;
  changed_at: number;
  acknowledged_at: number | null;
  acknowledged_by: string | null;
  acknowledged_why: string | null;
  resolved_at: number | null;
  times: number;
  thread: string | null;
  told_at: number | null;
  channels: string[];
  reminders: number;
  escalations: number;
  notices: number;
  last_notice: string | null;
  inhibited_by: string | null;
  pending: PendingNews[];
  next_at: number | null;
}

/** Rows of `alert_history`. */
export interface AlertHistoryTable {
  id: Generated<number>;
  alert_id: string;
  at: number;
  kind: AlertStepKind;
  why: string;
  who: string | null;
  notice_id: string | null;
}

/** Rows of `alert_fact`. */
export interface AlertFactTable {
  id: Generated<number>;
  scope: string;
  at: number;
  facts: unknown;
}
