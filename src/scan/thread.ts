import { Worker, type WorkerOptions } from 'node:worker_threads';
import type { Service } from '../catalog/schema.js';
import type { Person } from '../people/person.js';
import type { InputSource } from './input.js';
import type { ScanChoices, ScanOptions } from './options.js';
import type { PartsJob } from './parts.js';
import type { InputResult } from './result.js';
import type { PartsResult } from './scan-input.js';

/** What threads beside the main one need to do the same work: the data behind `detection` and `resolve`. */
export interface Threads {
  /** How many the user asked for, 0 or 1 for none beside the main thread; undefined: as many as are of use. */
  count: number | undefined;
  services: readonly Service[];
  /** Text of the catalog's low-confidence list. */
  lowConfidence?: string;
  people: readonly Person[];
  /** Packed leases (`people/leases/pack`), shared by all threads. */
  leases?: SharedArrayBuffer | undefined;
  /** Bytes of a part of a file that several threads read together. */
  partBytes?: number;
}

/** What a worker is given when it starts, and what it says. Then it gets a `Task` at a time. */
export interface ToWorker extends Pick<Threads, 'services' | 'lowConfidence' | 'people' | 'leases'> {
  choices: ScanChoices;
}
export type Task = { kind: 'input'; source: InputSource } | { kind: 'parts'; job: PartsJob };
export type FromWorker =
  | { kind: 'ready' }
  | { kind: 'progress'; bytes: number; lines: number }
  | { kind: 'result'; result: InputResult }
  /** `parts`: undefined where the file cannot be read in parts. */
  | { kind: 'parts'; parts: PartsResult | undefined };

type Answer = Extract<FromWorker, { kind: 'result' | 'parts' }>;

/** In a build the worker is a module beside this one; where tsx or vitest runs the source, tsx must be told to read it. */
function startWorker(options: WorkerOptions): Worker {
  if (import.meta.filename.endsWith('.js')) return new Worker(new URL('./worker.js', import.meta.url), options);
  const source = new URL('./worker.ts', import.meta.url).href;
  const bootstrap = `import('tsx/esm/api').then(({ register }) => { register(); return import('${source}'); })`;
  return new Worker(bootstrap, { ...options, eval: true });
}

/** A worker thread that does one task at a time. */
export class ScanThread {
  /** False: it could not start, or was stopped before. */
  readonly ready: Promise<boolean>;
  busy = false;
  readonly #worker: Worker;
  #error: Error | undefined;
  #started: (ready: boolean) => void = () => {};
  #answer: ((outcome: Answer | Error) => void) | undefined;

  constructor({ services, lowConfidence, people, leases }: Threads, options: ScanOptions) {
    const { formats: _f, detection: _d, resolve: _r, progress, ...choices } = options;
    const data: ToWorker = { services, ...(lowConfidence !== undefined && { lowConfidence }), people, leases, choices };
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
      else this.#finish(message);
    });
    this.#worker.on('messageerror', (error) => this.#fail(error));
    this.#worker.on('error', (error) => this.#fail(error));
    this.#worker.on('exit', (code) => this.#fail(new Error(`exit code ${code}`)));
  }

  /** What the input gave, or why the thread ended before that. */
  async read(source: InputSource): Promise<InputResult | Error> {
    const answer = await this.#do({ kind: 'input', source });
    if (answer instanceof Error) return answer;
    return answer.kind === 'result' ? answer.result : new Error('it answered another question');
  }

  /** What the parts gave that the thread took of a file. */
  async readParts(job: PartsJob): Promise<PartsResult | undefined | Error> {
    const answer = await this.#do({ kind: 'parts', job });
    if (answer instanceof Error) return answer;
    return answer.kind === 'parts' ? answer.parts : new Error('it answered another question');
  }

  #do(task: Task): Promise<Answer | Error> {
    if (this.#error !== undefined) return Promise.resolve(this.#error);
    this.busy = true;
    return new Promise((resolve) => {
      this.#answer = resolve;
      this.#worker.postMessage(task);
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

  #finish(outcome: Answer | Error): void {
    this.busy = false;
    this.#answer?.(outcome);
    this.#answer = undefined;
  }
}
