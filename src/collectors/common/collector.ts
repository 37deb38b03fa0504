import type { ZodType } from 'zod';
import type { Check } from '../../core/check.js';
import type { ChunkDraft, Gap, RecordPage, StatePart } from '../../core/chunk.js';
import type { Egress } from '../../net/egress.js';

/** What a collector may use beside its options. */
export interface CollectContext {
  /** Id of the source. */
  source: string;
  /** The only way outward. */
  egress: Egress;
  /** Milliseconds since 1970. */
  now(): number;
  /** Aborted when the process is to stop: finish the step at hand and return. */
  signal: AbortSignal;
  /** Waits so many milliseconds; real time where not given. Ends early, with the reason, when `signal` is aborted. */
  sleep?(ms: number): Promise<void>;
  /** A line for the person who watches `halflight collect`; never holds a secret. */
  progress?(text: string): void;
  /** Whether the catalog has a service that signs in as an app of this name or id: only of such is looked up who has them. */
  knowsApp?(nameOrId: string): boolean;
}

/**
 * What a collector remembers between runs: small texts by key. Read as it was committed; changed only by the batches that it
 * yields, which are committed together with their chunks.
 */
export interface Cursor {
  get(key: string): string | undefined;
  entries(): Iterable<readonly [key: string, value: string]>;
}

/** What was found, and what to remember with it: committed in one transaction, or not at all. */
export interface Batch {
  chunks: readonly ChunkDraft[];
  /** Records with ids of their provider. */
  records?: readonly RecordPage[] | undefined;
  /** Ids of records from before this instant are forgotten (milliseconds since 1970): no later window of the source reaches them. */
  forgetBefore?: number | undefined;
  /** What is so at the provider, to be compared with what was. */
  states?: readonly StatePart[] | undefined;
  /** New values; `null` forgets the key. */
  cursor: ReadonlyMap<string, string | null>;
  gaps?: readonly Gap[] | undefined;
}

/**
 * A kind of source that is pulled from: a plug-in of src/collectors; its file name is its id. Holds no state: everything
 * that matters is in options and cursor, so that a run killed anywhere and started again finds the same chunks.
 */
export interface Collector<Options = unknown> {
  /** Name for people: "Watched folder". */
  title: string;
  /** How often it is asked where the configuration does not say, in seconds. */
  every: number;
  /** Options as written in the configuration, checked; its texts are shown to who writes them wrong. */
  options: ZodType<Options>;
  /**
   * Finds what is new. Yields small batches (at most some hundred chunks), so that progress is kept. Only one run of a source at a time.
   * @throws SourceLoginError when the provider no longer lets it in: the source is paused; others are tried again
   */
  collect(options: Options, cursor: Cursor, context: CollectContext): AsyncGenerator<Batch, void>;
  /**
   * The stored bytes of a chunk, compressed or not. Called in any worker, also long after `collect`.
   * @throws ChunkGoneError when they cannot be had now
   */
  open(options: Options, chunk: ChunkDraft, context: CollectContext): Promise<AsyncIterable<Buffer>>;
  /** Looks whether it could work, and changes nothing: for `source test` and `doctor`. */
  test(options: Options, context: CollectContext): Promise<Check[]>;
}
