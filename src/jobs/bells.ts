import type { EnqueueOptions, Handler, JobKind, Queue } from './queue.js';

/** How close together two bells for "whatever is due" count as one, in milliseconds. */
const together = 20;
/** Handlers at the same time while the queue is away. */
const localAtOnce = 2;
/** Bells that are kept while the queue is away; the sweeper finds the others in the database. */
const maxLocal = 1000;

/**
 * Rings the queue and never fails. While the queue is away, a process that works answers its own bells: slower, as only what the
 * sweeper and this process see is done, but nothing stands still.
 */
export class Bells {
  readonly #queue: Queue;
  readonly #prefix: string;
  readonly #onError: (error: Error, kind: JobKind) => void;
  readonly #handlers = new Map<JobKind, Handler>();
  readonly #local = new Map<string, { kind: JobKind; id: string }>();
  readonly #stop = new AbortController();
  readonly #due = new Set<JobKind>();
  #counter = 0;
  #running = 0;

  /** `prefix`: names this process in ids, so that "due" of two processes are two bells. */
  constructor(queue: Queue, prefix: string, onError: (error: Error, kind: JobKind) => void) {
    [this.#queue, this.#prefix, this.#onError] = [queue, prefix, onError];
  }

  /** Handlers for the time when the queue is away. */
  answer(kind: JobKind, handler: Handler): void {
    this.#handlers.set(kind, handler);
  }

  ring(kind: JobKind, id: string, options: EnqueueOptions = {}): void {
    if (this.#stop.signal.aborted) return;
    if (id !== 'due') this.#enqueue(kind, id, options);
    else if (!this.#due.has(kind)) {
      // At the end of the interval, so that whoever answers sees what the last of several bells was for; and under a name of its
      // own, since a job that is at work has perhaps looked already.
      this.#due.add(kind);
      setTimeout(() => {
        this.#due.delete(kind);
        this.#enqueue(kind, `${this.#prefix}-${this.#counter++}`, options);
      }, together);
    }
  }

  #enqueue(kind: JobKind, id: string, options: EnqueueOptions): void {
    if (this.#stop.signal.aborted) return;
    this.#queue.enqueue(kind, id, options).catch((error: unknown) => {
      this.#onError(error instanceof Error ? error : new Error(String(error)), kind);
      if (!this.#handlers.has(kind) || this.#local.size >= maxLocal) return;
      this.#local.set(`${kind} ${id}`, { kind, id });
      this.#pump();
    });
  }

  close(): void {
    this.#stop.abort();
    this.#local.clear();
  }

  #pump(): void {
    if (this.#running >= localAtOnce || this.#stop.signal.aborted) return;
    const next = this.#local.entries().next();
    if (next.done === true) return;
    const [key, { kind, id }] = next.value;
    this.#local.delete(key);
    const handler = this.#handlers.get(kind);
    if (handler === undefined) return;
    this.#running++;
    handler(id, { signal: this.#stop.signal, progress: async () => {} })
      .catch((error: unknown) => this.#onError(error instanceof Error ? error : new Error(String(error)), kind))
      .finally(() => {
        this.#running--;
        this.#pump();
      });
  }
}
