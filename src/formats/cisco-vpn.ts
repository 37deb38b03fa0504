import { type Format, type FormatContext, type Outcome, reject, skip } from '../core/format.js';
import { unwrapSyslog } from '../core/syslog.js';
import { dayMs, detectLeases, leaseOf } from './common/lease.js';

// Messages of Cisco ASA and FTD (Cisco Secure Firewall ASA series syslog messages):
// 722051 `Group <G> User <U> IP <public> IPv4 Address <10.1.2.3> IPv6 address <::> assigned to session` (AnyConnect),
// 746012 and 746013 `user-identity: Add|Delete IP-User mapping 10.1.2.3 - DOMAIN\user Succeeded - ...`,
// 737016 `IPAA: Session=0x1, Freeing local pool POOL address 10.1.2.3`, which comes when the session ends.
const tagged = /%(?:ASA|FTD)-(?:[A-Za-z_]{1,20}-)?[0-7]-(\d{6}):\s*/;
const own = /%(?:ASA|FTD)-(?:[A-Za-z_]{1,20}-)?[0-7]-(?:722051|746012|746013|737016):/;
const assigned =
  /\bUser <?([^<>\s]{1,200})>? IP <?[\da-f.:]{2,45}>? (?:IPv4 )?Address <?([\da-f.:]{2,45})>?(?: IPv6 address <?([\da-f.:]{2,45})>?)? assigned to session/i;
const mapping = /\bIP-User mapping ([\da-f.:]{2,45}) - (\S{1,200}) Succeeded/i;
const freed = /\bFreeing (?:local pool|AAA|DHCP)\b.{0,100}?\baddress ([\da-f.:]{2,45})/i;
/** No session is longer: `vpn-session-timeout` of those that have one is hours. */
const longestSession = dayMs;

function read(text: string, { zone, modified }: FormatContext): Outcome {
  const record = unwrapSyslog(text);
  const line = text.slice(0, 1500);
  const found = tagged.exec(line);
  if (found === null) return reject('not a message of Cisco ASA or FTD');
  const at = record.time?.(zone, modified);
  const until = at === undefined ? undefined : at + longestSession;
  const body = line.slice(found.index + found[0].length);
  switch (found[1]) {
    case '722051': {
      const m = assigned.exec(body);
      const [, user, v4, v6] = m ?? [];
      const isNone = (address: string | undefined): boolean => address === undefined || /^[0:.]+$/.test(address);
      const given = [v4, v6].filter((address) => !isNone(address));
      const outcomes = given.map((address) => leaseOf({ address, at, until, user }));
      const leases = outcomes.flatMap((outcome) => ('leases' in outcome ? (outcome.leases ?? []) : []));
      return leases.length === 0
        ? skip('a lease without an address or a time')
        : { skip: 'a lease of an address', leases };
    }
    case '746012':
    case '746013': {
      const m = mapping.exec(body);
      const user = m?.[2]?.replace(/^LOCAL\\/i, '');
      return found[1] === '746012'
        ? leaseOf({ address: m?.[1], at, until, user })
        : leaseOf({ address: m?.[1], at, ended: true, user });
    }
    case '737016':
      return leaseOf({ address: freed.exec(body)?.[1], at, ended: true });
    default:
      return skip('another message of the firewall');
  }
}

/** Syslog of Cisco ASA and FTD: which VPN user was given which address. */
export const format: Format = {
  title: 'Cisco ASA and FTD VPN (addresses of users)',
  kinds: [],
  framing: 'lines',
  detect: (sample) => detectLeases(sample, own, own, 'messages of Cisco ASA that give addresses to VPN users'),
  open: (context) => ({ read: (text) => read(text, context) }),
};
