import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { addressOf, lines, status, url, uuid } from './shared.js';

/** Cloudflare Gateway HTTP; times in nanoseconds, as the default of Logpush once was. */
export const cloudflareHttp: Writer = {
  ...lines,
  format: 'cloudflare-gateway-http',
  line: (rec) =>
    JSON.stringify({
      Datetime: `${rec.at}000000`,
      AccountID: 'f00d',
      Action: rec.blocked ? 'block' : 'allow',
      DestinationIP: addressOf(rec.host),
      DestinationPort: rec.port,
      DeviceName: rec.who.device,
      Email: rec.who.email,
      HTTPHost: rec.host,
      HTTPMethod: rec.method,
      HTTPStatusCode: rec.blocked ? 0 : status(rec),
      HTTPVersion: 'HTTP/2',
      IsIsolated: false,
      RequestID: rec.nonce.slice(0, 24),
      SourceIP: rec.who.address,
      URL: url(rec),
      UserAgent: rec.agent,
    }),
};

/** Cloudflare Gateway DNS: the device is all that is known of the person. */
export const cloudflareDns: Writer = {
  ...lines,
  format: 'cloudflare-gateway-dns',
  line: (rec) =>
    JSON.stringify({
      Datetime: isoTime(rec.at),
      DeviceName: rec.who.device,
      Email: '',
      Location: 'Head office',
      QueryID: uuid(rec),
      QueryName: rec.host,
      QueryType: 1,
      QueryTypeName: 'A',
      RCode: 0,
      ResolverDecision: rec.blocked ? 'blockedByCategory' : 'allowedOnNoPolicyMatch',
      SrcIP: rec.who.address,
    }),
};

/** Cloudflare Gateway network: TCP sessions with the name of the TLS handshake; times in seconds. */
export const cloudflareNetwork: Writer = {
  ...lines,
  format: 'cloudflare-gateway-network',
  line: (rec) =>
    JSON.stringify({
      Datetime: Math.floor(rec.at / 1000),
      Action: rec.blocked ? 'block' : 'allow',
      DestinationIP: addressOf(rec.host),
      DestinationPort: rec.port,
      DeviceName: rec.who.device,
      Email: rec.who.email,
      SessionID: uuid(rec),
      SNI: rec.host,
      SourceIP: rec.who.address,
      Transport: 'tcp',
    }),
};
