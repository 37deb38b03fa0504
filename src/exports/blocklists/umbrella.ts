import { lineFormat } from './common/lines.js';

/**
 * Domains of a destination list, one a line for upload: each stands for the name and all below it, and there is no other way to say it.
 * Source: Cisco Umbrella documentation, "Add a destination list" and "Wildcards and destination lists".
 */
export const blockListFormat = lineFormat({
  title: 'Cisco Umbrella',
  summary: 'domains of a destination list, for upload',
  lines: { tree: (host) => [host] },
});
