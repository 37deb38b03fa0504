// Log data is hostile and sums can be absurd: what PostgreSQL would refuse is made storable here, so that one odd record
// never fails the chunk around it.

const unstorable = /\0|\p{Surrogate}/gu;

/** Longest text, in UTF-16 units, of columns that are part of an index (an index row holds at most 2,704 bytes). */
export const indexedLength = 500;

/** Text that PostgreSQL can hold: NUL and lone surrogates become U+FFFD. */
export const text = (value: string): string => value.replace(unstorable, '\ufffd');

/** As `text`, and short enough for an index. */
export const indexedText = (value: string): string => text(value.slice(0, indexedLength));

/** A count >= 0 that fits both `bigint` and a JavaScript number; what is no number counts as 0. */
export function count(value: number): number {
  if (Number.isNaN(value) || value <= 0) return 0;
  return Math.min(Math.floor(value), Number.MAX_SAFE_INTEGER);
}

/** Milliseconds since 1970 as a whole number, or null. */
export const time = (value: number | undefined): number | null =>
  value === undefined || !Number.isSafeInteger(Math.round(value)) ? null : Math.round(value);

/** A real date `YYYY-MM-DD`, or null: an impossible one would fail the whole statement. */
export function day(value: string | undefined): string | null {
  if (value === undefined || !/^\d{4}-\d\d-\d\d$/.test(value) || value.startsWith('0000')) return null;
  const date = new Date(`${value}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(value) ? value : null;
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
