/** Statistics that a few wild days do not move. */

/** The middle value; the mean of the two middle ones; 0 for none. */
export function median(values: readonly number[]): number {
  if (values.length === 0) return 0;
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? 0) + upper) / 2;
}

/** 1.4826 makes the median deviation of normally distributed values their standard deviation. */
const normal = 1.4826;

/** Median absolute deviation from the median, scaled to compare with a standard deviation. */
export function deviation(values: readonly number[]): number {
  const middle = median(values);
  return normal * median(values.map((value) => Math.abs(value - middle)));
}

/** Of all pairs, those in which the later value is higher; equal ones count half (Kendall's tau, as a count). */
export function risingPairs(values: readonly number[]): { rising: number; pairs: number } {
  let rising = 0;
  for (const [i, later] of values.entries())
    for (const earlier of values.slice(0, i)) rising += later > earlier ? 1 : later === earlier ? 0.5 : 0;
  return { rising, pairs: (values.length * (values.length - 1)) / 2 };
}
