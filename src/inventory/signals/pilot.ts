import type { Signal } from '../../core/register.js';
import { count, number } from '../words.js';
import { type History, within } from './history.js';
import { median, risingPairs } from './robust.js';
import type { SignalRules } from './rules.js';

/**
 * A pilot became production: steady growth, more than one group, and use on nearly every working day. Weeks are seven days each, back
 * from the last day that is over, and a week's level is the median of its working days: a holiday or one busy day does not move it.
 * "Before" is the highest level of the first third, or what was usual before the weeks looked at if that was more: who comes back from
 * August has not grown.
 */
export function pilotSignal(history: History, { pilot: rule }: SignalRules): Signal | undefined {
  const end = history.today - 1;
  if (history.first === undefined) return undefined;
  const all = Math.floor((end - history.first + 1) / 7);
  if (all < rule.minWeeks) return undefined;
  const level = (weeksAgo: number): number =>
    median(history.workingDays(end - 7 * weeksAgo - 6, end - 7 * weeksAgo).map((day) => history.people(day)));
  const weeks = Math.min(all, rule.maxWeeks);
  const third = Math.floor(weeks / 3);
  const start = end - 7 * weeks + 1;
  if (history.usedDays(start, start + 7 * third - 1) < rule.pilotDays) return undefined;

  const levels = Array.from({ length: weeks }, (_, i) => level(weeks - 1 - i));
  const earlier = Array.from({ length: Math.min(all, 52) - weeks }, (_, i) => level(weeks + i));

  const now = median(levels.slice(-rule.nowWeeks));
  const before = Math.max(...levels.slice(0, third), median(earlier));
  const { rising, pairs } = risingPairs(levels);
  if (now < rule.people || now < before * rule.times || rising < pairs * rule.rising) return undefined;

  const from = end - 7 * rule.nowWeeks + 1;
  const workingDays = history.workingDays(from, end);
  const used = workingDays.filter((day) => history.used(day)).length;
  if (used < workingDays.length * rule.regular) return undefined;
  const groups = [...history.groupDays.values()].filter(
    (days) => within(days, from, end).length >= rule.groupDays,
  ).length;
  if (groups < rule.groups) return undefined;

  const why =
    `It is used like a production system: by ${tenth(now)} people on a usual working day of the last ${rule.nowWeeks} weeks, and by ` +
    `${tenth(before)} at most before (${count(weeks, 'week')} looked at); of ${number(pairs)} pairs of weeks the later one is higher in ` +
    `${tenth(rising)}. It was used on ${used} of the last ${count(workingDays.length, 'working day')}, by ${count(groups, 'group')}.`;
  return {
    name: 'pilot-to-production',
    why,
    numbers: {
      weeks,
      peopleBefore: before,
      peopleNow: now,
      rising,
      pairs,
      usedDays: used,
      workingDays: workingDays.length,
      groups,
    },
  };
}

/** One decimal where there is one. */
const tenth = (value: number): string => (Number.isInteger(value) ? number(value) : value.toFixed(1));
