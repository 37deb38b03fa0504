import { limits } from './limits.js';

const sampleEvery = 500;

/** Whether the process is too late with everything to take reads: looks twice a second how late the event loop is. */
export class Pressure {
  readonly #timer: NodeJS.Timeout;
  #last = performance.now();
  #lag = 0;

  constructor() {
    this.#timer = setInterval(() => {
      const now = performance.now();
      this.#lag = Math.max(0, now - this.#last - sampleEvery);
      this.#last = now;
    }, sampleEvery);
    this.#timer.unref();
  }

  /** How late it was at the last look, in milliseconds. */
  get lag(): number {
    return this.#lag;
  }

  get high(): boolean {
    return this.#lag > limits.lag;
  }

  close(): void {
    clearInterval(this.#timer);
  }
}
