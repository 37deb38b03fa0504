import { readFileSync } from 'node:fs';
import type { Halflight } from '../kill/process.js';
import type { Clock } from './clock.js';

const everyMs = 250;

/** What processes that deliver need: resident memory all the time, and at certain moments the heap after a collection. */
export class Memory {
  /** The most resident memory of one process, in MiB. */
  resident = 0;
  /** Heaps after a collection, in MiB, with the notices that waited. */
  readonly heaps: { waiting: number; heap: number }[] = [];
  readonly #processes: () => Halflight[];
  readonly #clock: Clock;
  readonly #timer: NodeJS.Timeout;

  constructor(clock: Clock, processes: () => Halflight[]) {
    [this.#clock, this.#processes] = [clock, processes];
    this.#timer = setInterval(() => this.#look(), everyMs);
  }

  /** Looks at the heaps of those that are ready. */
  async collect(waiting: number): Promise<void> {
    for (const process of this.#processes()) {
      if (!process.isReady) continue;
      const bytes = await this.#clock.heapOf(process);
      if (bytes !== undefined) this.heaps.push({ waiting, heap: bytes / 2 ** 20 });
    }
  }

  /** The largest heap, in MiB. */
  get heap(): number {
    return Math.max(0, ...this.heaps.map(({ heap }) => heap));
  }

  close(): void {
    clearInterval(this.#timer);
  }

  #look(): void {
    for (const { pid } of this.#processes()) {
      try {
        const kib = Number(/^VmRSS:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1]);
        if (kib > 0) this.resident = Math.max(this.resident, kib / 1024);
      } catch {
        // It ended just now.
      }
    }
  }
}
