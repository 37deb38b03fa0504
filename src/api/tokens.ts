import { checkToken, type KnownToken } from '../receivers/common/token.js';
import type { TokenScope } from '../store/source-tables.js';
import type { StoredToken } from '../store/tokens.js';
import type { ApiLog } from './log.js';

/** Whose token a request has. */
export interface TokenHolder {
  /** Id of the token. */
  id: string;
  scope: TokenScope;
  /** The source of a push token; empty for others. */
  source: string;
}

interface Entry extends KnownToken {
  scope: TokenScope;
}

/** How often the tokens are read again: so long a revoked one may still be taken. */
const refreshEvery = 1000;

/**
 * All good tokens, in memory: a check costs one hash and no I/O, so that a flood of bad ones costs the database nothing. While the
 * database is away the tokens that were good stay good, so that pushes go on.
 */
export class TokenBook {
  readonly #load: () => Promise<readonly StoredToken[]>;
  readonly #log: Pick<ApiLog, 'warn' | 'info'>;
  #known: ReadonlyMap<string, Entry> = new Map();
  #timer: NodeJS.Timeout | undefined;
  #running: Promise<void> | undefined;
  #next: Promise<void> | undefined;
  #failed = false;
  #closed = false;

  constructor(load: () => Promise<readonly StoredToken[]>, log: Pick<ApiLog, 'warn' | 'info'>) {
    this.#load = load;
    this.#log = log;
  }

  /** Reads the tokens and goes on doing so. @throws when they cannot be read the first time */
  async start(): Promise<void> {
    await this.#read();
    this.#again();
  }

  /** Who holds the token of an `Authorization` header; undefined: nobody. */
  check(authorization: string | undefined, now: number): TokenHolder | undefined {
    const found = checkToken(authorization, this.#known, now);
    const entry = found === undefined ? undefined : this.#known.get(found.id);
    return found === undefined || entry === undefined
      ? undefined
      : { id: found.id, scope: entry.scope, source: entry.source };
  }

  /** Reads the tokens now, for who has just changed one. However often it is called, one reading runs and one waits. */
  refresh(): Promise<void> {
    if (this.#running === undefined) return this.#run();
    this.#next ??= this.#running.then(() => {
      this.#next = undefined;
      return this.#run();
    });
    return this.#next;
  }

  close(): void {
    this.#closed = true;
    clearTimeout(this.#timer);
  }

  #again(): void {
    if (this.#closed) return;
    this.#timer = setTimeout(() => {
      this.refresh().then(
        () => this.#again(),
        () => this.#again(),
      );
    }, refreshEvery);
    this.#timer.unref();
  }

  #run(): Promise<void> {
    this.#running = this.#read()
      .then(
        () => {
          if (this.#failed) this.#log.info({}, 'The tokens are read again.');
          this.#failed = false;
        },
        (error: unknown) => {
          // Said once, not every second.
          if (!this.#failed)
            this.#log.warn({ err: error }, 'The tokens cannot be read: those that were good are good until they can.');
          this.#failed = true;
        },
      )
      .finally(() => {
        this.#running = undefined;
      });
    return this.#running;
  }

  async #read(): Promise<void> {
    const tokens = await this.#load();
    this.#known = new Map(
      tokens.map((token) => [
        token.id,
        { hash: Buffer.from(token.hash, 'hex'), source: token.source ?? '', scope: token.scope },
      ]),
    );
  }
}
