import { z } from 'zod';
import type { Cursor } from '../common/collector.js';
import { hashOf, identityOf, type StoredObject } from './objects.js';
import type { S3Options } from './options.js';

/** A listing at hand, so that one that was killed goes on where it was. */
const runSchema = z.object({
  scope: z.string(),
  whole: z.boolean(),
  /** By the clock of the other side, milliseconds since 1970. */
  started: z.number(),
  pages: z.number(),
  /** The last name so far: it goes on behind it. */
  after: z.string(),
  /** False once names came out of order: then a listing that was killed begins anew. */
  ordered: z.boolean(),
  /** The last name before the first recent object. */
  head: z.string(),
  headFound: z.boolean(),
});
export type Run = z.output<typeof runSchema>;

/** The last listing of everything that came to its end. */
const wholeSchema = z.object({ scope: z.string(), started: z.number(), pages: z.number(), head: z.string() });
export type Whole = z.output<typeof wholeSchema>;

const runKey = 'run';
const wholeKey = 'whole';
const seenPrefix = 'seen:';
/** More are not remembered; what is found again has the key that it had, so that this costs time and nothing else. */
const mostSeen = 100_000;

/** What a memory is about: that of another bucket or prefix says nothing about this one. */
export const scopeOf = ({ endpoint, bucket, prefix }: S3Options): string =>
  hashOf(JSON.stringify([endpoint ?? '', bucket, prefix]));

export const readRun = (cursor: Cursor, scope: string): Run | undefined => read(cursor, runKey, runSchema, scope);
export const readWhole = (cursor: Cursor, scope: string): Whole | undefined =>
  read(cursor, wholeKey, wholeSchema, scope);

export const runEntry = (run: Run | null): [string, string | null] => [
  runKey,
  run?.ordered === true ? JSON.stringify(run) : null,
];
export const wholeEntry = (whole: Whole): [string, string] => [wholeKey, JSON.stringify(whole)];

/** Entry that remembers an object: hash of its name -> when it was modified, and a hash of what it is. */
export const seenEntry = (object: StoredObject, scope: string): [string, string] => [
  `${seenPrefix}${hashOf(`${scope}${object.key}`)}`,
  `${object.modified} ${hashOf(identityOf(object))}`,
];

/** Keys of remembered objects that are older than the horizon, or too many: the oldest. */
export function toForget(cursor: Cursor, fresh: ReadonlyMap<string, string>, horizon: number): string[] {
  const modified = new Map<string, number>();
  for (const entries of [cursor.entries(), fresh]) {
    for (const [key, value] of entries) {
      if (key.startsWith(seenPrefix)) modified.set(key, Number(value.split(' ')[0]));
    }
  }
  const sorted = [...modified].sort(([, a], [, b]) => a - b);
  const tooMany = sorted.length - mostSeen;
  return sorted.filter(([, at], i) => i < tooMany || !(at >= horizon)).map(([key]) => key);
}

function read<T extends { scope: string }>(
  cursor: Cursor,
  key: string,
  schema: z.ZodType<T>,
  scope: string,
): T | undefined {
  const text = cursor.get(key);
  if (text === undefined) return undefined;
  try {
    const value = schema.parse(JSON.parse(text));
    return value.scope === scope ? value : undefined;
  } catch {
    // Written by another version: a whole listing finds everything again, under the keys that it had.
    return undefined;
  }
}
