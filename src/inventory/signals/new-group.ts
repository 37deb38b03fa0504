import type { Signal } from '../../core/register.js';
import { count, listed } from '../words.js';
import { dayText, type History } from './history.js';
import type { SignalRules } from './rules.js';

/**
 * Groups that use the service for the first time. A group is named only when it has enough members (as the directory says; without it,
 * as many people as were seen on one day): one new person of a small group would be known by its name.
 */
export function newGroupSignal(
  history: History,
  rules: SignalRules,
  groupSizes: ReadonlyMap<string, number> | undefined,
): Signal | undefined {
  const { newGroup: rule } = rules;
  const from = history.today - rule.windowDays + 1;
  if (history.first === undefined || from - history.first < rule.minDays) return undefined;
  const before: string[] = [];
  const fresh: string[] = [];
  let since = history.today;
  for (const [group, days] of history.groupDays) {
    const first = Math.min(...days);
    if (first < from) before.push(group);
    else if (days.size >= rule.days) {
      fresh.push(group);
      since = Math.min(since, first);
    }
  }
  // Without a group before, it is the directory that is new.
  if (before.length === 0 || fresh.length === 0) return undefined;
  const sizeOf = (group: string): number =>
    groupSizes?.get(group) ?? (groupSizes === undefined ? history.mostPeople(group) : 0);
  const named = fresh.filter((group) => sizeOf(group) >= rules.smallGroup).sort((a, b) => (a < b ? -1 : 1));
  const small = fresh.length - named.length;
  const who = [...named, ...(small === 0 ? [] : [small === 1 ? 'a small group' : `${small} small groups`])];
  const days = from - history.first;
  const why =
    `Since ${dayText(since)} it is used by ${listed(who)}, which had not used it in the ${count(days, 'day')} before the last ` +
    `${rule.windowDays}; ${count(before.length, 'group')} had.`;
  return {
    name: 'new-group',
    why,
    numbers: { groups: fresh.length, small, groupsBefore: before.length, daysBefore: days },
  };
}
