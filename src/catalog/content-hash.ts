import { createHash } from 'node:crypto';
import type { Service } from './schema.js';

/** `"packages":[]` with its comma: no text holds one, since a quote within a text is written as `\"`. */
const nothing = /"\w+":(?:\[\]|\{\}|false),|,"\w+":(?:\[\]|\{\}|false)/g;

/**
 * The content hash of a catalog: SHA-256 over its services in the order of their ids, as JSON without empty lists and `false`, and the
 * text of the low-confidence list. So a version of Halflight that knows one list of a service more gives the same services the same hash.
 */
export const contentHash = (services: readonly Service[], lowConfidence: string): string =>
  createHash('sha256').update(JSON.stringify(services).replace(nothing, '')).update(lowConfidence).digest('hex');
