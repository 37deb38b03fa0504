import type { LayoutName } from './generate/generate.js';

/** What the product must reach, side by side with another command in the same run. */
export interface Goal {
  /** The command of Halflight that is judged. */
  threads: number;
  /** `wc -l` or the name of a peer. */
  against: string;
  /** How many times as long as the other it may take; below 1 it must be faster. */
  atMost: number;
}

/** Goals hold for logs of at least this size; small ones show the start of the program. */
export const goalBytes = 1e9;

const text: readonly Goal[] = [
  { threads: 2, against: 'wc -l', atMost: 3.5 },
  { threads: 2, against: 'rg -c -F -f', atMost: 1 / 3 },
  { threads: 2, against: 'DuckDB', atMost: 1 / 5 },
];
const json: readonly Goal[] = [{ threads: 2, against: 'wc -l', atMost: 4 }];

export const goals: Readonly<Record<LayoutName, readonly Goal[]>> = {
  squid: text,
  zscaler: text,
  zeek: text,
  elff: text,
  'zeek-json': json,
  cloudflare: json,
};

/** Timing here is trusted to this. */
export const noise = 0.15;

/** `met`, or by how much it is missed. */
export function verdict(times: number, atMost: number): string {
  if (times <= atMost) return 'met';
  const factor = times / atMost;
  const by = `${factor < 10 ? factor.toFixed(2) : factor.toFixed(0)} times what it may be`;
  return factor <= 1 + noise ? `missed, ${by} (within noise)` : `missed, ${by}`;
}
