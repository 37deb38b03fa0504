import { sql } from 'kysely';
import type { LinkTarget } from '../core/acknowledge-link.js';
import type { Alert, AlertState, AlertStep, RuleKind } from '../core/alert.js';
import { acknowledged } from '../rules/step.js';
import type { AlertTable } from './alert-tables.js';
import { appendAudit } from './audit.js';
import type { Db } from './tables.js';
import { json, text } from './values.js';

// Alerts as they are kept. Whoever changes one holds a lock for the rest of the transaction: an alert may be told together with others,
// and stand for others.

/** Holds others that change alerts off for the rest of the transaction. */
export async function lockAlerts(trx: Db): Promise<void> {
  await sql`select pg_advisory_xact_lock(hashtext('halflight alerts'))`.execute(trx);
}

/** What is wanted of `loadAlerts`; absent parts mean all. */
export interface AlertChoice {
  ids?: readonly string[] | undefined;
  states?: readonly AlertState[] | undefined;
  scopes?: readonly string[] | undefined;
  kinds?: readonly RuleKind[] | undefined;
  service?: string | undefined;
  rule?: string | undefined;
  thread?: string | undefined;
  limit?: number | undefined;
}

/** Alerts, those that were opened last first. */
export async function loadAlerts(
  db: Db,
  { ids, states, scopes, kinds, service, rule, thread, limit }: AlertChoice = {},
): Promise<Alert[]> {
  let query = db.selectFrom('alert').selectAll().orderBy('opened_at', 'desc').orderBy('id');
  if (ids !== undefined) query = query.where('id', '=', sql<string>`any(${[...ids]}::text[])`);
  if (states !== undefined) query = query.where('state', 'in', states);
  if (scopes !== undefined) query = query.where('scope', '=', sql<string>`any(${scopes.map(text)}::text[])`);
  if (kinds !== undefined) query = query.where('kind', 'in', kinds);
  if (service !== undefined) query = query.where('service', '=', service);
  if (rule !== undefined) query = query.where('rule', '=', rule);
  if (thread !== undefined) query = query.where('thread', '=', thread);
  if (limit !== undefined) query = query.limit(limit);
  return (await query.execute()).map(alertOf);
}

export const alertOf = (row: AlertTable): Alert => ({
  id: row.id,
  rule: row.rule,
  kind: row.kind,
  subject: row.subject,
  scope: row.scope,
  service: row.service,
  source: row.source,
  state: row.state,
  severity: row.severity,
  title: row.title,
  text: row.text,
  details: row.details,
  openedAt: row.opened_at,
  changedAt: row.changed_at,
  acknowledgedAt: row.acknowledged_at,
  acknowledgedBy: row.acknowledged_by,
  acknowledgedWhy: row.acknowledged_why,
  resolvedAt: row.resolved_at,
  times: row.times,
  thread: row.thread,
  toldAt: row.told_at,
  channels: row.channels,
  reminders: row.reminders,
  escalations: row.escalations,
  notices: row.notices,
  lastNotice: row.last_notice,
  inhibitedBy: row.inhibited_by,
  pending: row.pending,
  nextAt: row.next_at,
});

/** Keeps an alert as it is now. Part of the caller's transaction, under the lock. */
export async function saveAlert(trx: Db, alert: Alert): Promise<void> {
  const { id, rule, kind, subject, scope, service, source, state, severity } = alert;
  const row = {
    rule,
    kind,
    subject: text(subject),
    scope: text(scope),
    service,
    source,
    state,
    severity,
    title: text(alert.title),
    text: text(alert.text),
    details: json(alert.details) as unknown as Record<string, unknown>,
    opened_at: alert.openedAt,
    changed_at: alert.changedAt,
    acknowledged_at: alert.acknowledgedAt,
    acknowledged_by: alert.acknowledgedBy,
    acknowledged_why: alert.acknowledgedWhy,
    resolved_at: alert.resolvedAt,
    times: alert.times,
    thread: alert.thread,
    told_at: alert.toldAt,
    channels: json(alert.channels) as unknown as string[],
    reminders: alert.reminders,
    escalations: alert.escalations,
    notices: alert.notices,
    last_notice: alert.lastNotice,
    inhibited_by: alert.inhibitedBy,
    pending: json(alert.pending) as unknown as AlertTable['pending'],
    next_at: alert.nextAt,
  };
  await trx
    .insertInto('alert')
    .values({ id, ...row })
    .onConflict((conflict) => conflict.column('id').doUpdateSet(row))
    .execute();
}

/** Adds steps to the history of alerts that are kept. */
export async function addAlertSteps(trx: Db, steps: readonly AlertStep[]): Promise<void> {
  if (steps.length === 0) return;
  await trx
    .insertInto('alert_history')
    .values(
      steps.map(({ alert, at, kind, why, who, notice }) => ({
        alert_id: alert,
        at,
        kind,
        why: text(why).slice(0, 1000),
        who: who === undefined ? null : text(who),
        notice_id: notice ?? null,
      })),
    )
    .execute();
}

/** The history of an alert, oldest first. */
export async function loadAlertHistory(db: Db, id: string): Promise<AlertStep[]> {
  const rows = await db.selectFrom('alert_history').selectAll().where('alert_id', '=', id).orderBy('id').execute();
  return rows.map((row) => ({
    alert: row.alert_id,
    at: row.at,
    kind: row.kind,
    why: row.why,
    who: row.who ?? undefined,
    notice: row.notice_id ?? undefined,
  }));
}

/** All acknowledgements up to an instant, in their order. `until`: milliseconds since 1970. */
export async function loadAcknowledgements(
  db: Db,
  until: number,
): Promise<{ alert: string; at: number; who: string; why: string }[]> {
  const rows = await db
    .selectFrom('alert_history')
    .select(['alert_id', 'at', 'who', 'why'])
    .where('kind', '=', 'acknowledged')
    .where('at', '<=', until)
    .orderBy('at')
    .orderBy('id')
    .execute();
  return rows.map(({ alert_id: alert, at, who, why }) => ({ alert, at, who: who ?? '', why }));
}

/** Who takes note of an alert, and why. `at`: milliseconds since 1970. */
export interface Acknowledgement {
  who: string;
  why: string;
  at: number;
}

/** What became of an acknowledgement: `already` also says that it is over; `unknown`: nothing is kept of it. */
export type Acknowledged = 'acknowledged' | 'already' | 'unknown';

/**
 * Takes note of an open alert: reminders and escalations end, and where it was told the next round says who has it. Twice is the same
 * as once. In the caller's transaction, or in one of its own; recorded in the audit log.
 */
export async function acknowledgeAlert(db: Db, ack: Acknowledgement & { alert: string }): Promise<Acknowledged> {
  if (!db.isTransaction) return db.transaction().execute((trx) => acknowledgeAlert(trx, ack));
  await lockAlerts(db);
  const [alert] = await loadAlerts(db, { ids: [ack.alert] });
  if (alert === undefined) return 'unknown';
  return acknowledge(db, alert, ack);
}

/**
 * Takes note of what a link in a message is about, as `acknowledgeAlert` does of one: an alert as it was opened then, or all that were told
 * together. What is over and began again since is `unknown` to the link: nobody who pressed it knew of that.
 */
export async function acknowledgeLinked(db: Db, target: LinkTarget, ack: Acknowledgement): Promise<Acknowledged> {
  if (!db.isTransaction) return db.transaction().execute((trx) => acknowledgeLinked(trx, target, ack));
  await lockAlerts(db);
  const told =
    'alert' in target
      ? (await loadAlerts(db, { ids: [target.alert] })).filter(({ times }) => times === target.times)
      : // What began again keeps its thread until it is told anew.
        (await loadAlerts(db, { rule: target.rule, thread: target.thread })).filter(({ toldAt }) => toldAt !== null);
  if (told.length === 0) return 'unknown';
  const outcomes: Acknowledged[] = [];
  for (const alert of told) outcomes.push(await acknowledge(db, alert, ack));
  return outcomes.includes('acknowledged') ? 'acknowledged' : 'already';
}

/**
 * Takes note of all open alerts about a service, as `acknowledgeAlert` does of one: a decision on the service answers them all.
 * @returns ids of the alerts that were open, in their order
 */
export async function acknowledgeFor(db: Db, ack: Acknowledgement & { service: string }): Promise<string[]> {
  if (!db.isTransaction) return db.transaction().execute((trx) => acknowledgeFor(trx, ack));
  await lockAlerts(db);
  const open = await loadAlerts(db, { service: ack.service, states: ['open'] });
  for (const alert of open) await acknowledge(db, alert, ack);
  return open.map(({ id }) => id).sort((a, b) => (a < b ? -1 : 1));
}

async function acknowledge(trx: Db, alert: Alert, { who, why, at }: Acknowledgement): Promise<Acknowledged> {
  if (alert.state !== 'open') return 'already';
  await saveAlert(trx, acknowledged(alert, { who: text(who), why: text(why).slice(0, 1000), at }));
  await addAlertSteps(trx, [{ alert: alert.id, at, kind: 'acknowledged', why, who }]);
  await appendAudit(trx, {
    at,
    who,
    action: 'alert.acknowledged',
    subject: alert.id,
    details: { rule: alert.rule, about: alert.subject, why },
  });
  return 'acknowledged';
}

/**
 * Alerts that are due, with all of the same rules that have news waiting: what is told together is decided together. `at`: milliseconds
 * since 1970.
 */
export async function dueAlerts(trx: Db, at: number): Promise<Alert[]> {
  const { rows } = await sql<AlertTable>`
    select * from alert where next_at <= ${at}
      or (next_at is not null and pending <> '[]' and rule in (select rule from alert where next_at <= ${at}))
    order by opened_at, id`.execute(trx);
  return rows.map(alertOf);
}

/** Makes every alert due that time alone may change, so that it is timed anew. `at`: milliseconds since 1970. */
export async function lookSoon(trx: Db, at: number): Promise<void> {
  await lockAlerts(trx);
  await sql`update alert set next_at = ${at}
    where (next_at is null or next_at > ${at}) and (pending <> '[]' or (state = 'open' and told_at is not null))`.execute(
    trx,
  );
}

/** What deciding about due alerts needs beside them. */
export async function besideDue(
  trx: Db,
  due: readonly Alert[],
): Promise<{ standing: Alert[]; mates: Alert[]; lastTold: Map<string, number> }> {
  const of = (key: 'service' | 'source' | 'thread' | 'rule'): string[] => [
    ...new Set(due.flatMap((alert) => alert[key] ?? [])),
  ];
  const standing = await sql<AlertTable>`
    select * from alert where state <> 'resolved'
      and (service = any(${of('service')}::text[]) or source = any(${of('source')}::text[])) order by id`.execute(trx);
  const mates =
    await sql<AlertTable>`select * from alert where thread = any(${of('thread')}::text[]) order by id`.execute(trx);
  const told = await sql<{ rule: string; at: number }>`
    select rule, max(told_at) as at from alert where rule = any(${of('rule')}::text[]) and told_at is not null
    group by rule`.execute(trx);
  return {
    standing: standing.rows.map(alertOf),
    mates: mates.rows.map(alertOf),
    lastTold: new Map(told.rows.map(({ rule, at }) => [rule, at])),
  };
}

/** When the next alert is due; undefined: time alone changes nothing. */
export async function nextAlert(db: Db): Promise<number | undefined> {
  const row = await db
    .selectFrom('alert')
    .select((eb) => eb.fn.min('next_at').as('at'))
    .executeTakeFirst();
  return row?.at ?? undefined;
}
