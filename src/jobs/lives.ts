import { setTimeout as sleep } from 'node:timers/promises';
import { beat, type Instance, loadInstances, registerInstance, removeInstance } from '../store/instances.js';
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

  /**
   * Releases at once what all other processes had in work: for one that no other can be beside, which need not wait for its dead
   * predecessor's beat to stand still.
   * @returns the chunks that are free again
   */
  async inherit(): Promise<number[]> {
    const freed: number[] = [];
    for (const other of await loadInstances(this.#db))
      if (other.id !== this.id) freed.push(...(await this.#release(other)));
    return freed;
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
        const freed = await this.#release(other, seen.beat);
        this.#seen.delete(other.id);
        if (freed.length > 0) onFreed(freed);
      }
    }
  }

  async #release({ id, pid, host }: Instance, seenBeat?: number): Promise<number[]> {
    const freed = await removeInstance(this.#db, id, { died: true, seenBeat });
    this.#log.warn({ instance: id, pid, host, chunks: freed.length }, 'a process is gone');
    return freed;
  }

  /** A clean end: the leases are free at once. */
  async end(): Promise<number[]> {
    return this.#id === undefined ? [] : removeInstance(this.#db, this.#id, { died: false });
  }
}
