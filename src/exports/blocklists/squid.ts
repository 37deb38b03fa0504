import { lineFormat } from './common/lines.js';

/**
 * A file for `acl ai_blocked dstdomain "/etc/squid/halflight.txt"`: a dot in front stands for the name and all below it. Squid warns of
 * names within others, which are left out. Source: squid.conf, "acl", dstdomain.
 */
export const blockListFormat = lineFormat({
  title: 'Squid',
  summary: 'a file of names for an acl of type dstdomain',
  comment: '#',
  lines: { tree: (host) => [`.${host}`], host: (host) => [host] },
  before: '\\.?',
});
