import { ChunkGoneError } from '../core/chunk.js';
import type { Collector } from './common/collector.js';
import { checkOkta } from './okta/checks.js';
import { collectOkta } from './okta/collect.js';
import { type OktaOptions, oktaOptions } from './okta/options.js';

/** The System Log of an Okta organisation, its users, and who has the AI apps in it. */
export const collector: Collector<OktaOptions> = {
  title: 'Okta',
  every: 300,
  options: oktaOptions,
  collect: collectOkta,
  open: () => Promise.reject(new ChunkGoneError('what Okta gave is kept in the database')),
  test: checkOkta,
};
