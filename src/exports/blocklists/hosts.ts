import { lineFormat } from './common/lines.js';

/**
 * A hosts file: whole names only, so what lies below a blocked name stays open. Names without addresses of their own get 0.0.0.0,
 * which no machine answers at. Source: hosts(5).
 */
export const blockListFormat = lineFormat({
  title: 'hosts file',
  summary: 'lines for a hosts file: whole names only, without what lies below them',
  comment: '#',
  lines: { host: (host) => [`0.0.0.0 ${host}`], tree: (host) => [`0.0.0.0 ${host}`] },
  before: '0\\.0\\.0\\.0 ',
  names: true,
});
