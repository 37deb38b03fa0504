import { type DeliveryOutcome, settleDeliveries } from '../store/outbox.js';
import type { Db } from '../store/tables.js';

/** What ended is kept after so long at the latest, also while the next one is slow. A kill before that sends it again, by the same id. */
const keepMs = 200;

/**
 * Keeps what became of deliveries, in their order and some together: each transaction takes the lock of the audit log, for which all
 * writers wait, so that with one each a hundred thousand notices would wait for a hundred thousand commits, one behind the other.
 */
export class Settler {
  readonly #db: Db;
  readonly #owner: string;
  readonly #ended: { id: number; outcome: DeliveryOutcome }[] = [];
  #keeping: Promise<void> = Promise.resolve();
  #timer: NodeJS.Timeout | undefined;
  #broken = false;

  constructor(db: Db, owner: string) {
    [this.#db, this.#owner] = [db, owner];
  }

  /** The database did not keep something: nothing more is to be sent that it would not keep either. */
  get broken(): boolean {
    return this.#broken;
  }

  add(id: number, outcome: DeliveryOutcome): void {
    this.#ended.push({ id, outcome });
    // Who waits for the next `flush` hears of an error.
    this.#timer ??= setTimeout(() => void this.flush().catch(() => {}), keepMs);
  }

  /** Resolves when all that was added is kept. @throws the error of the database, also of what was to be kept before */
  flush(): Promise<void> {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    this.#keeping = this.#keeping.then(() => this.#keep());
    return this.#keeping;
  }

  async #keep(): Promise<void> {
    const ended = this.#ended.splice(0);
    if (ended.length === 0) return;
    try {
      await settleDeliveries(this.#db, this.#owner, ended);
    } catch (error) {
      this.#broken = true;
      throw error;
    }
  }
}
