export interface QuotaLimits {
  /** Requests a second over time. */
  requestsPerSecond: number;
  /** Requests at once. */
  burst: number;
  bytesPerDay: number;
}

export const defaultQuota: QuotaLimits = { requestsPerSecond: 50, burst: 200, bytesPerDay: 50 * 2 ** 30 };

const day = 86_400_000;

interface Account {
  tokens: number;
  at: number;
  bytes: number;
  dayFrom: number;
}

/**
 * What each source may send: a token bucket of requests, and bytes in a day that begins with its first byte. In memory only: a
 * restart forgives. Only sources of known tokens come here, so that it does not grow.
 */
export class Quota {
  readonly #limitsOf: (source: string) => QuotaLimits;
  readonly #monotonic: () => number;
  readonly #accounts = new Map<string, Account>();

  /** `monotonic`: milliseconds of a clock that never jumps. */
  constructor(limitsOf: (source: string) => QuotaLimits, monotonic: () => number) {
    this.#limitsOf = limitsOf;
    this.#monotonic = monotonic;
  }

  /** One request more. Undefined: let it in; else seconds to wait, at least 1. */
  request(source: string): number | undefined {
    const limits = this.#limitsOf(source);
    const account = this.#account(source, limits);
    const now = this.#monotonic();
    account.tokens = Math.min(limits.burst, account.tokens + ((now - account.at) / 1000) * limits.requestsPerSecond);
    account.at = now;
    if (account.bytes >= limits.bytesPerDay && now - account.dayFrom < day) return this.#untilTomorrow(account, now);
    if (account.tokens < 1) return Math.max(1, Math.ceil((1 - account.tokens) / limits.requestsPerSecond));
    account.tokens--;
    return undefined;
  }

  /** Bytes that came. Undefined: go on; else the day's bytes are used up, and seconds to wait. */
  bytes(source: string, count: number): number | undefined {
    const limits = this.#limitsOf(source);
    const account = this.#account(source, limits);
    const now = this.#monotonic();
    if (now - account.dayFrom >= day) {
      account.dayFrom = now;
      account.bytes = 0;
    }
    account.bytes += count;
    return account.bytes > limits.bytesPerDay ? this.#untilTomorrow(account, now) : undefined;
  }

  #untilTomorrow(account: Account, now: number): number {
    return Math.max(1, Math.ceil((account.dayFrom + day - now) / 1000));
  }

  #account(source: string, limits: QuotaLimits): Account {
    const found = this.#accounts.get(source);
    if (found !== undefined) return found;
    const now = this.#monotonic();
    const account = { tokens: limits.burst, at: now, bytes: 0, dayFrom: now };
    this.#accounts.set(source, account);
    return account;
  }
}
