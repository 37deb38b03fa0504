import { z } from 'zod';
import { formatTime } from '../core/time.js';

// What answers and queries are made of. Times are RFC 3339 in UTC, days `YYYY-MM-DD`, names of fields snake_case.

export const count = z.int().min(0);
export const time = z.string().nullable().describe('RFC 3339, UTC; null where there is none');
export const day = z.string().regex(/^\d{4}-\d{2}-\d{2}$/);

/** Milliseconds since 1970 as the answer has it. What no calendar holds (records are hostile) is null. */
export const instant = (milliseconds: number | null | undefined): string | null =>
  milliseconds === null || milliseconds === undefined || Math.abs(milliseconds) > 8.64e15
    ? null
    : formatTime(milliseconds);

/** A text of a query with its bounds; log data is looked for as it is. */
export const query = (what: string, max: number) => {
  const error = `accepted is ${what}, at most ${max} characters`;
  // The database refuses NUL.
  return z
    .string({ error })
    .min(1, error)
    .max(max, error)
    .refine((text) => !text.includes('\0'), error);
};

/** A whole number of a query or a path. */
export const whole = (what: string, min: number, max: number) => {
  const error = `accepted is ${what}, ${min} to ${max}`;
  return z
    .string({ error })
    .regex(/^\d{1,16}$/, error)
    .refine((text) => Number(text) >= min && Number(text) <= max, error);
};

/** A day of a query that is in the calendar. */
export const queryDay = () => {
  const error = 'accepted is a day such as 2026-11-25';
  return z
    .string({ error })
    .regex(/^\d{4}-\d{2}-\d{2}$/, error)
    .refine((text) => {
      const date = new Date(`${text}T00:00:00Z`);
      return !text.startsWith('0000') && !Number.isNaN(date.getTime()) && date.toISOString().startsWith(text);
    }, error);
};

export const oneOf = <T extends readonly [string, ...string[]]>(values: T) =>
  z.enum(values, { error: `accepted is ${values.join(', ')}` });

/** How many rows one answer has. */
export const limit = whole('a number of rows', 1, 500).optional().describe('Rows in one answer: 1 to 500, else 100.');
export const limitOf = (text: string | undefined): number => (text === undefined ? 100 : Number(text));

export const next = z
  .string()
  .nullable()
  .describe('Where the next page begins: give it as `after`. Null on the last page.');
