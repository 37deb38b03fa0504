import { type QuietConfig, weekDays } from '../config/alerts.js';
import { wallClock, zoneOffset } from '../core/time.js';

const minuteMs = 60_000;
const dayMs = 86_400_000;
/** Who is never to be told all the same is told after so long: nothing waits for ever. */
const longestQuiet = 8 * dayMs;

/**
 * When the quiet time ends that an instant lies in, windows that touch counting as one; undefined: it is in none. Windows go by the
 * clock on the wall of the zone: where that jumps over the end, quiet ends with the jump. Milliseconds since 1970.
 */
export function quietUntil(windows: readonly QuietConfig[], at: number, zone: string): number | undefined {
  let end: number | undefined;
  for (let now = at; now - at < longestQuiet; ) {
    const next = windows.map((window) => endOf(window, now, zone)).reduce(later, undefined);
    // An hour that comes twice may end before it began: nothing later is not waited for.
    if (next === undefined || next <= now) return end;
    end = next;
    now = next;
  }
  return end === undefined ? undefined : Math.min(end, at + longestQuiet);
}

const later = (a: number | undefined, b: number | undefined): number | undefined =>
  a === undefined ? b : b === undefined ? a : Math.max(a, b);

/** The end of one window, where the instant lies in it. */
function endOf({ from, to, days }: QuietConfig, at: number, zone: string): number | undefined {
  const wall = at + zoneOffset(at, zone);
  const midnight = Math.floor(wall / dayMs) * dayMs;
  const [begin, close] = [minutes(from), minutes(to)];
  const length = close > begin ? close - begin : close + 24 * 60 - begin;
  // It began today, or yesterday where it goes over midnight.
  for (const start of [midnight, midnight - dayMs]) {
    const day = weekDays[(Math.floor(start / dayMs) + 3) % 7];
    const opens = start + begin * minuteMs;
    const closes = opens + length * minuteMs;
    if (day === undefined || !days.includes(day) || wall < opens || wall >= closes) continue;
    const end = new Date(closes);
    return wallClock(
      [end.getUTCFullYear(), end.getUTCMonth() + 1, end.getUTCDate(), end.getUTCHours(), end.getUTCMinutes(), 0, 0],
      zone,
    );
  }
  return undefined;
}

function minutes(text: string): number {
  const [hour = '0', minute = '0'] = text.split(':');
  return Number(hour) * 60 + Number(minute);
}
