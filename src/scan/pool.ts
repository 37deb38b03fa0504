import { availableParallelism } from 'node:os';
import type { Input, InputSource } from './input.js';
import type { ScanOptions } from './options.js';
import { defaultPartBytes } from './parts.js';
import type { InputResult } from './result.js';
import { scanInput, unreadResult } from './scan-input.js';
import { isSharedFile, readShared } from './shared-file.js';
import { ScanThread, type Threads } from './thread.js';

export type { Threads } from './thread.js';

const maxThreads = 4;
/** Stored bytes in all from which a second thread, which takes a third of a second of work to start, saves time. */
const worthThreads = 32 << 20;

/** Threads for these inputs, the main one included. */
export function threadsFor(inputs: readonly Input[], asked: number | undefined, partBytes = defaultPartBytes): number {
  const size = inputs.reduce((sum, input) => sum + (input.size ?? 0), 0);
  const useful = size >= worthThreads ? Math.min(maxThreads, availableParallelism()) : 1;
  const pieces = inputs.reduce(
    (sum, input) => sum + (isSharedFile(input, partBytes) ? Math.floor(input.size / partBytes) : 1),
    0,
  );
  return Math.max(1, Math.min(asked ?? useful, pieces));
}

/** Reads all inputs; results are in the order of the inputs, whichever thread read them when. */
export async function readAll(
  inputs: readonly Input[],
  options: ScanOptions,
  threads: Threads | undefined,
): Promise<InputResult[]> {
  const results: InputResult[] = [];
  const partBytes = threads?.partBytes ?? defaultPartBytes;
  const more = threads === undefined ? 0 : threadsFor(inputs, threads.count, partBytes) - 1;
  const workers: ScanThread[] = [];
  const start = (): ScanThread | undefined => threads && new ScanThread(threads, options);
  for (let i = 0; i < more; i++) workers.push(...[start()].filter((worker) => worker !== undefined));
  try {
    // Large files are read by all threads together, one after the other.
    const rest: Place[] = [];
    for (const [index, input] of inputs.entries()) {
      if (workers.length > 0 && isSharedFile(input, partBytes))
        results[index] = await readShared(input, options, workers, partBytes);
      else rest.push({ index, input });
    }
    await readRest(rest, results, options, workers, start);
  } finally {
    for (const worker of workers) worker.stop();
  }
  return results;
}

/** Reads inputs, each by one thread. */
async function readRest(
  inputs: readonly Place[],
  results: InputResult[],
  options: ScanOptions,
  workers: readonly ScanThread[],
  start: () => ScanThread | undefined,
): Promise<void> {
  const queue = new Queue(inputs);
  const running = new Set<ScanThread>(workers);

  // The main thread reads too: it has everything loaded, and small scans are done before another thread is up.
  const readHere = async (): Promise<void> => {
    for (let at = queue.takeAny(); at !== undefined; at = queue.takeAny())
      results[at.index] = await scanInput(at.input, options);
    for (const worker of running) if (!worker.busy) worker.stop();
  };

  const readInWorker = async (first: ScanThread): Promise<void> => {
    let worker: ScanThread | undefined = first;
    while (worker !== undefined && queue.hasShared) {
      running.add(worker);
      // One that cannot even start has no successor: the main thread does it all.
      if (!(await worker.ready)) return;
      for (let at = queue.takeShared(); at !== undefined; at = queue.takeShared()) {
        const outcome = await worker.read(at.source);
        results[at.index] = outcome instanceof Error ? unreadResult(at.input, options, endedEarly(outcome)) : outcome;
        if (outcome instanceof Error) break;
      }
      worker.stop();
      running.delete(worker);
      worker = queue.hasShared ? start() : undefined;
    }
  };
  await Promise.all([readHere(), ...workers.map(readInWorker)]);
}

const endedEarly = ({ message }: Error): string =>
  `is not counted: the thread that read it ended early (${message}); scan it by itself, with --threads 1`;

interface Place {
  index: number;
  input: Input;
}

/** Inputs not begun. */
class Queue {
  /** Only the main thread can read these. */
  readonly #here: Place[] = [];
  readonly #shared: (Place & { source: InputSource })[] = [];

  constructor(inputs: readonly Place[]) {
    for (const { index, input } of inputs) {
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
