import { Worker } from 'node:worker_threads';
import type { FromThread, ThreadData, ThreadJob, ToThread } from './messages.js';

/** What a thread said of a job, or how it ended before it could. */
export type ThreadAnswer =
  | Exclude<FromThread, { kind: 'ready' } | { kind: 'need-part' } | { kind: 'scanned' }>
  /** `catalogHash`: of the catalog that the thread works by, which a reload may have replaced meanwhile. */
  | (Extract<FromThread, { kind: 'scanned' }> & { catalogHash: string })
  /** The thread ended or took too long: the chunk may be what ended it. */
  | { kind: 'died'; why: string };

/** Heap of one thread: enough for any chunk, and an end for what eats memory. */
const heapMb = 512;

/** Threads that scan chunks, each one at a time. One that ends is replaced. */
export class Scanner {
  readonly #size: number;
  #data: ThreadData;
  #idle: Thread[] = [];
  readonly #all = new Set<Thread>();
  readonly #queue: ((thread: Thread) => void)[] = [];
  #closed = false;

  constructor(size: number, data: ThreadData) {
    this.#size = size;
    this.#data = data;
  }

  /** Other people, another catalog: threads at work finish with the old one. */
  renew(data: ThreadData): void {
    this.#data = data;
    for (const thread of this.#all) thread.outdated = true;
    for (const thread of this.#idle.splice(0)) this.#end(thread);
  }

  /** Other leases from now on; a thread at work takes them for what it has not resolved yet. */
  useLeases(leases: SharedArrayBuffer | undefined): void {
    if (leases === this.#data.leases) return;
    this.#data = { ...this.#data, leases };
    for (const thread of this.#all) thread.useLeases(leases);
  }

  /** Starts a thread ahead of the first chunk, which then waits less. */
  warm(): void {
    if (this.#all.size === 0 && !this.#closed) this.#give(this.#start());
  }

  /** Works on a job. `parts`: the kept bytes, where no collector opens the chunk. */
  async run(job: ThreadJob, deadlineMs: number, parts: AsyncIterable<Uint8Array> | undefined): Promise<ThreadAnswer> {
    const thread = await this.#take();
    const answer = await thread.run(job, deadlineMs, parts);
    if (answer.kind === 'died' || thread.outdated || this.#closed) this.#end(thread);
    else this.#give(thread);
    return answer;
  }

  close(): void {
    this.#closed = true;
    for (const thread of this.#all) this.#end(thread);
  }

  #take(): Promise<Thread> {
    const idle = this.#idle.pop();
    if (idle !== undefined) return Promise.resolve(idle);
    if (this.#all.size < this.#size) return Promise.resolve(this.#start());
    return new Promise((resolve) => this.#queue.push(resolve));
  }

  #give(thread: Thread): void {
    const next = this.#queue.shift();
    if (next === undefined) this.#idle.push(thread);
    else next(thread);
  }

  #start(): Thread {
    const thread = new Thread(this.#data);
    this.#all.add(thread);
    return thread;
  }

  #end(thread: Thread): void {
    thread.terminate();
    this.#all.delete(thread);
    this.#idle = this.#idle.filter((other) => other !== thread);
    if (this.#queue.length > 0 && !this.#closed && this.#all.size < this.#size) this.#give(this.#start());
  }
}

class Thread {
  outdated = false;
  readonly #catalogHash: string;
  readonly #worker: Worker;
  #dead: string | undefined;
  #listen: (message: FromThread | { kind: 'died'; why: string }) => void = () => {};
  readonly #ready: Promise<void>;

  constructor(data: ThreadData) {
    this.#catalogHash = data.catalogHash;
    this.#worker = startWorker(data);
    this.#ready = new Promise((resolve) => {
      this.#listen = () => resolve();
    });
    this.#worker.on('message', (message: FromThread) => this.#listen(message));
    this.#worker.on('error', (error) => this.#die(error instanceof Error ? error.message : String(error)));
    this.#worker.on('exit', (code) => this.#die(`its thread ended with code ${code}`));
    this.#worker.unref();
  }

  #die(why: string): void {
    this.#dead ??= why;
    this.#listen({ kind: 'died', why: this.#dead });
  }

  async run(job: ThreadJob, deadlineMs: number, parts: AsyncIterable<Uint8Array> | undefined): Promise<ThreadAnswer> {
    // A thread that never becomes ready died, which the promise tells too.
    await this.#ready;
    if (this.#dead !== undefined) return { kind: 'died', why: this.#dead };
    const source = parts?.[Symbol.asyncIterator]();
    let timer: NodeJS.Timeout | undefined;
    try {
      return await new Promise<ThreadAnswer>((resolve) => {
        timer = setTimeout(() => {
          resolve({ kind: 'died', why: `it took longer than ${Math.round(deadlineMs / 1000)} s` });
        }, deadlineMs);
        this.#listen = (message) => {
          if (message.kind === 'ready') return;
          if (message.kind === 'scanned') return resolve({ ...message, catalogHash: this.#catalogHash });
          if (message.kind !== 'need-part') return resolve(message);
          const next = source?.next() ?? Promise.resolve({ done: true as const, value: undefined });
          next.then(
            (part) => this.#post({ kind: 'part', bytes: part.done === true ? undefined : part.value }),
            (error) => resolve({ kind: 'unreachable', why: error instanceof Error ? error.message : String(error) }),
          );
        };
        this.#post({ kind: 'job', job });
      });
    } finally {
      clearTimeout(timer);
      await source?.return?.();
    }
  }

  useLeases(leases: SharedArrayBuffer | undefined): void {
    this.#post({ kind: 'leases', leases });
  }

  #post(message: ToThread): void {
    this.#worker.postMessage(message);
  }

  terminate(): void {
    void this.#worker.terminate();
  }
}

/** In a build the thread is a module beside this one; where tsx or vitest runs the source, tsx must be told to read it. */
function startWorker(workerData: ThreadData): Worker {
  const options = { workerData, resourceLimits: { maxOldGenerationSizeMb: heapMb, maxYoungGenerationSizeMb: 16 } };
  if (import.meta.filename.endsWith('.js')) return new Worker(new URL('./thread.js', import.meta.url), options);
  const source = new URL('./thread.ts', import.meta.url).href;
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}
