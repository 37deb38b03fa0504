import type { ServiceContext } from '../context.js';
import type { Scanner } from './scanner.js';

/** What ingesting uses beside the context. */
export interface IngestContext extends ServiceContext {
  /** Threads that know the people of now. */
  scanner(): Promise<Scanner>;
}
