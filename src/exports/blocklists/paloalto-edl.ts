import { lineFormat } from './common/lines.js';

/**
 * An external dynamic list of type URL: a name ends in a slash, so that it matches no longer name that begins with it. Source: PAN-OS
 * administrator's guide, "URL category exceptions" and "Formatting guidelines for an external dynamic list". No comments.
 */
export const blockListFormat = lineFormat({
  title: 'Palo Alto Networks',
  summary: 'an external dynamic list (EDL) of type URL',
  lines: {
    host: (host) => [`${host}/`],
    tree: (host) => [`${host}/`, `*.${host}/`],
    below: (host) => [`*.${host}/`],
  },
  before: '(?:\\*\\.)?',
  after: '/',
});
