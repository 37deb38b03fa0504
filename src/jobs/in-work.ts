import { freeLeases, leasesOf } from '../store/leases.js';
import type { Db } from '../store/tables.js';

/** What this process is at, as it knows itself: the database may think otherwise after it was away. */
export class InWork {
  readonly #chunks = new Set<number>();
  readonly #deliveries = new Set<number>();
  #taking = 0;

  /** Works on a chunk, from before it is claimed; where this process is at it already nothing is done. */
  async onChunk(id: number, work: () => Promise<void>): Promise<void> {
    if (this.#chunks.has(id)) return;
    this.#chunks.add(id);
    try {
      await work();
    } finally {
      this.#chunks.delete(id);
    }
  }

  /** Takes deliveries: they are in work until `endDeliveries`. */
  async takeDeliveries<T extends { id: number }>(take: () => Promise<T[]>): Promise<T[]> {
    this.#taking++;
    try {
      const taken = await take();
      for (const { id } of taken) this.#deliveries.add(id);
      return taken;
    } finally {
      this.#taking--;
    }
  }

  endDeliveries(ids: readonly number[]): void {
    for (const id of ids) this.#deliveries.delete(id);
  }

  /**
   * Gives back what the database says this process has, and it has not.
   * @returns the chunks that are free again
   */
  async giveBack(db: Db, owner: string): Promise<number[]> {
    const leases = await leasesOf(db, owner);
    // Looked at after the question: whatever was taken before it is in the set, or is ended.
    const unknown = leases.filter(({ of, id }) =>
      of === 'chunk' ? !this.#chunks.has(id) : this.#taking === 0 && !this.#deliveries.has(id),
    );
    return unknown.length === 0 ? [] : freeLeases(db, owner, unknown);
  }
}
