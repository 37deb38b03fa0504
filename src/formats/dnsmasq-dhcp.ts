import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { detectLeases, hourMs, leaseOf } from './common/lease.js';

// Messages of dnsmasq's DHCP server, src/rfc2131.c: `DHCPACK(eth0) 10.1.2.3 aa:bb:cc:dd:ee:ff host`,
// `DHCPRELEASE(eth0) 10.1.2.3 aa:bb:cc:dd:ee:ff`, with a transaction number before where log-dhcp is on.
const message = /^(?:\d{1,12} )?DHCP([A-Z]{3,12})\([^)\s]{0,60}\) ([\da-f.:]{2,45}) (\S{2,60})(?: (\S{1,255}))?/;
const own = /\bdnsmasq-dhcp(?:\[\d{1,9}\])?:/;
/** The lease time of a `dhcp-range` that names none. */
const usual = hourMs;

function read(text: string, { zone, modified }: FormatContext): Outcome {
  if (!own.test(text.slice(0, 300))) return reject('not a line of the DHCP server of dnsmasq');
  const record = unwrapSyslog(text);
  const found = message.exec(record.message.slice(0, 600));
  const at = record.time?.(zone, modified);
  const [, what, address, mac, device] = found ?? [];
  if (what === 'ACK') return leaseOf({ address, at, until: at === undefined ? undefined : at + usual, mac, device });
  if (what === 'RELEASE') return leaseOf({ address, at, ended: true, mac });
  return skip('another message of the DHCP server');
}

/** Syslog of dnsmasq: who was given which address. */
export const format: Format = {
  title: 'dnsmasq DHCP (leases)',
  kinds: [],
  framing: 'lines',
  detect: (sample) => detectLeases(sample, own, own, 'lines of dnsmasq-dhcp'),
  open: (context) => ({ read: (text) => read(text, context) }),
};
