/** Days as `YYYY-MM-DD`, which order as texts. */

const dayMs = 86_400_000;

/** The day `count` days later (earlier when negative). */
export const addDays = (day: string, count: number): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + count * dayMs).toISOString().slice(0, 10);

/** Whole days from one day to another; 0 where one of them is empty or no day. */
export function daysBetween(from: string, to: string): number {
  const days = (Date.parse(`${to}T00:00:00Z`) - Date.parse(`${from}T00:00:00Z`)) / dayMs;
  return Number.isFinite(days) ? Math.round(days) : 0;
}
