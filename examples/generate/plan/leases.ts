import { members } from '../people.js';
import { dayMs, dayText, firstDay, workdays } from '../time.js';
import type { Actor } from '../types.js';

/** Who had an address, from and to (not included), RFC 3339. */
export interface Lease {
  address: string;
  who: Actor;
  from: string;
  to: string;
  /** Which log tells: the DHCP server knows devices, the VPN gateway users. */
  by: 'dhcp' | 'vpn';
}

const [clerk] = members('Marketing', 24, 24);
const [lawyer] = members('Legal', 7, 7);
const [caller] = members('Sales', 33, 33);

/** Meeting rooms: the same three people of Sales have the same addresses each working day. */
const rooms = members('Sales', 25, 27).flatMap((who, index) =>
  workdays().map(
    (day): Lease => ({
      address: `10.20.90.${11 + index}`,
      who,
      from: `${dayText(day)}T05:50:0${index}Z`,
      to: `${dayText(day)}T17:30:0${index}Z`,
      by: 'dhcp',
    }),
  ),
);

export const leases: readonly Lease[] = [
  ...rooms,
  // One address, two people on one day: who had it at noon decides.
  ...(clerk === undefined || lawyer === undefined
    ? []
    : [
        {
          address: '10.20.90.14',
          who: clerk,
          from: '2026-11-03T07:02:11Z',
          to: '2026-11-03T11:58:40Z',
          by: 'dhcp',
        } as const,
        {
          address: '10.20.90.14',
          who: lawyer,
          from: '2026-11-03T12:00:05Z',
          to: '2026-11-03T16:00:05Z',
          by: 'dhcp',
        } as const,
      ]),
  ...(caller === undefined
    ? []
    : workdays(7, 27, 3).map(
        (day): Lease => ({
          address: '10.20.91.5',
          who: caller,
          from: `${dayText(day)}T05:30:00Z`,
          to: `${dayText(day)}T17:10:00Z`,
          by: 'vpn',
        }),
      )),
];

/** Who was behind an address at an instant. */
export function holderOf(who: Actor, at: number): Actor {
  const lease = leases.find(
    ({ address, from, to }) =>
      who.kind === 'address' && address === who.address && Date.parse(from) <= at && at < Date.parse(to),
  );
  return lease?.who ?? who;
}

const seconds = (from: string, to: string): number => (Date.parse(to) - Date.parse(from)) / 1000;
const iso = (text: string): string => text.replace('Z', '+00:00');
const clock = (text: string): string => text.slice(0, 19).replace('T', ' ');
const hardware = ({ id }: Actor): string => `02:00:00:00:${id.slice(1, 3)}:${id.slice(3, 5)}`;

/** Syslog of ISC dhcpd: it gives out addresses for a time, and devices give them back. */
export function dhcpLog(): string {
  const messages = leases
    .filter(({ by }) => by === 'dhcp')
    .flatMap(({ address, who, from, to }) => [
      [
        from,
        `DHCPACK on ${address} to ${hardware(who)} (${who.device}) via eth1 relay eth1 lease-duration ${seconds(from, to)} uid 01:02`,
      ] as const,
      [to, `DHCPRELEASE of ${address} from ${hardware(who)} (${who.device}) via eth1 (found)`] as const,
    ]);
  return written(messages.map(([at, message]) => [at, `${iso(at)} dhcp-branch dhcpd[811]: ${message}`]));
}

/** Log of an OpenVPN server: users by their account. */
export function vpnLog(): string {
  const messages = leases
    .filter(({ by }) => by === 'vpn')
    .flatMap(({ address, who, from, to }) => {
      const client = `${who.email}/203.0.113.${60 + (Date.parse(from) / dayMs - firstDay / dayMs > 14 ? 1 : 0)}:49152`;
      return [
        [from, `${clock(from)} ${client} MULTI: Learn: ${address} -> ${client}`] as const,
        [to, `${clock(to)} ${client} SIGTERM[soft,remote-exit] received, client-instance exiting`] as const,
      ];
    });
  return written(messages);
}

const written = (messages: readonly (readonly [at: string, line: string])[]): string =>
  `${[...messages]
    .sort(([a], [b]) => Date.parse(a) - Date.parse(b))
    .map(([, line]) => line)
    .join('\n')}\n`;
