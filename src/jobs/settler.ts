import { type DeliveryOutcome, settleDeliveries } from '../store/outbox.js';
import type { Db } from '../store/tables.js';

interface Waiting {
  id: number;
  outcome: DeliveryOutcome;
  done: () => void;
  failed: (error: unknown) => void;
}

/**
 * Settles deliveries: one that ends alone at once, and those that end while others are being settled together, in the next transaction.
 * Each takes the lock of the audit log, for which all writers wait, so that with one transaction each a hundred thousand notices would
 * wait for a hundred thousand commits, one behind the other.
 */
export class Settler {
  readonly #db: Db;
  readonly #owner: string;
  #waiting: Waiting[] = [];
  #running = false;

  constructor(db: Db, owner: string) {
    [this.#db, this.#owner] = [db, owner];
  }

  /** Resolves when it is kept. */
  settle(id: number, outcome: DeliveryOutcome): Promise<void> {
    return new Promise((done, failed) => {
      this.#waiting.push({ id, outcome, done, failed });
      void this.#run();
    });
  }

  async #run(): Promise<void> {
    if (this.#running) return;
    this.#running = true;
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      try {
        await settleDeliveries(this.#db, this.#owner, batch);
        for (const { done } of batch) done();
      } catch (error) {
        for (const { failed } of batch) failed(error);
      }
    }
    this.#running = false;
  }
}
