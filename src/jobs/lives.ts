import { setTimeout as sleep } from 'node:timers/promises';
import { beat, loadInstances, registerInstance, removeInstance } from '../store/instances.js';
import type { Db } from '../store/tables.js';
import type { Log } from './context.js';

/** A process whose beat stands still for so long, by the clock of who looks, is taken for dead. */
const deadAfterMs = 10_000;
const beatEveryMs = 2000;

/**
 * Shows that this process lives, and releases what dead ones had in work. Each looks at the others by its own monotonic
 * clock: no jump of any wall clock ends a lease or makes it last.
 */
export class Lives {
  readonly #db: Db;
  readonly #log: Log;
  readonly #role: string;
  readonly #version: string;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  readonly #seen = new Map<string, { beat: number; at: number }>();
  #id: string | undefined;

  constructor(
    { db, log, now }: { db: Db; log: Log; now: () => number },
    role: string,
    version: string,
    monotonic: () => number = () => performance.now(),
  ) {
    [this.#db, this.#log, this.#role, this.#version, this.#now] = [db, log, role, version, now];
    this.#monotonic = monotonic;
  }

  /** The id of this process. @throws Error before `begin` */
  get id(): string {
    if (this.#id === undefined) throw new Error('the process is not registered yet');
    return this.#id;
  }

  async begin(): Promise<void> {
    this.#id = await registerInstance(this.#db, this.#role, this.#version, this.#now());
  }

  /** Beats and looks until the signal is aborted. `onFreed` gets chunks that were in work at a dead process. */
  async watch(signal: AbortSignal, onFreed: (chunks: number[]) => void): Promise<void> {
    while (!signal.aborted) {
      await this.once(onFreed).catch((error: unknown) => {
        this.#log.warn({ why: error instanceof Error ? error.message : String(error) }, 'the beat could not be kept');
      });
      await sleep(beatEveryMs, undefined, { signal }).catch(() => {});
    }
  }

  /** One beat and one look. */
  async once(onFreed: (chunks: number[]) => void): Promise<void> {
    if (!(await beat(this.#db, this.id))) {
      // Frozen too long: others have released our leases, and what we still hold will be refused by its fence.
      this.#log.warn({ instance: this.id }, 'this process was taken for dead; it goes on under a new id');
      await this.begin();
    }
    const instances = await loadInstances(this.#db);
    for (const id of this.#seen.keys()) if (!instances.some((other) => other.id === id)) this.#seen.delete(id);
    for (const other of instances) {
      if (other.id === this.id) continue;
      const seen = this.#seen.get(other.id);
      if (seen === undefined || seen.beat !== other.beat) {
        this.#seen.set(other.id, { beat: other.beat, at: this.#monotonic() });
      } else if (this.#monotonic() - seen.at >= deadAfterMs) {
        const freed = await removeInstance(this.#db, other.id, { died: true, seenBeat: seen.beat });
        this.#seen.delete(other.id);
        this.#log.warn(
          { instance: other.id, pid: other.pid, host: other.host, chunks: freed.length },
          'a process is gone',
        );
        if (freed.length > 0) onFreed(freed);
      }
    }
  }

  /** A clean end: the leases are free at once. */
  async end(): Promise<number[]> {
    return this.#id === undefined ? [] : removeInstance(this.#db, this.#id, { died: false });
  }
}
