import type { SourceStatus } from '../store/sources.js';

/**
 * What is promised of the data of a source. `exact`: each record counts once, whatever happens. `at least once`: none is lost, and one
 * that is sent again may count twice. `counted best effort`: the sender gets no answer; every loss that is known is a gap.
 */
export const promises = ['exact', 'at least once', 'counted best effort'] as const;

// A push with an Idempotency-Key is exact too; whether a sender gives one, its source does not tell.
const byKind: Readonly<Record<string, (typeof promises)[number]>> = {
  folder: 'exact',
  s3: 'exact',
  entra: 'exact',
  upload: 'exact',
  telemetry: 'exact',
  push: 'at least once',
};

/** A kind that is not known here promises least. */
export const promiseOf = (kind: string): (typeof promises)[number] =>
  Object.hasOwn(byKind, kind) ? (byKind[kind] ?? 'counted best effort') : 'counted best effort';

export const healths = ['ok', 'waiting', 'silent', 'failing', 'paused', 'removed'] as const;

/** How a source is, in one word. */
export function healthOf(status: SourceStatus, now: number): (typeof healths)[number] {
  if (status.state !== 'active') return status.state;
  if (status.lastError !== undefined) return 'failing';
  const { expectEvery, lastDataAt, since } = status;
  if (expectEvery !== undefined && now - (lastDataAt ?? since) > expectEvery) return 'silent';
  return lastDataAt === undefined ? 'waiting' : 'ok';
}
