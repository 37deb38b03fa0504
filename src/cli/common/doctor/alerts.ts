import { type AlertsConfig, type QuietConfig, type RuleConfig, weekDays } from '../../../config/alerts.js';
import { formatDuration } from '../../../config/units.js';
import type { Check } from '../../../core/check.js';
import { zoneOffset } from '../../../core/time.js';
import type { ServiceSetup } from '../../../jobs/setup.js';
import { quietUntil } from '../../../rules/quiet.js';
import { ok, warning } from './bounded.js';

type Setup = Pick<ServiceSetup, 'alerts' | 'channels' | 'zone'>;

/** The rules of alerts that hold: what each looks for, whom it tells, and when not. `now`: milliseconds since 1970. */
export function checkRules({ alerts, channels, zone }: Setup, written: boolean, now: number): Check[] {
  const takers = channels.filter(({ notices }) => notices.includes('alert.opened')).map(({ id }) => id);
  const { rules } = alerts;
  const whose = written ? 'of the configuration' : 'that hold where none are written';
  const counted = `${rules.length} rule${rules.length === 1 ? '' : 's'} ${whose}`;
  if (rules.length === 0) return [ok('alerts', 'off: the configuration has an empty list of rules')];
  if (takers.length === 0)
    return [
      warning('alerts', `${counted}, and no channel takes alerts: nobody is told`, 'Add a channel to channels.'),
      ...rules.map((rule) => ok(nameOf(rule), ruleText(rule, [], alerts, zone, now))),
    ];
  return [
    ok('alerts', counted),
    ...rules.map((rule) => {
      const told = (rule.channels ?? takers).filter((id) => takers.includes(id));
      const text = ruleText(rule, told, alerts, zone, now);
      return told.length > 0
        ? ok(nameOf(rule), text)
        : warning(nameOf(rule), text, 'Name channels in it that take alert.opened.');
    }),
  ];
}

const nameOf = ({ id }: RuleConfig): string => `alert rule ${id}`;

function ruleText(
  rule: RuleConfig,
  told: readonly string[],
  { quiet_hours: usual, sensitive_groups: sensitive }: AlertsConfig,
  zone: string,
  now: number,
): string {
  const { kind, severity, remind, escalate, group, silenced_by: by, resolved } = rule;
  const groups = kind === 'sensitive-group' && rule.when.groups === undefined ? sensitive : rule.when.groups;
  const windows = severity === 'high' && rule.break_through ? [] : (rule.quiet_hours ?? usual);
  const until = quietUntil(windows, now, zone);
  return [
    `${kind}, ${severity}`,
    `tells ${told.length === 0 ? 'nobody' : told.join(', ')}`,
    ...conditions({ ...rule.when, groups }),
    ...(windows.length === 0 ? [] : [`quiet ${windows.map(windowText).join(' and ')} (${zone})`]),
    ...(until === undefined ? [] : [`quiet now, until ${minuteText(until, zone)}`]),
    ...(group.wait > 0 ? [`the first waits ${formatDuration(group.wait)} for others`] : []),
    ...(group.within > 0 ? [`further ones of ${formatDuration(group.within)} as one`] : []),
    ...(by.length === 0 ? [] : [`silenced by ${by.join(', ')}`]),
    ...(remind === undefined ? [] : [`reminds every ${formatDuration(remind.every)}, ${remind.times} times at most`]),
    ...escalate.map(({ after, channels }) => `after ${formatDuration(after)} also ${channels.join(', ')}`),
    ...(resolved ? [] : ['its end is not told']),
  ].join('; ');
}

/** Of a long list a few stand for all. */
const mostNamed = 5;

function conditions(when: RuleConfig['when']): string[] {
  return Object.entries(when).flatMap(([name, value]): string[] => {
    if (value === undefined) return [];
    if (!Array.isArray(value)) return [`${name} ${String(value)}`];
    const more = value.length - mostNamed;
    return [`${name} ${value.slice(0, mostNamed).join(', ')}${more > 0 ? ` and ${more} more` : ''}`];
  });
}

/** `2026-11-27 07:00`, by the clock of the zone. */
const minuteText = (instant: number, zone: string): string =>
  new Date(instant + zoneOffset(instant, zone)).toISOString().slice(0, 16).replace('T', ' ');

const windowText = ({ from, to, days }: QuietConfig): string =>
  `${weekDays.every((day) => days.includes(day)) ? 'daily' : days.join(', ')} ${from} to ${to}`;
