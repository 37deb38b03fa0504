/** The four weeks of the example: Monday 2026-10-19 to Sunday 2026-11-15, in UTC. */
export const firstDay = Date.UTC(2026, 9, 19);
export const dayCount = 28;
export const dayMs = 86_400_000;

/** Offsets of the days from Monday to Friday among `from` to `to` (both included, 0 is the first day), each `step`-th. */
export function workdays(from = 0, to = dayCount - 1, step = 1): number[] {
  const days: number[] = [];
  for (let day = from; day <= to; day++) if (day % 7 < 5) days.push(day);
  return days.filter((_day, i) => i % step === 0);
}
export const everyDay: readonly number[] = Array.from({ length: dayCount }, (_none, i) => i);

export const dayText = (day: number): string => isoTime(firstDay + day * dayMs).slice(0, 10);
/** RFC 3339, milliseconds only where there are any. */
export const isoTime = (at: number): string => new Date(at).toISOString().replace('.000Z', 'Z');

const two = (n: number): string => String(n).padStart(2, '0');
const months = ['Jan', 'Feb', 'Mar', 'Apr', 'May', 'Jun', 'Jul', 'Aug', 'Sep', 'Oct', 'Nov', 'Dec'];
const weekdays = ['Sun', 'Mon', 'Tue', 'Wed', 'Thu', 'Fri', 'Sat'];

/** The parts of an instant as a clock `offset` hours ahead of UTC shows them. */
export function wall(at: number, offset = 0) {
  const d = new Date(at + offset * 3_600_000);
  const month = d.getUTCMonth();
  return {
    year: d.getUTCFullYear(),
    month: two(month + 1),
    monthName: months[month] ?? '',
    weekday: weekdays[d.getUTCDay()] ?? '',
    day: two(d.getUTCDate()),
    clock: `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`,
    ms: String(d.getUTCMilliseconds()).padStart(3, '0'),
  };
}

/** `2026-10-19` and `08:15:00`. */
export function dateAndClock(at: number, offset = 0): { date: string; clock: string } {
  const { year, month, day, clock } = wall(at, offset);
  return { date: `${year}-${month}-${day}`, clock };
}
/** `2026-10-19 08:15:00`. */
export function stamp(at: number): string {
  const { date, clock } = dateAndClock(at);
  return `${date} ${clock}`;
}
