import { alertsOf, alertsSchema } from '../../src/config/alerts.js';
import { type Alert, type AlertStep, alertNoticeKinds } from '../../src/core/alert.js';
import type { Notice } from '../../src/core/notice.js';
import { type Fact, type FindingFact, type ServiceFact, scopeOf } from '../../src/rules/facts.js';
import type { RuleSet } from '../../src/rules/replay.js';
import { acknowledged, stepAll } from '../../src/rules/step.js';
import { tell } from '../../src/rules/tell.js';

export const minuteMs = 60_000;
export const hourMs = 3_600_000;
export const dayMs = 86_400_000;
/** A Monday. */
export const start = Date.UTC(2026, 9, 5, 12);

/** Rules as the configuration has them, with two channels that take all alerts. */
export const ruleSet = (rules: unknown[], quietHours: unknown[] = []): RuleSet => {
  const alerts = alertsOf(alertsSchema.parse({ rules, quiet_hours: quietHours }));
  return {
    rules: alerts.rules,
    quietHours: alerts.quiet_hours,
    zone: 'UTC',
    channels: ['ops', 'boss'].map((id) => ({ id, notices: alertNoticeKinds })),
  };
};

export const finding = (change: Partial<FindingFact> = {}): FindingFact => ({
  id: 'f_1',
  accountKind: 'unknown',
  state: 'open',
  verdict: 'unregistered',
  claimedOnly: false,
  risk: 50,
  strength: 'visit',
  people: 1,
  groups: [],
  bytesPerDay: 0,
  growth: false,
  said: { reason: 'Nobody approved it.', growth: null, entry: null, events: 1, attempts: 0, lastSeen: start },
  ...change,
});

export const serviceOf = (
  service: string,
  findings: FindingFact[],
  change: Partial<ServiceFact> = {},
): ServiceFact => ({
  about: 'service',
  service,
  name: service,
  vendor: null,
  category: 'chat',
  firstOfCategory: false,
  findings,
  ...change,
});

/** The service in memory: facts and acknowledgements in, notices and history out; `round` is what it does each minute. */
export class Memory {
  readonly alerts = new Map<string, Alert>();
  readonly notices: { notice: Notice; channels: string[]; at: number }[] = [];
  readonly steps: AlertStep[] = [];
  readonly #set: RuleSet;

  constructor(set: RuleSet) {
    this.#set = set;
  }

  learn(fact: Fact, at: number): void {
    const known = [...this.alerts.values()].filter(({ scope }) => scope === scopeOf(fact));
    const { alerts, steps } = stepAll(this.#set.rules, fact, known, at);
    for (const alert of alerts) this.alerts.set(alert.id, alert);
    this.steps.push(...steps);
    this.round(at);
  }

  acknowledge(id: string, at: number): void {
    const alert = this.alerts.get(id);
    if (alert?.state !== 'open') return;
    this.alerts.set(id, acknowledged(alert, { who: 'ada', why: 'Mine.', at }));
    this.steps.push({ alert: id, at, kind: 'acknowledged', why: 'Mine.', who: 'ada' });
  }

  round(at: number): void {
    const all = [...this.alerts.values()];
    const ripe = all.filter(({ nextAt }) => nextAt !== null && nextAt <= at);
    const rules = new Set(ripe.map(({ rule }) => rule));
    const due = all.filter((alert) => ripe.includes(alert) || (alert.pending.length > 0 && rules.has(alert.rule)));
    const lastTold = new Map<string, number>();
    for (const { rule, toldAt } of all)
      if (toldAt !== null) lastTold.set(rule, Math.max(toldAt, lastTold.get(rule) ?? toldAt));
    const told = tell(due, {
      ...this.#set,
      at,
      rules: new Map(this.#set.rules.map((rule) => [rule.id, rule])),
      standing: all,
      mates: all,
      lastTold,
    });
    for (const alert of told.alerts) this.alerts.set(alert.id, alert);
    this.steps.push(...told.steps);
    for (const one of told.notices) this.notices.push({ ...one, at });
  }
}
