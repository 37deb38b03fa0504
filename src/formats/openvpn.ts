import { type Format, type FormatContext, leaseSkip, type Outcome, type Reader, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { parseCtime, parseIso } from '../core/time.js';
import { dayMs, detectLeases, leaseOf } from './common/lease.js';

// The log of an OpenVPN server (multi.c): `TIME user/1.2.3.4:5000 MULTI: Learn: 10.8.0.6 -> user/1.2.3.4:5000`; a client that goes is
// `TIME user/1.2.3.4:5000 SIGTERM[...] received, client-instance exiting`, without its address, which is remembered from before.
const isoStart = /^(\d{4}-\d\d-\d\d \d\d:\d\d:\d\d) /;
const ctimeStart = /^([A-Z][a-z]{2} [A-Z][a-z]{2} [ \d]\d \d\d:\d\d:\d\d \d{4}) /;
const learn = /\bMULTI: Learn: ([\da-f.:]{2,45}) -> (\S{1,200})\/(\S{3,80})/i;
const exit =
  /^(?:us=\d{1,6} )?(\S{1,200})\/(\S{3,80}) SIG\w{3,8}\[[^\]]{0,60}\] received, client-instance (?:exiting|restarting)/;
const own = /\bMULTI: (?:Learn|primary virtual IP|new connection)|\bclient-instance (?:exiting|restarting)/;
const beside =
  /\b(?:MULTI|TLS|VERIFY|Peer Connection|Control Channel|Data Channel|client-instance|SENT CONTROL|PUSH|OpenVPN|TCP|UDP|IV_\w+)\b/;
/** Clients that are remembered until they go. */
const maxClients = 20_000;

function open({ zone, modified }: FormatContext): Reader {
  const addresses = new Map<string, string[]>();
  return {
    read(text): Outcome {
      const record = unwrapSyslog(text.slice(0, 1500));
      const line = record.message;
      const iso = isoStart.exec(line);
      const stamp = iso ?? ctimeStart.exec(line);
      const at =
        stamp?.[1] === undefined
          ? record.time?.(zone, modified)
          : iso !== null
            ? parseIso(stamp[1], zone)
            : parseCtime(stamp[1], zone);
      const body = line.slice(stamp?.[0].length ?? 0);
      const learned = learn.exec(body);
      if (learned !== null) {
        const [, address = '', user = '', peer = ''] = learned;
        if (addresses.size >= maxClients) addresses.clear();
        const client = `${user}/${peer}`;
        const known = addresses.get(client) ?? [];
        if (!known.includes(address)) addresses.set(client, [...known.slice(-3), address]);
        // A client without a name is a certificate's mistake: it names nobody.
        return user === 'UNDEF' ? skip('a lease of nobody') : leaseOf({ address, at, until: at && at + dayMs, user });
      }
      const gone = exit.exec(body);
      if (gone !== null && at !== undefined) {
        const [, user = '', peer = ''] = gone;
        const held = addresses.get(`${user}/${peer}`) ?? [];
        addresses.delete(`${user}/${peer}`);
        if (held.length > 0) return leaseSkip(...held.map((address) => ({ address, at, ended: true as const, user })));
      }
      return at === undefined && !beside.test(body.slice(0, 300))
        ? reject('not a line of OpenVPN')
        : skip('another message of OpenVPN');
    },
    state: () => undefined,
  };
}

/** The log of an OpenVPN server: which user had which address. */
export const format: Format = {
  title: 'OpenVPN server (addresses of users)',
  kinds: [],
  framing: 'lines',
  detect: (sample) => detectLeases(sample, own, beside, 'lines of an OpenVPN server with its clients'),
  open,
};
