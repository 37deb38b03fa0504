import { monitorEventLoopDelay } from 'node:perf_hooks';
import { limits } from './limits.js';

const sampleEvery = 500;
const resolution = 20;

/** Whether the process is too late with everything to take reads. Looks at the delay of the event loop in the last half second. */
export class Pressure {
  readonly #histogram = monitorEventLoopDelay({ resolution });
  readonly #timer: NodeJS.Timeout;
  #lag = 0;

  constructor() {
    this.#histogram.enable();
    this.#timer = setInterval(() => {
      const { mean } = this.#histogram;
      this.#lag = Number.isNaN(mean) ? 0 : Math.max(0, mean / 1e6 - resolution);
      this.#histogram.reset();
    }, sampleEvery);
    this.#timer.unref();
  }

  /** Mean delay in milliseconds. */
  get lag(): number {
    return this.#lag;
  }

  get high(): boolean {
    return this.#lag > limits.lag;
  }

  close(): void {
    clearInterval(this.#timer);
    this.#histogram.disable();
  }
}
