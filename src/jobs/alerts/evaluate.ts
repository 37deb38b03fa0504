import { bare, type Fact, sameFact, scopeOf } from '../../rules/facts.js';
import type { Rule } from '../../rules/situation.js';
import { stepAll } from '../../rules/step.js';
import { type TellContext, tell } from '../../rules/tell.js';
import { addFact, lastFacts } from '../../store/alert-facts.js';
import { addAlertSteps, besideDue, dueAlerts, loadAlerts, lockAlerts, saveAlert } from '../../store/alerts.js';
import { addNotice } from '../../store/outbox.js';
import type { Db } from '../../store/tables.js';
import type { ServiceContext } from '../context.js';

/** What rules are evaluated with. */
export type AlertContext = Pick<ServiceContext, 'setup' | 'now' | 'log'>;

/** The rules of the configuration as they are worked by. */
export function ruleSet({ setup }: Pick<AlertContext, 'setup'>): Pick<
  TellContext,
  'zone' | 'quietHours' | 'channels'
> & {
  rules: readonly Rule[];
} {
  const { alerts, channels, zone } = setup();
  const rules = alerts.rules.map((rule) => withGroups(rule, alerts.sensitive_groups));
  return { zone, quietHours: alerts.quiet_hours, channels, rules };
}

/** The groups that are marked sensitive are the groups of the rule that looks for them, where it names none. */
const withGroups = (rule: Rule, groups: readonly string[]): Rule =>
  rule.kind !== 'sensitive-group' || rule.when.groups !== undefined
    ? rule
    : { ...rule, when: { ...rule.when, groups: [...groups] } };

/**
 * Holds facts against the rules, as part of the transaction that made them news: alerts, their history and the notices are written with
 * it, or not at all. Facts that are as they were change nothing.
 * @param again also facts that are as they were: the rules are other ones
 * @returns whether there is something to deliver
 */
export async function evaluate(
  trx: Db,
  context: AlertContext,
  facts: readonly Fact[],
  { again = false }: { again?: boolean } = {},
): Promise<boolean> {
  if (facts.length === 0) return false;
  await lockAlerts(trx);
  const at = context.now();
  const set = ruleSet(context);
  const before = await lastFacts<Fact>(trx, facts.map(scopeOf));
  const other = facts.filter((fact) => !isKnown(before.get(scopeOf(fact)), fact));
  for (const fact of other) await addFact(trx, scopeOf(fact), fact, at);
  const looked = again ? facts : other;
  if (looked.length === 0) return false;
  const known = await loadAlerts(trx, { scopes: looked.map(scopeOf) });
  let changed = false;
  for (const fact of looked) {
    const scope = scopeOf(fact);
    const { alerts, steps } = stepAll(
      set.rules,
      fact,
      known.filter((alert) => alert.scope === scope),
      at,
    );
    for (const alert of alerts) await saveAlert(trx, alert);
    await addAlertSteps(trx, steps);
    changed ||= steps.length > 0;
    for (const { alert, kind, why } of steps) context.log.info({ alert, kind, why }, 'alert');
  }
  return changed && (await tellDue(trx, context));
}

const isKnown = (before: Fact | undefined, fact: Fact): boolean =>
  before === undefined ? isNothing(fact) : sameFact(before, fact);

/** That nothing is wrong with what nothing was known of is not worth keeping. */
const isNothing = (fact: Fact): boolean =>
  (fact.about === 'job' && fact.failures === 0) || (fact.about === 'candidate' && fact.decided);

/** Tells of alerts whose time has come, within the caller's transaction. @returns whether there is something to deliver */
export async function tellDue(trx: Db, context: AlertContext): Promise<boolean> {
  await lockAlerts(trx);
  const at = context.now();
  const due = await dueAlerts(trx, at);
  if (due.length === 0) return false;
  const { rules, ...set } = ruleSet(context);
  const told = tell(due, {
    at,
    ...set,
    rules: new Map(rules.map((rule) => [rule.id, rule])),
    ...(await besideDue(trx, due)),
  });
  for (const alert of told.alerts) await saveAlert(trx, alert);
  await addAlertSteps(trx, told.steps);
  for (const { notice, channels } of told.notices) {
    await addNotice(trx, notice, channels, at);
    context.log.info({ notice: notice.id, kind: notice.kind, alerts: notice.details.count, channels }, 'alert told');
  }
  return told.notices.some(({ channels }) => channels.length > 0);
}

/**
 * A print of all by which alerts are made and their next steps are timed: another one, and everything is held against the rules again.
 * Channels are not in it: where news goes is decided when it is told.
 */
export function rulesPrint(context: Pick<AlertContext, 'setup'>): string {
  const { rules, quietHours, zone } = ruleSet(context);
  return bare({ rules, quietHours, zone });
}
