import { lineFormat } from './common/lines.js';

/**
 * URLs of a custom category: a dot in front stands for the name and all below it. Source: Zscaler help, "URL format guidelines". No
 * comments. What a custom category holds at most depends on the subscription.
 */
export const blockListFormat = lineFormat({
  title: 'Zscaler Internet Access',
  summary: 'URLs of a custom URL category',
  lines: { tree: (host) => [`.${host}`], host: (host) => [host] },
  before: '\\.?',
});
