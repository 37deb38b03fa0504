import { wall } from '../time.js';
import type { Writer } from '../types.js';
import { lines, status, url } from './shared.js';

/** Squid in common log shape with referer and user agent; its clock is two hours ahead of UTC. */
export const squidCommon: Writer = {
  ...lines,
  format: 'squid-common',
  line(rec) {
    const { day, monthName, year, clock } = wall(rec.at, 2);
    const result = rec.blocked ? 'TCP_DENIED:HIER_NONE' : 'TCP_MISS:HIER_DIRECT';
    return (
      `${rec.who.address} - ${rec.who.email || '-'} [${day}/${monthName}/${year}:${clock} +0200] ` +
      `"${rec.method} ${url(rec)} HTTP/1.1" ${status(rec)} ${rec.received} "-" "${rec.agent}" ${result}`
    );
  },
};
