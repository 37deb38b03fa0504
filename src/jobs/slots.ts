import { createTask, parse } from 'node-cron';
import { dayOf, zoneOffset } from '../core/time.js';

// When a cron expression is due, as numbered slots: minutes since 1970. A job at fixed hours goes by the wall clock of the
// organisation: on the day when the clock is put forward a skipped hour is made up for, on the day when it is put back the hour
// that comes twice counts once. A job of every hour goes by real time, which never jumps.

const minuteMs = 60_000;
/** How far back a missed slot is looked for: a little more than the longest month. */
const lookBack = 32 * 24 * 60;

export interface Slots {
  /** The number of the minute in which an instant lies. */
  at(instant: number): number;
  /** Slots that are due, after one minute and up to another, oldest first. */
  between(after: number, upTo: number): number[];
  /** The newest due slot up to a minute; undefined: none in the last month. */
  latest(upTo: number): number | undefined;
  /** The day of the organisation's zone in which a slot lies, `YYYY-MM-DD`. */
  day(slot: number): string;
}

/** @throws Error when the expression is none */
export function cronSlots(expression: string, zone: string): Slots {
  const fields = parse(expression);
  const everyHour = fields.hour.length === 24;
  const [minutes, hours] = [new Set(fields.minute), new Set(fields.hour)];
  const task = createTask(expression, () => {}, { timezone: everyHour ? zone : 'UTC' });
  // At fixed hours minutes are those that the clock on the wall shows, counted as if they were UTC.
  const at = (instant: number): number =>
    Math.floor((everyHour ? instant : instant + zoneOffset(instant, zone)) / minuteMs);
  // The library takes 20 us for an answer: at fixed hours most minutes are seen not to be due without it.
  const isDue = (slot: number): boolean =>
    (everyHour || (minutes.has(slot % 60) && hours.has(Math.floor(slot / 60) % 24))) &&
    task.match(new Date(slot * minuteMs));
  return {
    at,
    between(after, upTo) {
      const due: number[] = [];
      for (let slot = Math.max(after + 1, upTo - lookBack); slot <= upTo; slot++) if (isDue(slot)) due.push(slot);
      return due;
    },
    latest(upTo) {
      for (let slot = upTo; slot > upTo - lookBack; slot--) if (isDue(slot)) return slot;
      return undefined;
    },
    day: (slot) => (everyHour ? dayOf(slot * minuteMs, zone) : new Date(slot * minuteMs).toISOString().slice(0, 10)),
  };
}
