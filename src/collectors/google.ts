import { ChunkGoneError } from '../core/chunk.js';
import type { Collector } from './common/collector.js';
import { checkGoogle } from './google/checks.js';
import { collectGoogle } from './google/collect.js';
import { type GoogleOptions, googleOptions } from './google/options.js';

/** Google Workspace: sign-ins, grants, Gemini and Chrome events, users, what apps they let in, extensions of managed browsers. */
export const collector: Collector<GoogleOptions> = {
  title: 'Google Workspace',
  every: 600,
  options: googleOptions,
  collect: collectGoogle,
  open: () => Promise.reject(new ChunkGoneError('what Google gave is kept in the database')),
  test: checkGoogle,
};
