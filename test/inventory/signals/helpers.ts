import { type DayUse, historySignals, type SignalInput } from '../../../src/inventory/signals/signals.js';

/** A Monday: the day looked at. The last day that is over is Sunday, 31 May 2026. */
export const today = '2026-06-01';

/** The day so many days before the day looked at. */
export function ago(days: number): string {
  const known = daysAgo.get(days);
  if (known !== undefined) return known;
  const day = new Date(`${today}T00:00:00Z`);
  day.setUTCDate(day.getUTCDate() - days);
  const text = day.toISOString().slice(0, 10);
  daysAgo.set(days, text);
  return text;
}
const daysAgo = new Map<number, string>();

export function isWeekend(day: string): boolean {
  const known = weekends.get(day) ?? [0, 6].includes(new Date(`${day}T00:00:00Z`).getUTCDay());
  weekends.set(day, known);
  return known;
}
const weekends = new Map<string, boolean>();

/** Two people of Sales who visit; the test says what differs. */
export const use = (daysAgo: number, over: Partial<DayUse> = {}): DayUse => ({
  day: ago(daysAgo),
  group: 'Sales',
  strength: 'visit',
  people: 2,
  events: 10,
  attempts: 0,
  bytesOut: 0,
  ...over,
});

/** Rows for each working day from `from` to `to` days ago, with the number of days since the first. */
export function workdays(
  from: number,
  to: number,
  rows: (daysAgo: number, since: number) => readonly DayUse[],
): DayUse[] {
  const all: DayUse[] = [];
  for (let daysAgo = from; daysAgo >= to; daysAgo--)
    if (!isWeekend(ago(daysAgo))) all.push(...rows(daysAgo, from - daysAgo));
  return all;
}

/** The signal of a name as the history raises it, or undefined. */
export const raised = (name: string, rows: Iterable<DayUse>, more: Partial<SignalInput> = {}) =>
  historySignals({ rows, asOf: today, ...more }).find((signal) => signal.name === name);

/** Numbers from 0 to 1 that depend on the seed alone (mulberry32). */
export function random(seed: number): () => number {
  let state = seed | 0;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/** Normally distributed (Box and Muller). */
export const normal = (next: () => number): number =>
  Math.sqrt(-2 * Math.log(1 - next())) * Math.cos(2 * Math.PI * next());

/** So many of `n` independent chances. */
export function binomial(next: () => number, n: number, chance: number): number {
  let sum = 0;
  for (let i = 0; i < n; i++) if (next() < chance) sum++;
  return sum;
}
