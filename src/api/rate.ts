/** Callers that are counted apart in one minute; those that come later share one count. Bounds the memory. */
const maxCallers = 10_000;
const rest = '';

/** Counts requests by caller and minute. In memory of one process: a guard against loops and floods, not a contract. */
export class RateLimit {
  readonly #monotonic: () => number;
  #minute = Number.NaN;
  #counts = new Map<string, number>();

  /** `monotonic`: milliseconds of a clock that never jumps. */
  constructor(monotonic: () => number) {
    this.#monotonic = monotonic;
  }

  /** One request more. Undefined: let it in; else seconds to wait. */
  count(caller: string, perMinute: number): number | undefined {
    const now = this.#monotonic();
    const minute = Math.floor(now / 60_000);
    if (minute !== this.#minute) {
      this.#minute = minute;
      this.#counts = new Map();
    }
    const key = this.#counts.has(caller) || this.#counts.size < maxCallers ? caller : rest;
    const count = (this.#counts.get(key) ?? 0) + 1;
    this.#counts.set(key, count);
    return count > perMinute ? Math.max(1, Math.ceil(((minute + 1) * 60_000 - now) / 1000)) : undefined;
  }
}
