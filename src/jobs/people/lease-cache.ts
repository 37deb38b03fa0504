import { maxPacked, packLeases } from '../../people/leases/pack.js';
import { leaseMark, loadLeases } from '../../store/address-leases.js';
import type { Db } from '../../store/tables.js';

/** Leases that ended longer ago are not looked into while scanning: what is older is resolved afterwards. */
const windowMs = 7 * 24 * 3_600_000;
/** Leases are packed anew at most this often, and the more seldom the longer it takes: at most a twentieth of the time goes into it. */
const leastMs = 20_000;

/** The leases of the last days as all threads of a process share them. */
export class LeaseCache {
  readonly #db: Db;
  readonly #now: () => number;
  readonly #monotonic: () => number;
  #mark = 0;
  #buffer: SharedArrayBuffer | undefined;
  #next = Number.NEGATIVE_INFINITY;

  constructor(db: Db, now: () => number, monotonic: () => number = () => performance.now()) {
    [this.#db, this.#now, this.#monotonic] = [db, now, monotonic];
  }

  /** The same buffer as long as nothing is new; undefined where there are no leases. */
  async buffer(): Promise<SharedArrayBuffer | undefined> {
    const began = this.#monotonic();
    if (began < this.#next) return this.#buffer;
    this.#next = began + leastMs;
    const mark = await leaseMark(this.#db);
    if (mark === this.#mark) return this.#buffer;
    const leases = await loadLeases(this.#db, this.#now() - windowMs, maxPacked);
    this.#buffer = leases.length === 0 ? undefined : packLeases(leases);
    this.#mark = mark;
    this.#next = this.#monotonic() + Math.max(leastMs, 20 * (this.#monotonic() - began));
    return this.#buffer;
  }
}
