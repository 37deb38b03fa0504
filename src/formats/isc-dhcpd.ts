import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { bareName, detectLeases, hourMs, leaseOf } from './common/lease.js';

// Messages of ISC dhcpd 4, server/dhcp.c: `DHCPACK on 10.1.2.3 to aa:bb:cc:dd:ee:ff (host) via eth0`, with `relay`, and from 4.4 on
// `lease-duration SECONDS`; `DHCPRELEASE of 10.1.2.3 from aa:bb:cc:dd:ee:ff (host) via eth0 (found)`.
const ack = /\bDHCPACK on ([\da-f.:]{2,45}) to (\S{2,60})(?: (\([^)]{1,255}\)))? via \S{1,60}(.{0,200})/i;
const release = /\bDHCP(?:RELEASE|DECLINE) of ([\da-f.:]{2,45}) from (\S{2,60})(?: (\([^)]{1,255}\)))? via /i;
const duration = /\blease-duration (\d{1,10})\b/;
const other =
  /\b(?:DHCP(?:DISCOVER|OFFER|REQUEST|ACK|NAK|INFORM|DECLINE|RELEASE|LEASE\w*|EXPIRE)|BOOTREQUEST|BOOTREPLY)\b|\bdhcpd(?:\[\d{1,9}\])?:/;
/** `default-lease-time` of the server where no message says it. */
const usual = 12 * hourMs;

function read(text: string, { zone, modified }: FormatContext): Outcome {
  const { message, time } = unwrapSyslog(text);
  const line = message.slice(0, 1000);
  const at = time?.(zone, modified);
  const given = ack.exec(line);
  if (given !== null) {
    const seconds = Number(duration.exec(given[4] ?? '')?.[1] ?? 0);
    const until = at === undefined ? undefined : at + (seconds > 0 ? seconds * 1000 : usual);
    return leaseOf({ address: given[1], at, until, mac: given[2], device: bareName(given[3]) });
  }
  const gone = release.exec(line);
  if (gone !== null) return leaseOf({ address: gone[1], at, ended: true, mac: gone[2], device: bareName(gone[3]) });
  return other.test(text.slice(0, 1000)) ? skip('another message of the DHCP server') : reject('not a line of dhcpd');
}

/** Syslog of ISC dhcpd: who was given which address. */
export const format: Format = {
  title: 'ISC dhcpd (leases)',
  kinds: [],
  framing: 'lines',
  detect: (sample) => detectLeases(sample, ack, other, 'lines of dhcpd with DHCPACK'),
  open: (context) => ({ read: (text) => read(text, context) }),
};
