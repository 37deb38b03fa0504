import type { Writer } from '../types.js';
import { addressOf, lines, splitPath, status, url } from './shared.js';

/** Squid native access log. Tunnels name host and port only; where TLS is opened, the whole URL. */
export const squid: Writer = {
  ...lines,
  format: 'squid',
  ms: true,
  line(rec) {
    const tunnel = rec.path === '';
    const seconds = `${Math.floor(rec.at / 1000)}.${String(rec.at % 1000).padStart(3, '0')}`;
    const result = rec.blocked ? 'TCP_DENIED' : tunnel ? 'TCP_TUNNEL' : 'TCP_MISS';
    const user = rec.who.kind === 'person' ? `acme%5c${rec.who.login}` : rec.who.login || '-';
    const peer = rec.blocked ? 'HIER_NONE/-' : `HIER_DIRECT/${addressOf(rec.host)}`;
    const type = tunnel || splitPath(rec).path.includes('api') ? '-' : 'text/html';
    return [
      seconds,
      String(Number.parseInt(rec.nonce.slice(0, 3), 16) + 20).padStart(6),
      rec.who.address,
      `${result}/${status(rec)}`,
      rec.received,
      tunnel ? 'CONNECT' : rec.method,
      tunnel ? `${rec.host}:${rec.port}` : url(rec),
      user,
      peer,
      type,
    ].join(' ');
  },
};
