import { EgressError } from './errors.js';

const abandonedMs = 60_000;

export interface BodyLimits {
  host: string;
  maxBytes: number;
  /** Turns what was thrown into what the caller is to get. */
  explain(error: unknown): unknown;
  /** Called once when the body has ended, failed or been left. */
  done(): void;
}

interface Source extends AsyncIterable<unknown> {
  destroy(): unknown;
  on(event: 'error', listener: () => void): unknown;
}

/**
 * A body that counts its bytes and frees its connection whichever way it ends, also when nobody ever reads it. A generator would
 * not do: left before its first step it runs no `finally`.
 */
export function limitedBody(source: Source, limits: BodyLimits): AsyncIterable<Buffer> {
  // What fails while nobody reads is told to the next who does.
  source.on('error', () => undefined);
  let taken = 0;
  let over = false;
  const end = (): void => {
    if (over) return;
    over = true;
    clearTimeout(abandoned);
    source.destroy();
    limits.done();
  };
  const abandoned = setTimeout(end, abandonedMs);
  abandoned.unref();
  const chunks = source[Symbol.asyncIterator]();
  const next = async (): Promise<IteratorResult<Buffer, undefined>> => {
    clearTimeout(abandoned);
    if (over) return { done: true, value: undefined };
    try {
      const step = await chunks.next();
      if (step.done === true) {
        end();
        return { done: true, value: undefined };
      }
      const chunk = step.value as Buffer;
      taken += chunk.length;
      if (taken > limits.maxBytes)
        throw new EgressError('too-large', `${limits.host}: its answer is longer than ${limits.maxBytes} bytes.`);
      return { done: false, value: chunk };
    } catch (error) {
      end();
      throw limits.explain(error);
    }
  };
  const leave = (): Promise<IteratorResult<Buffer, undefined>> => {
    end();
    return Promise.resolve({ done: true, value: undefined });
  };
  return { [Symbol.asyncIterator]: () => ({ next, return: leave }) };
}
