import { type Alert, type AlertStep, alertId } from '../core/alert.js';
import { type Fact, scopeOf } from './facts.js';
import type { Rule, Situation } from './situation.js';
import { situationsOf } from './situations.js';

/** Alerts that are other than before, and what happened to them. */
export interface Stepped {
  alerts: Alert[];
  steps: AlertStep[];
}

/**
 * Holds a fact against all rules: alerts of its scope are opened, go on, are opened again, or end. `known`: all alerts of the scope.
 * Nothing is told yet; what is to be told waits in `pending`. The same fact again changes nothing.
 */
export function stepAll(rules: readonly Rule[], fact: Fact, known: readonly Alert[], at: number): Stepped {
  const scope = scopeOf(fact);
  const stepped: Stepped = { alerts: [], steps: [] };
  const before = new Map(known.map((alert) => [alert.id, alert]));
  const seen = new Set<string>();
  for (const rule of rules) {
    const own = known.filter((alert) => alert.rule === rule.id);
    const open = new Set(own.filter(({ state }) => state !== 'resolved').map(({ subject }) => subject));
    for (const situation of situationsOf(rule, fact, open)) {
      const id = alertId(rule.id, situation.subject);
      if (seen.has(id)) continue;
      seen.add(id);
      add(stepped, goesOn(rule, scope, before.get(id), situation, at));
    }
  }
  for (const alert of known)
    if (!seen.has(alert.id) && alert.state !== 'resolved') add(stepped, ends(alert, at, 'What it was about is over.'));
  return stepped;
}

function add(to: Stepped, { alert, step }: { alert?: Alert | undefined; step?: AlertStep | undefined }): void {
  if (alert !== undefined) to.alerts.push(alert);
  if (step !== undefined) to.steps.push(step);
}

function goesOn(
  rule: Rule,
  scope: string,
  before: Alert | undefined,
  situation: Situation,
  at: number,
): { alert: Alert; step?: AlertStep } {
  const { subject, service, source, title, text, details } = situation;
  const now = { kind: rule.kind, scope, service, source, severity: rule.severity, title, text, details };
  // Other words for the same: no news.
  if (before !== undefined && before.state !== 'resolved') return { alert: { ...before, ...now } };
  const alert: Alert = {
    id: alertId(rule.id, subject),
    rule: rule.id,
    subject,
    ...now,
    state: 'open',
    openedAt: at,
    changedAt: at,
    acknowledgedAt: null,
    acknowledgedBy: null,
    acknowledgedWhy: null,
    resolvedAt: null,
    times: (before?.times ?? 0) + 1,
    thread: before?.thread ?? null,
    toldAt: null,
    channels: before?.channels ?? [],
    reminders: 0,
    escalations: 0,
    notices: before?.notices ?? 0,
    lastNotice: before?.lastNotice ?? null,
    inhibitedBy: null,
    // What was to be told of the time before comes first.
    pending: [...(before?.pending ?? []), { news: 'opened', at }],
    nextAt: at,
  };
  return { alert, step: { alert: alert.id, at, kind: before === undefined ? 'opened' : 'reopened', why: title } };
}

/** An alert that is over. Who was told that it is open, or will be, is told that it is over. */
export function ends(alert: Alert, at: number, why: string): { alert: Alert; step: AlertStep } {
  // Nobody needs to be reminded of it, or to take it on.
  const waiting = alert.pending.filter(({ news }) => news === 'opened' || news === 'resolved');
  const heard = alert.toldAt !== null || waiting.some(({ news }) => news === 'opened');
  return {
    alert: {
      ...alert,
      state: 'resolved',
      changedAt: at,
      resolvedAt: at,
      pending: heard ? [...waiting, { news: 'resolved', at }] : waiting,
      nextAt: heard || waiting.length > 0 ? at : null,
    },
    step: { alert: alert.id, at, kind: 'resolved', why },
  };
}

/** An alert that somebody takes note of: nobody needs to hear of it first from now on, and who has heard of it hears that somebody has it. */
export function acknowledged(alert: Alert, { who, why, at }: { who: string; why: string; at: number }): Alert {
  const told = alert.toldAt !== null;
  return {
    ...alert,
    state: 'acknowledged',
    changedAt: at,
    acknowledgedAt: at,
    acknowledgedBy: who,
    acknowledgedWhy: why,
    pending: told ? [{ news: 'acknowledged', at }] : [],
    nextAt: told ? at : null,
  };
}
