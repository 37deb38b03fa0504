import { SourceLoginError } from '../../../core/chunk.js';
import type { Batch, CollectContext, Cursor } from '../collector.js';
import { ApiFailure } from './failure.js';
import { longestWait } from './retry-after.js';

/** A part of a source that can fail without the others: a stream of records, a listing. */
export interface Part {
  /** Name for people, and of what is remembered of it: it stays. */
  name: string;
  /** It asks the provider nothing. */
  local?: boolean | undefined;
  read(): AsyncGenerator<Batch, void>;
}

/**
 * Reads the parts of a source one after another. A part that fails leaves the others alone; it is a gap when that begins, and again when
 * the reason is another one.
 * @throws the first failure, after all had their turn; SourceLoginError at once, and where every part was refused: consent is gone
 */
export async function* inTurn(
  parts: readonly Part[],
  cursor: Cursor,
  context: CollectContext,
): AsyncGenerator<Batch, void> {
  let first: ApiFailure | undefined;
  let refused = 0;
  for (const { name, read } of parts) {
    if (context.signal.aborted) return;
    if (isWaiting(cursor, name, context.now())) continue;
    try {
      yield* read();
      yield* clearOf(cursor, name);
    } catch (error) {
      if (!(error instanceof ApiFailure)) throw error;
      first ??= error;
      if (error.kind === 'permission') refused++;
      if (error.notBefore !== undefined) yield waitOf(name, error.notBefore);
      yield* troubleOf(cursor, name, error, context.now());
    }
  }
  if (first === undefined) return;
  if (refused === parts.filter(({ local }) => local !== true).length)
    throw new SourceLoginError(first.message, { cause: first });
  throw first;
}

/** Nothing while it goes on, and nothing where it is only busy. */
function* troubleOf(cursor: Cursor, name: string, { kind, message }: ApiFailure, now: number): Generator<Batch, void> {
  const key = `trouble/${name}`;
  const lasting = kind === 'permission' || kind === 'other' || kind === 'gone';
  if (!lasting || cursor.get(key) === message) return;
  yield {
    chunks: [],
    cursor: new Map([[key, message]]),
    gaps: [{ at: now, why: `${name} could not be read: ${message}` }],
  };
}

/** It works again. */
function* clearOf(cursor: Cursor, name: string): Generator<Batch, void> {
  const keys = [`trouble/${name}`, `wait/${name}`].filter((key) => cursor.get(key) !== undefined);
  if (keys.length > 0) yield { chunks: [], cursor: new Map(keys.map((key) => [key, null])) };
}

/** Remembers when it may be asked again. */
const waitOf = (name: string, notBefore: number): Batch => ({
  chunks: [],
  cursor: new Map([[`wait/${name}`, String(Math.round(notBefore))]]),
});

/** The provider asked to be left alone until later. A time further off than it may ask for comes of a clock that was set. */
function isWaiting(cursor: Cursor, name: string, now: number): boolean {
  const until = Number(cursor.get(`wait/${name}`) ?? 0);
  return until > now && until - now <= longestWait;
}
