import { faultPoint } from '../core/fault.js';
import { commitBatch, loadCursor } from '../store/intake.js';
import { exclusively } from '../store/job-runs.js';
import { beginCollecting, noteSourceError } from '../store/sources.js';
import type { ServiceContext } from './context.js';

/** Priority of the first chunk of a collection. */
const usual = 10;

/** What a collection gave. */
export interface Collected {
  chunks: number;
  bytes: number;
  gaps: number;
}

/** What collecting uses of the context. */
export type CollectingContext = Pick<
  ServiceContext,
  'db' | 'log' | 'now' | 'setup' | 'collectors' | 'channels' | 'egress' | 'metrics' | 'ring'
>;

/**
 * Asks a source for what is new: the job behind the bell `collect`. One run of a source at a time, wherever it is rung.
 * @returns undefined where nothing was to do: at work elsewhere, paused, or no source that is pulled from
 */
export async function collect(
  context: CollectingContext,
  sourceId: string,
  signal: AbortSignal,
  progress?: (text: string) => void,
): Promise<Collected | undefined> {
  const ran = await exclusively(context.db, `collect ${sourceId}`, () => run(context, sourceId, signal, progress));
  return ran.ran ? ran.value : undefined;
}

async function run(
  context: CollectingContext,
  sourceId: string,
  signal: AbortSignal,
  progress?: (text: string) => void,
): Promise<Collected | undefined> {
  const { db, log, now } = context;
  const source = context.setup().sources.find(({ id }) => id === sourceId);
  const collector = source === undefined ? undefined : context.collectors.get(source.kind);
  if (source === undefined || collector === undefined) return undefined;
  const begun = await beginCollecting(db, sourceId, now());
  if (begun === undefined) return undefined;
  const held = await loadCursor(db, sourceId);
  const cursor = { get: (key: string) => held.get(key), entries: () => held.entries() };
  const total: Collected = { chunks: 0, bytes: 0, gaps: 0 };
  try {
    const found = collector.collect(source.options, cursor, {
      source: sourceId,
      egress: context.egress(),
      now,
      signal,
      ...(progress !== undefined && { progress }),
    });
    for await (const batch of found) {
      await faultPoint('read');
      const ids = await commitBatch(db, { source: sourceId, fence: begun.fence }, batch, now());
      if (ids === undefined) {
        log.warn({ source: sourceId }, 'another collection of this source has begun; this one ends');
        return total;
      }
      for (const [key, value] of batch.cursor) {
        if (value === null) held.delete(key);
        else held.set(key, value);
      }
      // The more a source has, the later its next one: those of other sources come between.
      for (const id of ids) context.ring('ingest', String(id), { priority: Math.min(1000, usual + total.chunks++) });
      total.bytes += batch.chunks.reduce((sum, chunk) => sum + chunk.size, 0);
      total.gaps += batch.gaps?.length ?? 0;
      if (signal.aborted) break;
    }
    await noteSourceError(db, sourceId, undefined, now());
    if (total.chunks > 0) log.info({ source: sourceId, ...total }, 'collected');
    return total;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    await noteSourceError(db, sourceId, why, now()).catch(() => {});
    log.warn({ source: sourceId, why }, 'the source could not be read; it is asked again');
    throw error;
  }
}
