import { setTimeout as timer } from 'node:timers/promises';
import type { CollectContext } from '../collector.js';
import { ApiFailure } from './failure.js';

/** What one try gave: a value, or why not, and how long the other side wants to be left alone, in milliseconds, where it said so. */
export type Tried<T> = { value: T } | { failure: ApiFailure; wait?: number | undefined };

const tries = 5;
const firstBackoffMs = 1000;
/** Longer waits are not sat out: the collection ends, and begins again when it may. */
const patienceMs = 60_000;
const mostWaits = 20;

/**
 * Tries until it works, as long as what stands in the way may pass (`busy`, `reach`): with growing pauses, or those that were asked for.
 * @throws ApiFailure, with `notBefore` where it may be tried again only later; the reason of the context's signal
 */
export async function persist<T>(attempt: () => Promise<Tried<T>>, context: CollectContext): Promise<T> {
  let waits = 0;
  for (let failed = 0; ; ) {
    context.signal.throwIfAborted();
    const tried = await attempt();
    if ('value' in tried) return tried.value;
    const { failure, wait } = tried;
    if (failure.kind !== 'busy' && failure.kind !== 'reach') throw failure;
    if (wait !== undefined && (wait > patienceMs || ++waits > mostWaits))
      throw new ApiFailure('busy', failure.message, { notBefore: context.now() + wait, cause: failure });
    if (wait === undefined && ++failed >= tries) throw failure;
    // Who says "at once" is given a second all the same.
    const backoff = firstBackoffMs * 2 ** (failed - 1) * (0.5 + Math.random());
    await pause(wait === undefined ? backoff : Math.max(firstBackoffMs, wait), context);
  }
}

async function pause(ms: number, { signal, sleep }: CollectContext): Promise<void> {
  if (sleep !== undefined) return sleep(ms);
  await timer(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
}
