import { createHash } from 'node:crypto';
import type { Alert, AlertNews } from '../core/alert.js';
import type { Notice } from '../core/notice.js';
import { formatTime } from '../core/time.js';
import type { Rule } from './situation.js';

/** Of alerts that are told together so many are named in the text, and so many by their ids. */
const [named, listed] = [8, 500];

/** The subject of all notices of an alert that was told by itself. */
export const threadOf = (id: string): string => `alert/${id}`;

/** The subject of all notices of alerts that were told together. */
export const groupThread = (rule: string, alerts: readonly Alert[]): string => `alerts/${rule}/${print(alerts)}`;

/** The same alerts, opened as often: the same print. */
const print = (alerts: readonly Alert[]): string =>
  createHash('sha256')
    .update(JSON.stringify(alerts.map(({ id, times }) => [id, times]).sort()))
    .digest('hex')
    .slice(0, 24);

/**
 * The notice of news of one alert, or of several of one rule. `open`: how many told under the same thread still go on (or wait for
 * somebody to acknowledge them, where that is the news). The same news has the same id.
 */
export function alertNotice({
  news,
  alerts,
  rule,
  thread,
  open,
  at,
}: {
  news: AlertNews;
  alerts: readonly Alert[];
  rule: Rule;
  thread: string;
  open: number;
  at: number;
}): Notice {
  const [first] = alerts;
  const turn = news === 'reminded' ? first?.reminders : news === 'escalated' ? first?.escalations : 0;
  const one = alerts.length === 1 ? first : undefined;
  return {
    id: `n_${createHash('sha256')
      .update(`alert\u0000${news}\u0000${turn}\u0000${print(alerts)}`)
      .digest('hex')
      .slice(0, 32)}`,
    kind: `alert.${news}`,
    at,
    title: one === undefined ? groupTitle(news, alerts) : `${prefixes[news]}${one.title}`,
    text: one === undefined ? groupText(alerts) : textOf(news, one),
    subject: thread,
    severity: news === 'resolved' || news === 'acknowledged' ? 'info' : rule.severity,
    details: {
      ...(one === undefined ? shared(alerts) : { ...one.details, alert: one.id, times: one.times }),
      alerts: alerts.slice(0, listed).map(({ id }) => id),
      count: alerts.length,
      rule: rule.id,
      rule_kind: rule.kind,
      still_open: open,
    },
  };
}

const prefixes: Readonly<Record<AlertNews, string>> = {
  opened: '',
  reminded: 'Still open: ',
  escalated: 'Nobody took it yet: ',
  acknowledged: 'Taken: ',
  resolved: 'Over: ',
};

function textOf(news: AlertNews, alert: Alert): string {
  const since = formatTime(alert.openedAt);
  switch (news) {
    case 'opened':
      return alert.resolvedAt !== null && alert.state === 'resolved'
        ? `${alert.text} It was so from ${since} to ${formatTime(alert.resolvedAt)}.`
        : alert.text;
    case 'reminded':
    case 'escalated':
      return `Open since ${since}, and nobody acknowledged it. ${alert.text}`;
    case 'acknowledged':
      return `${whoHas(alert)} has it: ${alert.acknowledgedWhy ?? 'no reason given'}`;
    case 'resolved':
      return `It was so from ${since} on${alert.acknowledgedBy === null ? '' : `; ${whoHas(alert)} had it`}.`;
  }
}

/** A name as people read it: how it is known (`link:`, `cli:`) is for the audit log. */
const whoHas = ({ acknowledgedBy }: Alert): string => (acknowledgedBy ?? 'Somebody').replace(/^[a-z]{2,10}:(?=.)/, '');

function groupTitle(news: AlertNews, alerts: readonly Alert[]): string {
  const [first] = alerts;
  return `${prefixes[news]}${alerts.length} alerts: ${first?.title ?? ''}, and ${alerts.length - 1} more`;
}

function groupText(alerts: readonly Alert[]): string {
  // Short, so that all that are named fit into the line of a channel.
  const lines = alerts.slice(0, named).map(({ title }) => (title.length > 60 ? `${title.slice(0, 59)}…` : title));
  const more = alerts.length - named;
  return `${lines.join('; ')}${more > 0 ? `; and ${more} more: halflight alert list` : ''}.`;
}

/** What alerts that are told together have in common. */
function shared(alerts: readonly Alert[]): Readonly<Record<string, unknown>> {
  const ways = new Set(alerts.map(({ details }) => details.way));
  const services = [...new Set(alerts.flatMap(({ service }) => service ?? []))];
  return { ...(ways.size === 1 && { way: [...ways][0] }), services: services.slice(0, listed) };
}
