import { createHash } from 'node:crypto';

// Log data is hostile and sums can be absurd: what PostgreSQL would refuse is made storable here, so that one odd record
// never fails the chunk around it.

const unstorable = /\0|\p{Surrogate}/gu;

/** Longest text, in UTF-16 units, of columns that are part of an index (an index row holds at most 2,704 bytes). */
export const indexedLength = 500;

/** Text that PostgreSQL can hold: NUL and lone surrogates become U+FFFD. */
export const text = (value: string): string => value.replace(unstorable, '\ufffd');

/**
 * JSON text that `jsonb` can hold: an escaped NUL or lone surrogate becomes U+FFFD. A backslash before another one is passed over with
 * it, so that a text that only looks like an escape stays as it is.
 */
export const json = (value: unknown): string => storableJson(JSON.stringify(value));

/** The same of JSON text. */
export const storableJson = (value: string): string =>
  value.replace(/\\(u0000|u[dD][89a-fA-F][0-9a-fA-F]{2}|.)/g, (all, what: string) =>
    what.length > 1 ? '\ufffd' : all,
  );

/** Longest texts of the key of `usage`: all together must fit an index row (2,704 bytes). */
export const keyLengths = { service: 100, actor: 200, group: 100, source: 100 };

/** As `text`, and short enough for an index. */
export const indexedText = (value: string): string => text(value.slice(0, indexedLength));

/**
 * Text as part of a key over several columns, of which an index row must hold all: what is longer is cut and ends in a hash of
 * the whole, so that different texts stay different.
 */
export function keyText(value: string, length: number): string {
  const whole = text(value);
  if (whole.length <= length) return whole;
  const print = createHash('sha256').update(value).digest('hex').slice(0, 16);
  return `${text(value.slice(0, length - 17))}~${print}`;
}

/** A count >= 0 that fits both `bigint` and a JavaScript number; what is no number counts as 0. */
export function count(value: number): number {
  if (Number.isNaN(value) || value <= 0) return 0;
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER);
}

/** Milliseconds since 1970 as a whole number, or null. */
export const time = (value: number | undefined): number | null =>
  value === undefined || !Number.isSafeInteger(Math.round(value)) ? null : Math.round(value);

/** The day of undated use, so that a day can be part of a key. */
export const undated = '-infinity';

/** A real date `YYYY-MM-DD`, else `undated`: an impossible one would fail the whole statement. */
export function day(value: string | undefined): string {
  if (value === undefined || !/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return undated;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : undated;
}

/** Sums by currency as JSON. Equal names after cleaning are added up. */
export function spend(value: ReadonlyMap<string, number>): string {
  if (value.size === 0) return '{}';
  const sums = new Map<string, number>();
  // Refunds are negative, so `count` does not fit.
  for (const [currency, amount] of value) {
    const name = text(currency);
    sums.set(name, (sums.get(name) ?? 0) + (Number.isFinite(amount) ? Math.round(amount) : 0));
  }
  return JSON.stringify(Object.fromEntries(sums));
}
