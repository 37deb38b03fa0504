import { ChunkGoneError } from '../core/chunk.js';
import type { Collector } from './common/collector.js';
import { checkEntra } from './entra/checks.js';
import { collectEntra } from './entra/collect.js';
import { type EntraOptions, entraOptions } from './entra/options.js';

/**
 * Microsoft Entra ID through Microsoft Graph: sign-ins and consents by windows of time, permissions of apps and people as states that are
 * compared with what was.
 */
export const collector: Collector<EntraOptions> = {
  title: 'Microsoft Entra ID',
  every: 900,
  options: entraOptions,
  collect: collectEntra,
  open: (_options, chunk) =>
    Promise.reject(new ChunkGoneError(`${chunk.name}: its records were kept and are no more.`)),
  test: checkEntra,
};
