import { stamp } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, lines, splitPath, status } from './shared.js';

/** ProxySG, format `main`, as the appliance uploads it without a header. */
export const bluecoat: Writer = {
  ...lines,
  format: 'bluecoat',
  line(rec) {
    const { path, query } = splitPath(rec);
    return [
      stamp(rec.at),
      Number.parseInt(rec.nonce.slice(0, 3), 16) + 5,
      rec.who.address,
      status(rec),
      rec.blocked ? 'TCP_DENIED' : 'TCP_NC_MISS',
      rec.received,
      rec.sent,
      rec.method,
      rec.port === 443 ? 'https' : 'http',
      rec.host,
      rec.port,
      path,
      query || '-',
      rec.who.login || '-',
      '-',
      rec.host,
      'text/html;charset=utf-8',
      '-',
      `"${rec.agent}"`,
      rec.blocked ? 'DENIED' : 'OBSERVED',
      '"Technology/Internet"',
      '-',
      addressOf(rec.host),
    ].join(' ');
  },
};
