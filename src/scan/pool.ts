import { availableParallelism } from 'node:os';
import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Service } from '../catalog/schema.js';
import type { Person } from '../people/person.js';
import type { Input, InputSource } from './input.js';
import { type InputResult, type ScanChoices, type ScanOptions, scanInput, unreadResult } from './scan-input.js';

/** What threads beside the main one need to do the same work: the data behind `detection` and `resolve`. */
export interface Threads {
  /** How many the user asked for, 0 or 1 for none beside the main thread; undefined: as many as are of use. */
  count: number | undefined;
  services: readonly Service[];
  people: readonly Person[];
}

/** What a worker is given when it starts, and what it says. Then it gets an `InputSource` at a time. */
export interface ToWorker extends Pick<Threads, 'services' | 'people'> {
  choices: ScanChoices;
}
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'progress'; bytes: number; lines: number }
  | { kind: 'result'; result: InputResult };

const maxThreads = 4;
/** Stored bytes in all from which a second thread, which takes a third of a second of work to start, saves time. */
const worthThreads = 32 << 20;

/** Threads for these inputs, the main one included. */
export function threadsFor(inputs: readonly Input[], asked: number | undefined): number {
  const size = inputs.reduce((sum, input) => sum + (input.size ?? 0), 0);
  const useful = size >= worthThreads ? Math.min(maxThreads, availableParallelism()) : 1;
  return Math.max(1, Math.min(asked ?? useful, inputs.length));
}

/** Reads all inputs; results are in the order of the inputs, whichever thread read them when. */
export async function readAll(
  inputs: readonly Input[],
  options: ScanOptions,
  threads: Threads | undefined,
): Promise<InputResult[]> {
  const results: InputResult[] = [];
  const queue = new Queue(inputs);
  const workers = new Set<ScanThread>();

  // The main thread reads too: it has everything loaded, and small scans are done before another thread is up.
  const readHere = async (): Promise<void> => {
    for (let at = queue.takeAny(); at !== undefined; at = queue.takeAny())
      results[at.index] = await scanInput(at.input, options);
    for (const worker of workers) if (!worker.busy) worker.stop();
  };

  const readInWorker = async (data: Threads): Promise<void> => {
    while (queue.hasShared) {
      const worker = new ScanThread(data, options);
      workers.add(worker);
      // One that cannot even start has no successor: the main thread does it all.
      if (!(await worker.ready)) return;
      for (let at = queue.takeShared(); at !== undefined; at = queue.takeShared()) {
        const outcome = await worker.read(at.source);
        results[at.index] =
          outcome instanceof Error
            ? unreadResult(
                at.input,
                options,
                `is not counted: the thread that read it ended early (${outcome.message}); scan it by itself, with --threads 1`,
              )
            : outcome;
        if (outcome instanceof Error) break;
      }
      worker.stop();
      workers.delete(worker);
    }
  };

  const more = threads === undefined ? 0 : threadsFor(inputs, threads.count) - 1;
  await Promise.all([
    readHere(),
    ...Array.from({ length: more }, () => (threads === undefined ? undefined : readInWorker(threads))),
  ]);
  return results;
}

interface Place {
  index: number;
  input: Input;
}

/** Inputs not begun. */
class Queue {
  /** Only the main thread can read these. */
  readonly #here: Place[] = [];
  readonly #shared: (Place & { source: InputSource })[] = [];

  constructor(inputs: readonly Input[]) {
    for (const [index, input] of inputs.entries()) {
      const { source } = input;
      if (source === undefined) this.#here.push({ index, input });
      else this.#shared.push({ index, input, source });
    }
    // The largest first, so that no thread is left alone with it in the end. The last of the list is the next.
    this.#here.reverse();
    this.#shared.sort((a, b) => (a.input.size ?? 0) - (b.input.size ?? 0) || b.index - a.index);
  }

  get hasShared(): boolean {
    return this.#shared.length > 0;
  }
  takeShared(): (Place & { source: InputSource }) | undefined {
    return this.#shared.pop();
  }
  takeAny(): Place | undefined {
    return this.#here.pop() ?? this.#shared.pop();
  }
}

/** In a build the worker is a module beside this one; where tsx or vitest runs the source, tsx must be told to read it. */
function startWorker(options: WorkerOptions): Worker {
  if (import.meta.filename.endsWith('.js')) return new Worker(new URL('./worker.js', import.meta.url), options);
  const source = new URL('./worker.ts', import.meta.url).href;
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}

/** A worker thread that reads one input at a time. */
class ScanThread {
  /** False: it could not start, or was stopped before. */
  readonly ready: Promise<boolean>;
  busy = false;
  readonly #worker: Worker;
  #error: Error | undefined;
  #started: (ready: boolean) => void = () => {};
  #answer: ((outcome: InputResult | Error) => void) | undefined;

  constructor({ services, people }: Threads, options: ScanOptions) {
    const { formats: _f, detection: _d, resolve: _r, progress, ...choices } = options;
    const data: ToWorker = { services, people, choices };
    this.ready = new Promise((resolve) => {
      this.#started = resolve;
    });
    this.#worker = startWorker({
      workerData: data,
      // Few objects live long here: a larger nursery only costs memory.
      resourceLimits: { maxYoungGenerationSizeMb: 12 },
    });
    this.#worker.on('message', (message: FromWorker) => {
      if (message.kind === 'ready') this.#started(true);
      else if (message.kind === 'progress') progress?.(message.bytes, message.lines);
      else this.#finish(message.result);
    });
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`exit code ${code}`)));
  }

  /** What the input gave, or why the thread ended before that. */
  read(source: InputSource): Promise<InputResult | Error> {
    if (this.#error !== undefined) return Promise.resolve(this.#error);
    this.busy = true;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage(source);
    });
  }

  stop(): void {
    void this.#worker.terminate();
  }

  #fail(error: Error): void {
    this.#error ??= error;
    this.#started(false);
    this.#finish(this.#error);
  }

  #finish(outcome: InputResult | Error): void {
    this.busy = false;
    this.#answer?.(outcome);
    this.#answer = undefined;
  }
}
