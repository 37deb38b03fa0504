import { freeLeases, leasesOf } from '../store/leases.js';
import type { Db } from '../store/tables.js';

/** What this process is at, as it knows itself: the database may think otherwise after it was away. */
export class InWork {
  readonly #chunks = new Set<number>();
  #deliveries = 0;

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

  /** Takes and makes deliveries. */
  async onDeliveries(work: () => Promise<void>): Promise<void> {
    this.#deliveries++;
    try {
      await work();
    } finally {
      this.#deliveries--;
    }
  }

  /**
   * Gives back what the database says this process has, and it has not.
   * @returns the chunks that are free again
   */
  async giveBack(db: Db, owner: string): Promise<number[]> {
    const leases = await leasesOf(db, owner);
    // Looked at after the question: whatever was taken before it is in the set, or is ended.
    const unknown = leases.filter(({ of, id }) => (of === 'chunk' ? !this.#chunks.has(id) : this.#deliveries === 0));
    return unknown.length === 0 ? [] : freeLeases(db, owner, unknown);
  }
}
