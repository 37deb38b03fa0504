import type { Gap } from '../../core/chunk.js';
import { type Spool, SpoolError } from './spool.js';

export interface BatcherOptions {
  spool: Pick<Spool, 'append'>;
  source: string;
  kind: string;
  /** Put into each record: transport, and whether the sender proved who it is. */
  meta: Readonly<Record<string, unknown>>;
  now(): number;
  onGap(gap: Gap): void;
  /** The spool takes nothing, or takes it again: senders are to be held back, or let go on. */
  onPause(paused: boolean): void;
}

/** One record holds at most this, but for a single message that is longer. */
const batchBytes = 1 << 20;
/** Milliseconds that a message waits for others. */
const linger = 50;
/** Milliseconds after which a spool that took nothing is asked again. */
const retryEvery = 500;

/**
 * Joins single messages, a line each, into records of the spool. Holds two batches at most: one on its way to the disk and one
 * that fills; when both are full, senders are held back, and what comes all the same is refused.
 */
export class Batcher {
  messages = 0;
  bytes = 0;
  readonly #options: BatcherOptions;
  #buffer: Buffer = Buffer.allocUnsafe(batchBytes);
  #length = 0;
  #count = 0;
  #since = 0;
  #timer: NodeJS.Timeout | undefined;
  #storing: Promise<void> | undefined;
  #paused = false;
  #closing = false;

  constructor(options: BatcherOptions) {
    this.#options = options;
  }

  get paused(): boolean {
    return this.#paused;
  }

  /**
   * Adds one message, whose bytes are copied. False: there is no room. `force` takes it all the same: for senders who can be
   * held back, and so send one piece more at most.
   */
  add(message: Buffer, force: boolean): boolean {
    const need = message.length + 1;
    if (this.#length > 0 && this.#length + need > batchBytes) {
      if (this.#storing === undefined) this.#store();
      else this.#pause(true);
      if (this.#length > 0 && !force) return false;
    }
    if (this.#length + need > this.#buffer.length) {
      const larger = Buffer.allocUnsafe(Math.max(need, 2 * this.#buffer.length));
      this.#buffer.copy(larger, 0, 0, this.#length);
      this.#buffer = larger;
    }
    if (this.#length === 0) this.#since = this.#options.now();
    message.copy(this.#buffer, this.#length);
    this.#length += need;
    this.#buffer[this.#length - 1] = 10;
    this.#count++;
    if (this.#length >= batchBytes && this.#storing === undefined) this.#store();
    // Room for one more read of every sender is kept, so that holding them back comes in time.
    else if (this.#storing !== undefined && this.#length > batchBytes / 2) this.#pause(true);
    else this.#timer ??= setTimeout(() => this.#onTimer(), linger);
    return true;
  }

  /** Stores what there is, within the time given; what the spool does not take by then is lost and reported. */
  async close(milliseconds: number): Promise<void> {
    clearTimeout(this.#timer);
    const end = performance.now() + milliseconds;
    const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), milliseconds).unref());
    while (this.#storing !== undefined || this.#length > 0) {
      if (this.#storing === undefined) this.#store();
      if ((await Promise.race([this.#storing, late])) === 'late' || performance.now() > end) break;
    }
    this.#closing = true;
    // A disk that hangs is not waited for: what it was given may be kept or not.
    await Promise.race([this.#storing, new Promise((resolve) => setTimeout(resolve, 200).unref())]);
    if (this.#count > 0) this.#lost(this.#count, this.#length);
    this.#count = 0;
    this.#length = 0;
  }

  #onTimer(): void {
    this.#timer = undefined;
    if (this.#storing === undefined && this.#length > 0) this.#store();
  }

  #store(): void {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    const payload = this.#buffer.subarray(0, this.#length);
    const count = this.#count;
    this.#buffer = Buffer.allocUnsafe(batchBytes);
    this.#length = 0;
    this.#count = 0;
    this.#storing = this.#keepTrying(payload, count, this.#since).finally(() => {
      this.#storing = undefined;
      if (this.#length >= batchBytes / 2) this.#store();
      else if (this.#length > 0) this.#timer ??= setTimeout(() => this.#onTimer(), linger);
      this.#pause(false);
    });
  }

  async #keepTrying(payload: Buffer, count: number, receivedAt: number): Promise<void> {
    const { spool, source, kind, meta } = this.#options;
    for (;;) {
      try {
        await spool.append({ source, kind, receivedAt, meta: { ...meta, lines: count }, payload });
        this.messages += count;
        this.bytes += payload.length;
        return;
      } catch (error) {
        const hopeless = !(error instanceof SpoolError) || error.kind === 'closed' || error.kind === 'invalid';
        if (hopeless || this.#closing) {
          this.#lost(count, payload.length);
          return;
        }
        this.#pause(true);
        await this.#wait();
      }
    }
  }

  async #wait(): Promise<void> {
    const end = performance.now() + retryEvery;
    while (!this.#closing && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, 50));
  }

  #lost(lines: number, bytes: number): void {
    const why = 'Syslog messages were received and could not be kept: the spool took nothing.';
    this.#options.onGap({ at: this.#options.now(), why, lines, bytes });
  }

  #pause(paused: boolean): void {
    if (this.#paused === paused) return;
    this.#paused = paused;
    this.#options.onPause(paused);
  }
}
