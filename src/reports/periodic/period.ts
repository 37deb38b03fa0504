import { dayStart } from '../../core/time.js';
import { addDays, daysBetween } from '../../inventory/days.js';

/** Days that a report is about. */
export interface ReportPeriod {
  /** `2026-W47`, `2026-11`, `2026-Q4`, or `2026-11-03..2026-11-09`. */
  id: string;
  kind: 'week' | 'month' | 'quarter' | 'range';
  /** First and last day, `YYYY-MM-DD`, both inclusive. */
  from: string;
  to: string;
}

/** Longest range of days that is reported on. */
const longestDays = 400;

const dayOfWeek = (day: string): number => (new Date(`${day}T00:00:00Z`).getUTCDay() + 6) % 7;

/** The week (ISO 8601: Monday to Sunday, numbered by its Thursday) in which a day lies. */
export function weekOf(day: string): ReportPeriod {
  const from = addDays(day, -dayOfWeek(day));
  const thursday = addDays(from, 3);
  const year = thursday.slice(0, 4);
  const week = Math.floor(daysBetween(`${year}-01-01`, thursday) / 7) + 1;
  return { id: `${year}-W${String(week).padStart(2, '0')}`, kind: 'week', from, to: addDays(from, 6) };
}

/** The month in which a day lies. */
export function monthOf(day: string): ReportPeriod {
  const id = day.slice(0, 7);
  return { id, kind: 'month', from: `${id}-01`, to: addDays(firstOfMonth(id, 1), -1) };
}

function quarterOf(year: string, quarter: number): ReportPeriod {
  const first = `${year}-${String(quarter * 3 - 2).padStart(2, '0')}`;
  return { id: `${year}-Q${quarter}`, kind: 'quarter', from: `${first}-01`, to: addDays(firstOfMonth(first, 3), -1) };
}

/** First day of the month so many months after `YYYY-MM`. */
function firstOfMonth(month: string, later: number): string {
  const count = Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7)) - 1 + later;
  return `${String(Math.floor(count / 12)).padStart(4, '0')}-${String((count % 12) + 1).padStart(2, '0')}-01`;
}

/** Days from one to another; undefined where they are none, or more than a report can be about. */
export function rangeOf(from: string, to: string): ReportPeriod | undefined {
  if (!isDay(from) || !isDay(to) || to < from || daysBetween(from, to) >= longestDays) return undefined;
  return { id: `${from}..${to}`, kind: 'range', from, to };
}

/**
 * `week` and `month`: the last one that is over on `today`; `2026-W47`, `2026-11` and `2026-Q4` by their names. Undefined: it is none of
 * these.
 */
export function periodOf(text: string, today: string): ReportPeriod | undefined {
  if (text === 'week') return weekOf(addDays(weekOf(today).from, -1));
  if (text === 'month') return monthOf(addDays(monthOf(today).from, -1));
  const [, year = '', rest = ''] = /^(19[7-9]\d|2\d{3})-(W\d\d|Q[1-4]|\d\d)$/.exec(text) ?? [];
  if (year.length !== 4) return undefined;
  if (rest.startsWith('Q')) return quarterOf(year, Number(rest.slice(1)));
  if (rest.startsWith('W')) {
    // The fourth of January lies in the first week of its year.
    const week = weekOf(addDays(`${year}-01-04`, (Number(rest.slice(1)) - 1) * 7));
    return week.id === text ? week : undefined;
  }
  return Number(rest) >= 1 && Number(rest) <= 12 ? monthOf(`${text}-01`) : undefined;
}

/** What a period is compared with: the one before it, of the same kind or length. */
export function periodBefore(period: ReportPeriod): ReportPeriod {
  const last = addDays(period.from, -1);
  if (period.kind === 'week') return weekOf(last);
  if (period.kind === 'month') return monthOf(last);
  if (period.kind === 'quarter') return quarterOf(last.slice(0, 4), Math.ceil(Number(last.slice(5, 7)) / 3));
  const from = addDays(last, -daysBetween(period.from, period.to));
  return { id: `${from}..${last}`, kind: 'range', from, to: last };
}

/** Its first instant and the first one after it, milliseconds since 1970, in the organisation's zone. */
export function instantsOf(
  { from, to }: Pick<ReportPeriod, 'from' | 'to'>,
  zone: string,
): { start: number; end: number } {
  const start = dayStart(from, zone);
  const end = dayStart(addDays(to, 1), zone);
  if (start === undefined || end === undefined) throw new Error(`${from} to ${to} is no period of this calendar`);
  return { start, end };
}

/** `Week 47 of 2026 (16 to 22 November)`, in plain words. */
export function periodWords({ id, kind, from, to }: ReportPeriod): string {
  const days = `${from} to ${to}`;
  if (kind === 'week') return `week ${Number(id.slice(6))} of ${id.slice(0, 4)}, ${days}`;
  if (kind === 'month') return `${months[Number(id.slice(5)) - 1] ?? ''} ${id.slice(0, 4)}`;
  if (kind === 'quarter') return `quarter ${id.slice(6)} of ${id.slice(0, 4)}, ${days}`;
  return from === to ? from : days;
}

/** `the week before`; what the period is compared with. */
export const beforeWords = ({ kind }: ReportPeriod): string =>
  kind === 'range' ? 'the days before' : `the ${kind} before`;

const months = [
  'January',
  'February',
  'March',
  'April',
  'May',
  'June',
  'July',
  'August',
  'September',
  'October',
  'November',
  'December',
];

const isDay = (text: string): boolean => {
  if (!/^(?:19[7-9]\d|2\d{3})-\d\d-\d\d$/.test(text)) return false;
  const date = new Date(`${text}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
};
