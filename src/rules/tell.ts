import { isDeepStrictEqual } from 'node:util';
import type { Alert, AlertNews, AlertStep, PendingNews } from '../core/alert.js';
import type { Notice } from '../core/notice.js';
import { alertNotice, groupThread, threadOf } from './notice.js';
import { quietUntil } from './quiet.js';
import type { Rule } from './situation.js';
import { ends } from './step.js';
import { Threads } from './threads.js';

/** What telling goes by, beside the alerts themselves. */
export interface TellContext {
  /** Milliseconds since 1970. */
  at: number;
  zone: string;
  rules: ReadonlyMap<string, Rule>;
  /** Quiet hours of rules without their own. */
  quietHours: Rule['quiet_hours'];
  /** Channels and the kinds of notices that each takes. */
  channels: readonly { id: string; notices: readonly string[] }[];
  /** Alerts that are not over, as far as they may stand for one of those to tell. */
  standing: readonly Alert[];
  /** Alerts that were told under the same threads as those to tell. */
  mates: readonly Alert[];
  /** When a rule last told new alerts. */
  lastTold: ReadonlyMap<string, number>;
}

export interface Told {
  /** Alerts that are other than before. */
  alerts: Alert[];
  notices: { notice: Notice; channels: string[] }[];
  steps: AlertStep[];
}

/**
 * Decides of alerts that are due what is told now, and when to look at each again: reminders and escalations whose time has come, quiet
 * hours, groups, and alerts that stand for others. Whatever is news ends sent, waiting with a time, or with a reason why not in the
 * history. The same state at the same time gives the same notices with the same ids.
 *
 * `due`: alerts whose time has come, with all of the same rules that have news waiting.
 */
export function tell(due: readonly Alert[], context: TellContext): Told {
  const told: Told = { alerts: [], notices: [], steps: [] };
  const before = new Map(due.map((alert) => [alert.id, alert]));
  const now = new Map(before);
  const ready: Ready[] = [];
  const put = (alert: Alert): void => void now.set(alert.id, alert);

  const live = due.flatMap((alert) => {
    const rule = context.rules.get(alert.rule);
    if (rule === undefined) {
      const { alert: ended, steps } = orphan(alert, context.at);
      put(ended);
      told.steps.push(...steps);
      return [];
    }
    const by = inhibitor(alert, rule, context);
    const { alert: timed, steps } = by === undefined ? free(alert, rule, context.at) : held(alert, by, context.at);
    put(timed);
    told.steps.push(...steps);
    return [{ alert: timed, rule, free: by === undefined }];
  });

  const groupDue = groupTimes(live, context);
  for (const { alert, rule, free: mayTell } of live) {
    let [nextAt, blocked]: [number | null, boolean] = [null, false];
    let turn = 0;
    for (const [place, item] of alert.pending.entries()) {
      const opens = item.news === 'opened';
      if (opens) turn++;
      // Of one that was told before another stood for it, the end is told all the same.
      const hidden = !mayTell && (opens || alert.toldAt === null || item.news !== 'resolved');
      const from = opens ? (groupDue.get(rule.id) ?? item.at) : item.at;
      const until = later(from, quietEnd(rule, Math.max(from, context.at), context));
      if (blocked || hidden || until > context.at) {
        // What comes after waits, too: news of one alert are told in their order.
        if (!blocked) nextAt = hidden ? item.at : until;
        blocked = true;
      } else ready.push({ alert, item, turn, times: timesOf(alert, place), key: keyOf(alert, rule, item) });
    }
    put({ ...alert, nextAt: earliest(nextAt, blocked ? null : nextStep(alert, rule)) });
  }

  const threads = new Threads([...context.mates, ...now.values()]);
  for (const batch of batches(ready)) emit(batch, now, threads, context, told);
  told.alerts = [...now.values()].filter((alert) => {
    return !isDeepStrictEqual(before.get(alert.id), alert);
  });
  return told;
}

const later = (a: number, b: number | undefined): number => (b === undefined ? a : Math.max(a, b));
const earliest = (a: number | null, b: number | null): number | null =>
  a === null ? b : b === null ? a : Math.min(a, b);

/** The rule is gone: so is what it made, and it is said why. */
function orphan(alert: Alert, at: number): { alert: Alert; steps: AlertStep[] } {
  const why = `The rule ${alert.rule} is no longer in the configuration.`;
  const over = { ...alert, pending: [], nextAt: null };
  const steps: AlertStep[] = alert.pending.map(({ news }) => ({
    alert: alert.id,
    at,
    kind: 'dropped',
    why: `${news} was not told: ${why}`,
  }));
  if (alert.state === 'resolved') return { alert: over, steps };
  const { alert: ended, step } = ends(over, at, why);
  return { alert: { ...ended, pending: [], nextAt: null }, steps: [...steps, step] };
}

/** The alert that stands for this one, in words. */
function inhibitor(alert: Alert, rule: Rule, { standing }: TellContext): string | undefined {
  const by = standing.find(
    (other) =>
      other.id !== alert.id &&
      other.state !== 'resolved' &&
      rule.silenced_by.includes(other.rule) &&
      ((other.service !== null && other.service === alert.service) ||
        (other.source !== null && other.source === alert.source)),
  );
  return by && `${by.rule} stands for it (${by.id})`;
}

function held(alert: Alert, by: string, at: number): { alert: Alert; steps: AlertStep[] } {
  const steps: AlertStep[] = [];
  if (alert.inhibitedBy !== by && alert.state !== 'resolved')
    steps.push({ alert: alert.id, at, kind: 'inhibited', why: `Not told: ${by}.` });
  // Over before it was told: the other one was told in its place.
  if (alert.state === 'resolved' && alert.toldAt === null) {
    steps.push({ alert: alert.id, at, kind: 'dropped', why: `Over before it was told: ${by}.` });
    return { alert: { ...alert, inhibitedBy: by, pending: [], nextAt: null }, steps };
  }
  return { alert: { ...alert, inhibitedBy: by }, steps };
}

/** Adds what time brings to an alert that is open and was told: reminders, escalations. Missed ones are made up for by one. */
function free(alert: Alert, rule: Rule, at: number): { alert: Alert; steps: AlertStep[] } {
  const pending = [...alert.pending];
  let { reminders, escalations } = alert;
  if (alert.state === 'open' && alert.toldAt !== null) {
    const passed = at - alert.toldAt;
    const level = rule.escalate.filter(({ after }) => after <= passed).length;
    // One that waits for the morning says it for all that came since.
    const waits = (news: AlertNews): boolean => pending.some((item) => item.news === news);
    if (level > escalations) {
      escalations = level;
      if (!waits('escalated')) pending.push({ news: 'escalated', at });
    }
    const times = rule.remind === undefined ? 0 : Math.min(rule.remind.times, Math.floor(passed / rule.remind.every));
    if (times > reminders) {
      reminders = times;
      if (!waits('reminded')) pending.push({ news: 'reminded', at });
    }
  }
  return { alert: { ...alert, inhibitedBy: null, pending, reminders, escalations }, steps: [] };
}

/** When time alone changes something next. */
function nextStep({ state, toldAt, reminders, escalations }: Alert, rule: Rule): number | null {
  if (state !== 'open' || toldAt === null) return null;
  const level = [...rule.escalate].sort((a, b) => a.after - b.after)[escalations];
  const reminds = rule.remind !== undefined && reminders < rule.remind.times;
  return earliest(
    level === undefined ? null : toldAt + level.after,
    reminds ? toldAt + (reminders + 1) * (rule.remind?.every ?? 0) : null,
  );
}

/** When the new alerts of a rule that groups them are told. */
function groupTimes(
  live: readonly { alert: Alert; rule: Rule; free: boolean }[],
  { lastTold }: TellContext,
): Map<string, number> {
  const times = new Map<string, number>();
  const first = new Map<string, number>();
  for (const { alert, rule, free: mayTell } of live)
    for (const { news, at } of alert.pending)
      if (mayTell && news === 'opened') first.set(rule.id, Math.min(first.get(rule.id) ?? at, at));
  for (const { rule } of live) {
    const [since, last] = [first.get(rule.id), lastTold.get(rule.id)];
    if (since === undefined || !groups(rule)) continue;
    times.set(rule.id, Math.max(since + rule.group.wait, last === undefined ? since : last + rule.group.within));
  }
  return times;
}

/** Whether new alerts of a rule are told together. */
export const groups = ({ group }: Rule): boolean => group.wait > 0 || group.within > 0;

function quietEnd(rule: Rule, at: number, { quietHours, zone }: TellContext): number | undefined {
  if (rule.severity === 'high' && rule.break_through) return undefined;
  return quietUntil(rule.quiet_hours ?? quietHours ?? [], at, zone);
}

/** What is told together. */
function keyOf(alert: Alert, rule: Rule, { news }: PendingNews): string {
  if (news === 'opened') return groups(rule) ? `opened ${rule.id}` : `opened ${alert.id}`;
  return `${news} ${alert.thread ?? alert.id} ${news === 'escalated' ? alert.escalations : ''}`;
}

interface Ready {
  alert: Alert;
  item: PendingNews;
  /** How many beginnings wait up to here: one that ended and began again while it waited is told in that order. */
  turn: number;
  /** How often it was opened when this was news. */
  times: number;
  key: string;
}

const timesOf = ({ times, pending }: Alert, place: number): number =>
  times - pending.slice(place + 1).filter(({ news }) => news === 'opened').length;

/** In the order in which news of an alert are told: one that ended before it was told is told to have begun first. */
function batches(ready: readonly Ready[]): Ready[][] {
  const byKey = new Map<string, Ready[]>();
  for (const turn of [...new Set(ready.map((one) => one.turn))].sort((a, b) => a - b))
    for (const news of ['opened', 'escalated', 'reminded', 'acknowledged', 'resolved'] satisfies AlertNews[])
      for (const one of ready) {
        if (one.turn !== turn || one.item.news !== news) continue;
        const key = `${turn} ${one.key}`;
        const batch = byKey.get(key);
        if (batch === undefined) byKey.set(key, [one]);
        else batch.push(one);
      }
  return [...byKey.values()];
}

/** Makes the notice of a batch, and notes it on each of its alerts. */
function emit(
  batch: readonly Ready[],
  now: Map<string, Alert>,
  threads: Threads,
  context: TellContext,
  told: Told,
): void {
  const [first] = batch;
  const rule = first && context.rules.get(first.alert.rule);
  if (first === undefined || rule === undefined) return;
  const { news } = first.item;
  const alerts = batch.map(({ alert }) => now.get(alert.id) ?? alert);
  const wanted = channelsFor(news, alerts, rule, context);
  const channels = context.channels
    .filter(({ id, notices }) => wanted.has(id) && notices.includes(`alert.${news}`))
    .map(({ id }) => id);
  const [head] = alerts;
  const own = threadOf(first.alert.id);
  const opened = alerts.length === 1 ? own : groupThread(rule.id, alerts);
  const thread = news === 'opened' ? opened : (head?.thread ?? own);
  const mates = threads.of(thread).map((mate) => now.get(mate.id) ?? mate);
  const open = mates.filter(
    (mate) => mate.thread === thread && (news === 'acknowledged' ? mate.state === 'open' : mate.state !== 'resolved'),
  ).length;
  const silent = news === 'resolved' && !rule.resolved;
  // The end of the time before has another id than the end of this one.
  const then = alerts.map((alert, place) => ({ ...alert, times: batch[place]?.times ?? alert.times }));
  const notice = alertNotice({ news, alerts: then, rule, thread, open, at: context.at });
  if (!silent) told.notices.push({ notice, channels });
  for (const alert of alerts) {
    const pending = [...alert.pending];
    pending.splice(
      pending.findIndex((item) => item.news === news),
      1,
    );
    const next: Alert = {
      ...alert,
      pending,
      thread,
      channels:
        news === 'opened' || news === 'escalated' ? [...new Set([...alert.channels, ...channels])] : alert.channels,
      toldAt: news === 'opened' ? context.at : alert.toldAt,
      ...(!silent && { notices: alert.notices + 1, lastNotice: notice.id }),
    };
    now.set(alert.id, { ...next, nextAt: pending.length > 0 ? next.nextAt : nextStep(next, rule) });
    threads.add(next);
    told.steps.push({
      alert: alert.id,
      at: context.at,
      kind: silent ? 'dropped' : 'told',
      why: silent ? 'The rule does not tell that an alert is over.' : toldWords(news, alerts.length, channels),
      ...(!silent && { notice: notice.id }),
    });
  }
}

function channelsFor(news: AlertNews, alerts: readonly Alert[], rule: Rule, { channels }: TellContext): Set<string> {
  const route = rule.channels ?? channels.map(({ id }) => id);
  if (news === 'opened' || news === 'reminded') return new Set(route);
  const told = new Set(alerts.flatMap((alert) => alert.channels));
  if (news !== 'escalated') return told;
  const level = Math.max(...alerts.map(({ escalations }) => escalations));
  const steps = [...rule.escalate].sort((a, b) => a.after - b.after).slice(0, level);
  // Who was told already is told again only where the step names nobody else.
  const others = steps.flatMap((step) => step.channels).filter((id) => !told.has(id));
  return new Set(others.length > 0 ? others : steps.at(-1)?.channels);
}

const toldWords = (news: AlertNews, alerts: number, channels: readonly string[]): string => {
  const where = channels.length === 0 ? 'no channel takes it' : `to ${channels.join(', ')}`;
  return `${news}: ${where}${alerts > 1 ? `, together with ${alerts - 1} more` : ''}`;
};
