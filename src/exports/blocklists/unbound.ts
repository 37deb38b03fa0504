import { lineFormat } from './common/lines.js';

/**
 * Clauses for Unbound 1.6 and later. A zone of type always_nxdomain holds the name and all below it; data without a zone give one
 * name an address where nothing answers and leave what lies below it alone. Source: unbound.conf(5), "local-zone".
 */
export const blockListFormat = lineFormat({
  title: 'Unbound',
  summary: 'a file that unbound.conf includes',
  comment: '#',
  head: ['server:'],
  lines: {
    tree: (host) => [`local-zone: "${host}." always_nxdomain`],
    host: (host) => [
      `local-zone: "${host}." typetransparent`,
      `local-data: "${host}. A 0.0.0.0"`,
      `local-data: "${host}. AAAA ::"`,
    ],
  },
  before: 'local-(?:zone|data): "',
  after: '\\.(?:" (?:always_nxdomain|typetransparent)| A 0\\.0\\.0\\.0"| AAAA ::")',
});
