import { lineFormat } from './common/lines.js';

/**
 * A domain name threat feed for FortiOS, one name or `*.name` a line. Source: FortiOS administration guide, "External blocklist policy"
 * and "Domain name threat feed".
 */
export const blockListFormat = lineFormat({
  title: 'FortiGate',
  summary: 'an external feed of domain names',
  comment: '#',
  lines: { host: (host) => [host], tree: (host) => [host, `*.${host}`], below: (host) => [`*.${host}`] },
  before: '(?:\\*\\.)?',
});
