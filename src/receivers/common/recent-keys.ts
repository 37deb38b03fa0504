import type { Spool } from './spool.js';

/** What was answered to a push with an idempotency key. */
export interface Answered {
  digest: string;
  body: { accepted: number; lines: number; id: string };
}

const kept = 10_000;

/**
 * The keys that were accepted last, so that a retry is answered without being stored again. Only a saving: the drainer knows all
 * keys, and whatever is forgotten here is found to be the same there.
 */
export class RecentKeys {
  readonly #answers = new Map<string, Answered>();

  get(source: string, key: string): Answered | undefined {
    return this.#answers.get(`${source}\n${key}`);
  }

  set(source: string, key: string, answered: Answered): void {
    const oldest = this.#answers.keys().next();
    if (this.#answers.size >= kept && oldest.done !== true) this.#answers.delete(oldest.value);
    this.#answers.set(`${source}\n${key}`, answered);
  }
}

const bySpool = new WeakMap<Spool, RecentKeys>();

/** Those of a spool: forgotten with it. */
export function recentKeys(spool: Spool): RecentKeys {
  const found = bySpool.get(spool) ?? new RecentKeys();
  bySpool.set(spool, found);
  return found;
}
