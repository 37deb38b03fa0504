import { lineFormat } from './common/lines.js';

/**
 * Options of dnsmasq 2.80 and later. `address=/name/` answers that the name and all below it do not exist; `host-record` gives one
 * name an address where nothing answers. What lies below a name alone cannot be said. Source: dnsmasq(8).
 */
export const blockListFormat = lineFormat({
  title: 'dnsmasq',
  summary: 'a file for conf-dir of dnsmasq, also of Pi-hole and OpenWrt',
  comment: '#',
  lines: { tree: (host) => [`address=/${host}/`], host: (host) => [`host-record=${host},0.0.0.0,::`] },
  before: '(?:address=/|host-record=)',
  after: '(?:/|,0\\.0\\.0\\.0,::)',
});
