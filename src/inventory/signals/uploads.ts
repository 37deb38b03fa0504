import type { Signal } from '../../core/register.js';
import { bytes, count } from '../words.js';
import type { History } from './history.js';
import { deviation, median } from './robust.js';
import type { SignalRules } from './rules.js';

/**
 * More is sent than usual: the median of the latest working days against the median and the median deviation of the working days before
 * them. One day alone moves neither, days off count as nothing sent, and weekends are in neither.
 */
export function uploadSignal(history: History, { uploads: rule }: SignalRules): Signal | undefined {
  const end = history.today - 1;
  // Two weekend days a week at most in any calendar: three times the days always hold enough working days.
  const recent = history.workingDays(end - 3 * rule.recentDays, end).slice(-rule.recentDays);
  const [from] = recent;
  if (from === undefined) return undefined;
  const baseline = history
    .workingDays(from - rule.baselineDays, from - 1)
    .map((day) => history.bytesOut(day))
    // Days without bytes are days off, or come from sources that do not count them.
    .filter((sent) => sent > 0);
  if (baseline.length < rule.minSentDays) return undefined;

  const sent = recent.map((day) => history.bytesOut(day));
  const now = median(sent);
  const usual = median(baseline);
  const spread = deviation(baseline);
  const limit = Math.max(usual + rule.deviations * spread, usual * rule.times, rule.bytes);
  if (now <= limit) return undefined;

  const above = sent.filter((value) => value > limit).length;
  const why =
    `${bytes(now)} were sent to it on a usual one of the last ${count(recent.length, 'working day')}, ` +
    `${(now / usual).toFixed(1)} times the usual ${bytes(usual)} (median of ${count(baseline.length, 'earlier working day')}, deviation ` +
    `${bytes(spread)}); ${above} of the ${recent.length} were above the limit of ${bytes(limit)}.`;
  return {
    name: 'upload-growth',
    why,
    numbers: {
      now,
      usual,
      deviation: spread,
      limit,
      daysAbove: above,
      days: recent.length,
      baselineDays: baseline.length,
    },
  };
}
