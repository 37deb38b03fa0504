import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { parseIso } from '../core/time.js';
import { bareName, detectLeases, hourMs, leaseOf } from './common/lease.js';

// Messages of Kea's DHCPv4 and DHCPv6 servers (the message list of the administrator's reference manual):
// `DHCP4_LEASE_ALLOC [hwtype=1 aa:bb:..], cid=[..], tid=0x1: lease 10.1.2.3 has been allocated for 3600 seconds`,
// `DHCP4_RELEASE [..]..: address 10.1.2.3 was released properly.`, `DHCP4_LEASE_REUSE`, `DHCP6_LEASE_ALLOC .. duid=[..] ..`.
const stamp = /^(\d{4}-\d\d-\d\d[ T]\d\d:\d\d:\d\d(?:[.,]\d{1,9})?)/;
const named = /\bDHCP[46]_(LEASE_ALLOC|LEASE_REUSE|LEASE_RENEW|RELEASE)\b/;
const own = /\bDHCP[46]_[A-Z_]{3,40}\b|\bkea-dhcp[46]\b/;
const hardware = /\bhwtype=\d{1,3} ([\da-f]{2}(?::[\da-f]{2}){5})/i;
const host = /\bhostname[=:] ?"?([\w.-]{1,253})/i;
const lease = /\b(?:lease|address|lease for address) ([\da-f.:]{2,45})\b(?: .{0,60}?\bfor (\d{1,10}) seconds)?/i;
/** Kea's default `valid-lifetime`. */
const usual = 2 * hourMs;

function read(text: string, { zone, modified }: FormatContext): Outcome {
  const record = unwrapSyslog(text);
  const line = record.message.slice(0, 1000);
  if (!own.test(text.slice(0, 1000))) return reject('not a line of Kea');
  const what = named.exec(line)?.[1];
  if (what === undefined) return skip('another message of the DHCP server');
  const written = stamp.exec(line)?.[1];
  const at = written === undefined ? record.time?.(zone, modified) : parseIso(written.replace(',', '.'), zone);
  const body = line.slice(line.indexOf(': ', named.exec(line)?.index ?? 0) + 2);
  const found = lease.exec(body);
  const mac = hardware.exec(line)?.[1];
  const device = bareName(host.exec(line)?.[1]);
  if (what === 'RELEASE') return leaseOf({ address: found?.[1], at, ended: true, mac, device });
  const seconds = Number(found?.[2] ?? 0);
  const until = at === undefined ? undefined : at + (seconds > 0 ? seconds * 1000 : usual);
  return leaseOf({ address: found?.[1], at, until, mac, device });
}

/** The log of Kea's DHCP servers, from its own file or syslog. */
export const format: Format = {
  title: 'Kea DHCP (log)',
  kinds: [],
  framing: 'lines',
  detect: (sample) => detectLeases(sample, named, own, 'lines of Kea that give or end leases'),
  open: (context) => ({ read: (text) => read(text, context) }),
};
