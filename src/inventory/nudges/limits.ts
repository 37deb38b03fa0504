import { zoneOffset } from '../../core/time.js';
import { daysBetween } from '../days.js';

/** A mail that one person got: what is kept of it. */
export interface PastNudge {
  service: string;
  /** `YYYY-MM-DD`: when it was decided. */
  day: string;
}

export const weekDays = 7;
export const quarterDays = 91;

/** Whether one more mail to a person about a service is within the limits: never twice about one, one a week, so many a quarter. */
export function isWithinLimits(
  past: readonly PastNudge[],
  service: string,
  { day, perQuarter }: { day: string; perQuarter: number },
): boolean {
  if (past.some((nudge) => nudge.service === service)) return false;
  // A clock that goes back makes no room: what lies ahead counts as today.
  const ages = past.map((nudge) => Math.max(0, daysBetween(nudge.day, day)));
  return !ages.some((age) => age < weekDays) && ages.filter((age) => age < quarterDays).length < perQuarter;
}

/** Hours of the day in which mails go out, Monday to Friday. `until` is exclusive; where it is not behind `from`, no hour is. */
export interface SendingHours {
  from: number;
  until: number;
}

const hourMs = 3_600_000;

/** Whether mails may go out at an instant (milliseconds since 1970) in a zone. */
export function isSendingHour(instant: number, zone: string, { from, until }: SendingHours): boolean {
  const local = new Date(instant + zoneOffset(instant, zone));
  const [weekday, hour] = [local.getUTCDay(), local.getUTCHours()];
  return weekday >= 1 && weekday <= 5 && hour >= from && hour < until;
}

/** The next full hour of the zone in which mails may go out; undefined: there is none within a week. */
export function nextSendingHour(instant: number, zone: string, hours: SendingHours): number | undefined {
  const offset = zoneOffset(instant, zone);
  const first = Math.floor((instant + offset) / hourMs) * hourMs - offset + hourMs;
  for (let hour = 0; hour < 8 * 24; hour++) {
    const at = first + hour * hourMs;
    if (isSendingHour(at, zone, hours)) return at;
  }
  return undefined;
}
