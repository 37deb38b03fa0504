import { type Alert, alertNews } from '../../core/alert.js';
import { safeLine } from '../../core/terminal.js';
import { dayOf, formatTime } from '../../core/time.js';
import { fitted, wrap } from '../../reports/text-width.js';
import { type Counts, type DryRun, noCounts } from './alerts-dry-run.js';

const width = 80;
/** Notices that are shown; the rest is counted. */
const shown = 20;
const number = (value: number): string => value.toLocaleString('en-US');
const plural = (count: number, one: string): string => `${number(count)} ${one}${count === 1 ? '' : 's'}`;
const when = (at: number): string => formatTime(at).slice(0, 16).replace('T', ' ');

/** Alerts, two lines each; 80 columns. */
export function alertsText(alerts: readonly Alert[], all: boolean): string {
  if (alerts.length === 0) return all ? 'There was no alert.\n' : 'No alert is open.\n';
  return alerts
    .flatMap((alert) => [
      `${when(alert.openedAt)}Z  ${stateOf(alert)}, ${alert.severity}, ${safeLine(alert.rule)}, ${told(alert)}`,
      ...wrap(safeLine(alert.title), width - 4).map((line) => `    ${line}`),
      `    ${alert.id}`,
    ])
    .map((line) => `${fitted(line, width).trimEnd()}\n`)
    .join('');
}

const stateOf = ({ state, acknowledgedBy, times }: Alert): string =>
  (state === 'acknowledged'
    ? `taken by ${safeLine(acknowledgedBy ?? 'somebody')}`
    : state === 'open'
      ? 'open'
      : 'over') + (times > 1 ? ` (opened ${number(times)} times)` : '');

const told = ({ notices, inhibitedBy }: Alert): string =>
  inhibitedBy !== null ? 'not told: another stands for it' : notices === 0 ? 'not told yet' : plural(notices, 'notice');

/** What the replay cannot know, for whoever decides by it. */
function limits({ first, from, zone }: DryRun): string[] {
  const known = first === undefined ? undefined : dayOf(first, zone);
  return [
    known === undefined
      ? 'Nothing is kept that rules could be tried on: the service keeps it from its first data on.'
      : `What rules ask is kept since ${known}${from < (first ?? from) ? '; nothing is known of the days before' : ''}. What retention.history removed is missing.`,
    'Findings, verdicts, risk and groups are as they were judged then, by the register, catalog and people of that time.',
    'What no rule, the usual list or an administrator made worth keeping (grants) was not kept. That a candidate was decided or a grant taken back is known where an alert about it was open.',
    'Somebody took an alert where the same rule made the same one; alerts that only other rules make stay open until they are over.',
  ];
}

const heads = ['opened', 'remind', 'escal.', 'taken', 'over'];
const cells = (counts: Counts): string => alertNews.map((news) => number(counts[news]).padStart(8)).join('');

/** For people, 80 columns. */
export function dryRunText(dry: DryRun): string {
  const { rules, zone, facts, notices, untaken, byRule, byDay, kept, waiting, from, until } = dry;
  const nameWidth = width - 8 * heads.length;
  const row = (name: string, counts: string): string => `${fitted(safeLine(name), nameWidth)}${counts}`;
  const head = heads.map((one) => one.padStart(8)).join('');
  const lines = [
    ...wrap(
      `${plural(rules.length, 'rule')} held against ${plural(facts, 'kept fact')}, ${dayOf(from, zone)} to ${dayOf(until, zone)} (${zone}): ${plural(notices, 'notice')} would have been told. Nothing was told or changed.`,
      width,
    ),
    ...(untaken > 0 ? wrap(`${number(untaken)} of them to nobody: no channel takes them.`, width) : []),
    ...(waiting === undefined
      ? []
      : wrap(
          `${plural(waiting.alerts, 'more alert')} ${waiting.alerts === 1 ? 'waits' : 'wait'} for the end of quiet hours or for others of the group, the first until ${when(waiting.next)}Z.`,
          width,
        )),
    '',
    row('rule', head),
    ...[...byRule].map(([rule, counts]) => row(rule, cells(counts))),
  ];
  if (byDay.size > 0) {
    lines.push('', row('day and rule', head));
    for (const [day, ofDay] of byDay)
      for (const rule of rules.filter((id) => ofDay.has(id)))
        lines.push(row(`${day}  ${rule}`, cells(ofDay.get(rule) ?? noCounts())));
    lines.push('', 'The first of them (UTC):');
    for (const { notice, channels } of kept.slice(0, shown)) {
      const where = channels.length === 0 ? 'nobody' : channels.map(safeLine).join(', ');
      const text = `${when(notice.at)}  ${safeLine(notice.title)} (to ${where})`;
      lines.push(...wrap(text, width - 4).map((line, at) => `${at === 0 ? '  ' : '    '}${line}`));
    }
    if (notices > shown) lines.push(`  and ${number(notices - shown)} more (--json has up to 1,000)`);
  }
  lines.push('', 'What this cannot know:');
  for (const limit of limits(dry))
    lines.push(...wrap(limit, width - 4).map((line, at) => `${at === 0 ? '  - ' : '    '}${line}`));
  return lines.map((line) => `${line.trimEnd()}\n`).join('');
}

/** For `--json`. */
export const dryRunJson = (dry: DryRun): object => ({
  since: dry.from,
  until: dry.until,
  zone: dry.zone,
  facts: dry.facts,
  facts_since: dry.first ?? null,
  notices_total: dry.notices,
  notices_to_nobody: dry.untaken,
  waiting: dry.waiting ?? null,
  by_rule: Object.fromEntries(dry.byRule),
  by_day: Object.fromEntries([...dry.byDay].map(([day, counts]) => [day, Object.fromEntries(counts)])),
  notices: dry.kept.map(({ notice, channels }) => ({ ...notice, channels })),
  limits: limits(dry),
});
