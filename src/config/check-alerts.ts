import { alertNoticeKinds, type RuleKind } from '../core/alert.js';
import type { Problem } from '../core/problem.js';
import { nearest } from '../core/problem.js';
import { alertsOf, type RuleConfig } from './alerts.js';
import type { Config } from './schema.js';
import type { Path } from './secret.js';

type ProblemAt = (path: Path, message: string, severity?: Problem['severity']) => Problem;

const ofServices = ['services', 'categories', 'groups', 'verdicts', 'accounts', 'strength', 'people', 'risk'] as const;
/** Conditions that each kind of rule asks for. */
const conditions: Readonly<Record<RuleKind, readonly (keyof RuleConfig['when'])[]>> = {
  'new-unapproved-vendor': ofServices,
  'first-use-of-category': ofServices,
  'denied-in-use': ofServices,
  'wrong-account': ofServices,
  'sensitive-group': ofServices,
  'upload-volume': [...ofServices, 'bytes_per_day', 'growth'],
  'lapsed-exception': ofServices,
  'risky-grant': ['services', 'categories', 'sources', 'scopes', 'admin_consent'],
  'candidate-score': ['score'],
  'silent-source': ['sources'],
  'quarantine-rate': ['sources', 'share', 'records'],
  'job-failures': ['jobs', 'failures'],
};

/** What is wrong between rules, channels and sources. Names of the catalog and of the directory are looked at where these are open. */
export function* checkAlerts(config: Config, at: ProblemAt): Generator<Problem> {
  const rules = config.alerts.rules ?? [];
  const ids = rules.map(({ id }) => id);
  const channels = config.channels.map(({ id }) => id);
  const named = (what: string, path: Path, name: string, known: readonly string[]): Problem[] => {
    if (known.includes(name)) return [];
    const near = nearest(name, known);
    return [at(path, `there is no ${what} with the id ${name}${near === undefined ? '' : `; is it ${near}?`}`)];
  };
  for (const [index, rule] of rules.entries()) {
    const path = ['alerts', 'rules', index];
    if (ids.indexOf(rule.id) < index)
      yield at([...path, 'id'], 'another of the rules has this id already; ids must differ');
    for (const [n, id] of (rule.channels ?? []).entries()) {
      yield* named('channel', [...path, 'channels', n], id, channels);
      const takes = config.channels.find((channel) => channel.id === id)?.notices;
      if (takes !== undefined && !takes.some((kind) => kind === 'alert.opened'))
        yield at(
          [...path, 'channels', n],
          `the channel ${id} does not list alert.opened in notices, so it is told nothing`,
          'warning',
        );
    }
    for (const [step, { channels: further }] of rule.escalate.entries())
      for (const [n, id] of further.entries())
        yield* named('channel', [...path, 'escalate', step, 'channels', n], id, channels);
    for (const [n, id] of rule.silenced_by.entries()) yield* named('rule', [...path, 'silenced_by', n], id, ids);
    for (const [n, id] of (rule.when.sources ?? []).entries())
      yield* named(
        'source',
        [...path, 'when', 'sources', n],
        id,
        config.sources.map((source) => source.id),
      );
    yield* ofKind(config, rule, path, at);
  }
  yield* circles(rules, at);
  yield* always(config, at);
  yield* unused(config, at);
}

function* ofKind({ alerts }: Config, { kind, when }: RuleConfig, path: Path, at: ProblemAt): Generator<Problem> {
  for (const name of Object.keys(when) as (keyof typeof when)[])
    if (when[name] !== undefined && !conditions[kind].includes(name))
      yield at(
        [...path, 'when', name],
        `says nothing to a rule of the kind ${kind}, which takes ${conditions[kind].join(', ')}`,
      );
  if (kind === 'sensitive-group' && when.groups === undefined && alerts.sensitive_groups.length === 0)
    yield at(path, 'finds nothing: name groups in alerts.sensitive_groups, or in when.groups', 'warning');
}

/** Rules that stand for each other would both say nothing. */
function* circles(rules: readonly RuleConfig[], at: ProblemAt): Generator<Problem> {
  for (const [index, rule] of rules.entries()) {
    const reached = new Set<string>();
    const open = [...rule.silenced_by];
    for (let next = open.pop(); next !== undefined; next = open.pop()) {
      if (reached.has(next)) continue;
      reached.add(next);
      open.push(...(rules.find(({ id }) => id === next)?.silenced_by ?? []));
    }
    if (reached.has(rule.id))
      yield at(
        ['alerts', 'rules', index, 'silenced_by'],
        `leads back to ${rule.id}: rules that stand for each other would both say nothing`,
      );
  }
}

/** Quiet hours that never end. */
function* always({ alerts }: Config, at: ProblemAt): Generator<Problem> {
  const message = 'are the whole week: nothing would ever be told in time';
  if (isAlways(alerts.quiet_hours)) yield at(['alerts', 'quiet_hours'], message);
  for (const [index, rule] of (alerts.rules ?? []).entries())
    if (isAlways(rule.quiet_hours)) yield at(['alerts', 'rules', index, 'quiet_hours'], message);
}

const days = ['mon', 'tue', 'wed', 'thu', 'fri', 'sat', 'sun'] as const;
const day = 24 * 60;

/** Whether no minute of the week is left out. */
function isAlways(windows: RuleConfig['quiet_hours'] = []): boolean {
  const quiet = new Uint8Array(7 * day);
  const minutes = (text: string): number => Number(text.slice(0, 2)) * 60 + Number(text.slice(3));
  for (const { from, to, days: on } of windows) {
    const [begin, end] = [minutes(from), minutes(to)];
    const length = end > begin ? end - begin : end - begin + day;
    for (const [n, name] of days.entries()) {
      if (!on.includes(name)) continue;
      const start = n * day + begin;
      quiet.fill(1, start, start + length);
      // From Sunday into Monday.
      quiet.fill(1, 0, Math.max(0, start + length - quiet.length));
    }
  }
  return !quiet.includes(0);
}

/** Channels that take alerts and are told none. */
function* unused(config: Config, at: ProblemAt): Generator<Problem> {
  const { rules } = alertsOf(config.alerts);
  const all = config.channels.map(({ id }) => id);
  const used = new Set(
    rules.flatMap((rule) => [...(rule.channels ?? all), ...rule.escalate.flatMap((step) => step.channels)]),
  );
  const takesAlerts = (notices: readonly string[]): boolean => alertNoticeKinds.some((kind) => notices.includes(kind));
  for (const [index, { id, notices }] of config.channels.entries())
    if (takesAlerts(notices) && !used.has(id))
      yield at(
        ['channels', index],
        `no rule of alerts tells the channel ${id} anything; name it in a rule, or remove it`,
        'warning',
      );
  const told = config.channels.filter(({ notices }) => takesAlerts(notices));
  if (rules.length > 0 && config.alerts.rules !== undefined && told.length === 0)
    yield at(['alerts', 'rules'], 'tell nobody: no channel takes alerts; add one to channels', 'warning');
}
