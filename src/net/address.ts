import { isIPv4, isIPv6 } from 'node:net';

/** A network: its bits and how many of the first 128 are fixed. IPv4 stands as IPv4-mapped IPv6, so that all is compared alike. */
export interface Network {
  bits: bigint;
  length: number;
}

const mappedPrefix = 0xffffn << 32n;

/** The 128 bits of an address in its usual spelling, IPv4 as `::ffff:a.b.c.d`. Undefined for anything else, a zone (`%eth0`) too. */
export function addressBits(text: string): bigint | undefined {
  if (isIPv4(text)) return mappedPrefix | text.split('.').reduce((bits, part) => (bits << 8n) | BigInt(part), 0n);
  if (!isIPv6(text) || text.includes('%')) return undefined;
  // The URL parser writes every IPv6 address as hexadecimal groups with at most one `::`.
  const [left = '', right] = new URL(`http://[${text}]`).hostname.slice(1, -1).split('::');
  const groups = left === '' ? [] : left.split(':');
  if (right !== undefined) {
    const tail = right === '' ? [] : right.split(':');
    groups.push(...new Array<string>(8 - groups.length - tail.length).fill('0'), ...tail);
  }
  return groups.reduce((bits, group) => (bits << 16n) | BigInt(`0x${group}`), 0n);
}

/** A network as people write it: `10.0.0.0/8`, `fd00::/8`, or one address. Undefined for anything else. */
export function parseNetwork(text: string): Network | undefined {
  const [address = '', length, more] = text.split('/');
  const bits = addressBits(address);
  if (bits === undefined || more !== undefined) return undefined;
  const most = isIPv4(address) ? 32 : 128;
  if (length === undefined) return { bits, length: 128 };
  if (!/^\d{1,3}$/.test(length) || Number(length) > most) return undefined;
  return { bits, length: 128 - most + Number(length) };
}

export const isInside = (bits: bigint, network: Network): boolean =>
  (bits ^ network.bits) >> BigInt(128 - network.length) === 0n;

/** The IPv4 address in the last 32 bits, as mapped bits. */
export const embeddedIpv4 = (bits: bigint): bigint => mappedPrefix | (bits & 0xffffffffn);
