import { lineFormat } from './common/lines.js';

/**
 * A list of type Domain for Cloudflare Zero Trust, CSV for upload. A policy with the selector Domain takes each name with all below it.
 * Source: Cloudflare documentation, "Lists" and "DNS policies, Domain".
 */
export const blockListFormat = lineFormat({
  title: 'Cloudflare Zero Trust',
  summary: 'a list of type Domain, for upload',
  most: 1000,
  contentType: 'text/csv; charset=utf-8; header=present',
  head: ['value'],
  lines: { tree: (host) => [host] },
});
