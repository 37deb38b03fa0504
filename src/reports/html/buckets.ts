import type { Report } from '../schema.js';

const dayMs = 86_400_000;

/** The bars of a chart over time: each is `step` days, the first begins on `from`. */
export interface Scale {
  /** Day number since 1970 of the first bar. */
  readonly start: number;
  readonly step: number;
  readonly bars: number;
}

/** Days since 1970; undefined for what is no day of the calendar. */
export function dayNumber(day: string): number | undefined {
  const at = Date.parse(`${day}T00:00:00Z`);
  return Number.isFinite(at) ? Math.round(at / dayMs) : undefined;
}

export const dayName = (number: number): string => new Date(number * dayMs).toISOString().slice(0, 10);

/** First and last day of what is charted: the period, widened to every day that holds use. */
export function daysOf(report: Report): { from: number; to: number } | undefined {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  const add = (day: string): void => {
    const at = dayNumber(day);
    if (at === undefined) return;
    from = Math.min(from, at);
    to = Math.max(to, at);
  };
  add(report.period.from);
  add(report.period.to);
  for (const finding of report.findings) for (const { day } of finding.days) add(day);
  return from <= to ? { from, to } : undefined;
}

/** One bar a day while there is room for `most` bars, else one for as many days as it takes: weeks first. */
export function scaleOf({ from, to }: { from: number; to: number }, most: number): Scale {
  const days = to - from + 1;
  const step = days <= most ? 1 : days <= most * 7 ? 7 : Math.ceil(days / most);
  return { start: from, step, bars: Math.ceil(days / step) };
}

/** Adds a day's number to its bar; false when the day is not known. */
export function addTo(sums: number[], scale: Scale, day: string, value: number): boolean {
  const at = dayNumber(day);
  if (at === undefined) return false;
  const index = Math.floor((at - scale.start) / scale.step);
  sums[index] = (sums[index] ?? 0) + value;
  return true;
}

/** The next round number that is not below `value`: where an axis may end. */
export function roundUp(value: number): number {
  if (value <= 4) return 4;
  const power = 10 ** Math.floor(Math.log10(value));
  return ([1, 1.2, 1.6, 2, 2.4, 2.8, 3.2, 4, 5, 6, 8, 10].find((factor) => factor * power >= value) ?? 10) * power;
}
