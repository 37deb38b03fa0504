import { Refusal } from './http.js';

/** How long a body may take. */
export interface Pace {
  /** Milliseconds without a byte. */
  idle: number;
  /** Milliseconds for all of it. */
  total: number;
}

/**
 * The body, ended with a refusal when its sender is too slow or goes away. Node's timers are monotonic.
 * @throws Refusal 408 or 400
 */
export async function* pacedBody(body: AsyncIterable<Uint8Array>, pace: Pace): AsyncGenerator<Uint8Array, void> {
  const source = body[Symbol.asyncIterator]();
  const end = performance.now() + pace.total;
  let done = false;
  try {
    for (;;) {
      const next = await within(source.next(), Math.min(pace.idle, end - performance.now()));
      if (next.done === true) {
        done = true;
        return;
      }
      yield next.value;
    }
  } catch (error) {
    if (error instanceof Refusal) throw error;
    throw new Refusal(400, 'Body cut', 'The connection ended within the body: nothing of it was taken; send it again.');
  } finally {
    // Not waited for: a source that hangs would hang here too.
    if (!done) source.return?.().catch(() => {});
  }
}

async function within<T>(promise: Promise<T>, milliseconds: number): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  try {
    return await Promise.race([
      promise,
      new Promise<never>((_, reject) => {
        timer = setTimeout(
          () =>
            reject(new Refusal(408, 'Too slow', 'The body came too slowly: nothing of it was taken; send it again.')),
          Math.max(0, milliseconds),
        );
      }),
    ]);
  } finally {
    clearTimeout(timer);
  }
}

/** How many bodies are taken at the same time, so that memory stays bounded and no source shuts the others out. */
export class Gate {
  readonly #all: number;
  readonly #perSource: number;
  readonly #open = new Map<string, number>();
  #count = 0;

  constructor(all: number, perSource: number) {
    this.#all = all;
    this.#perSource = perSource;
  }

  /** Gives the function that lets the next one in. @throws Refusal 429 or 503 */
  enter(source: string): () => void {
    const own = this.#open.get(source) ?? 0;
    if (own >= this.#perSource)
      throw new Refusal(429, 'Too many at once', `This source has ${own} requests under way: wait for one of them.`, 1);
    if (this.#count >= this.#all)
      throw new Refusal(503, 'Busy', 'Too many requests are under way: send the data again in a moment.', 1);
    this.#count++;
    this.#open.set(source, own + 1);
    return () => {
      this.#count--;
      const left = (this.#open.get(source) ?? 1) - 1;
      if (left === 0) this.#open.delete(source);
      else this.#open.set(source, left);
    };
  }
}
