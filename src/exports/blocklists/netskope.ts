import { lineFormat } from './common/lines.js';

/** A URL list of type exact: `*.` in front stands for what lies below. Source: Netskope documentation, "URL lists". No comments. */
export const blockListFormat = lineFormat({
  title: 'Netskope',
  summary: 'a URL list of type exact, for upload',
  lines: { host: (host) => [host], tree: (host) => [host, `*.${host}`], below: (host) => [`*.${host}`] },
  before: '(?:\\*\\.)?',
});
