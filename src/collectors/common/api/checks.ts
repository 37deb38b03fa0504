import { setTimeout as timer } from 'node:timers/promises';
import type { Check } from '../../../core/check.js';
import { SourceLoginError } from '../../../core/chunk.js';
import type { CollectContext } from '../collector.js';
import { ApiFailure } from './failure.js';

/** Something that a collection needs, asked for once. `found`: what to say when it works. */
export interface Probe {
  name: string;
  found: string;
  ask(): Promise<unknown>;
}

const [clockWarnMs, pauseMs] = [60_000, 300];

/** Who looks does not want to wait until a server is in a better mood: a few tries soon after another. */
export const hasty = (context: CollectContext): CollectContext => ({
  ...context,
  sleep: async (ms) => {
    await timer(Math.min(ms, pauseMs), undefined, { signal: context.signal }).catch(() =>
      context.signal.throwIfAborted(),
    );
  },
});

/**
 * Asks for one thing after another. Who cannot be reached, or does not let the source in, is asked no more; a missing permission leaves
 * the others to be looked at.
 * @param server its name for people, and its clock as of its last answer (milliseconds since 1970)
 */
export async function probeAll(
  probes: readonly Probe[],
  { server, theirNow, now }: { server: string; theirNow(): number | undefined; now(): number },
): Promise<Check[]> {
  const checks: Check[] = [];
  let isIn = false;
  for (const { name, found, ask } of probes) {
    const failure = await failureOf(ask);
    if (failure?.kind === 'reach' || failure?.kind === 'busy') {
      const remedy = failure.kind === 'busy' ? 'Try again later.' : 'Correct what is said, then try again.';
      return [...checks, { name: 'Reachable', outcome: 'failed', found: failure.message, remedy }];
    }
    if (failure?.kind === 'login') return [...checks, failed('Login', failure.message), ...clock()];
    if (!isIn && (failure === undefined || failure.kind === 'permission'))
      checks.push(ok('Login', `${server} knows the source`));
    isIn ||= checks.length > 0;
    checks.push(failure === undefined ? ok(name, found) : failed(name, failure.message));
  }
  return [...checks, ...clock()];

  function clock(): Check[] {
    const theirs = theirNow();
    return theirs === undefined ? [] : [clockCheck(server, theirs, now(), clockWarnMs)];
  }
}

export const ok = (name: string, found: string): Check => ({ name, outcome: 'ok', found, remedy: '' });

/** How far this machine's clock is from a server's (both milliseconds since 1970). */
export function clockCheck(server: string, theirs: number, now: number, warnMs: number): Check {
  const skew = now - theirs;
  const found = `${Math.round(Math.abs(skew) / 1000)} s ${skew < 0 ? 'behind' : 'ahead of'} ${server}`;
  if (Math.abs(skew) < warnMs) return ok('Clock', found);
  const remedy = 'Let this machine follow a time server: what is signed at a wrong time is refused.';
  return { name: 'Clock', outcome: 'warning', found, remedy };
}

async function failureOf(ask: () => Promise<unknown>): Promise<ApiFailure | undefined> {
  try {
    await ask();
    return undefined;
  } catch (error) {
    if (error instanceof ApiFailure) return error;
    if (error instanceof SourceLoginError) return new ApiFailure('login', error.message, { cause: error });
    throw error;
  }
}

/** Messages say what is wrong, a colon, and what to do. */
function failed(name: string, message: string): Check {
  const at = message.indexOf(': ');
  const [found, remedy] = at < 0 ? [message, ''] : [message.slice(0, at), message.slice(at + 2)];
  return { name, outcome: 'failed', found, remedy: `${remedy.charAt(0).toUpperCase()}${remedy.slice(1)}` };
}
