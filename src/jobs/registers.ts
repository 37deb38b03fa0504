import { createHash } from 'node:crypto';
import type { InventoryEntry } from '../core/register.js';
import type { Person } from '../people/person.js';
import { loadRegister } from '../store/registers.js';
import type { Db } from '../store/tables.js';

interface Held<T> {
  hash: string;
  body: readonly T[];
}

/** The registers as the database has them, held in memory and looked for anew every few seconds: all processes work by the same. */
export class RegisterCache {
  readonly #db: Db;
  readonly #now: () => number;
  readonly #refreshMs: number;
  #people: Held<Person> = { hash: noRegister, body: [] };
  #inventory: Held<InventoryEntry> = { hash: noRegister, body: [] };
  #lookedAt = Number.NEGATIVE_INFINITY;

  /** `now`: a clock that never jumps, in milliseconds. */
  constructor(db: Db, now: () => number = () => performance.now(), refreshMs = 3000) {
    this.#db = db;
    this.#now = now;
    this.#refreshMs = refreshMs;
  }

  /** People, at most some seconds old. */
  async people(): Promise<Held<Person>> {
    await this.#refresh();
    return this.#people;
  }

  /** The inventory as it is now: decisions count at once. */
  async inventory(): Promise<Held<InventoryEntry>> {
    const next = await loadRegister<InventoryEntry[]>(this.#db, 'inventory', this.#inventory.hash);
    if (next !== undefined) this.#inventory = next;
    return this.#inventory;
  }

  async #refresh(): Promise<void> {
    if (this.#now() - this.#lookedAt < this.#refreshMs) return;
    this.#lookedAt = this.#now();
    const next = await loadRegister<Person[]>(this.#db, 'people', this.#people.hash);
    if (next !== undefined) this.#people = next;
  }
}

/** The hash of a register that nobody has given. */
export const noRegister = 'none';

/** SHA-256 of a register's content. */
export const registerHash = (body: unknown): string => createHash('sha256').update(JSON.stringify(body)).digest('hex');
