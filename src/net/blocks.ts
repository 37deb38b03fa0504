import { embeddedIpv4, isInside, type Network, parseNetwork } from './address.js';

/** Addresses that are not for everyone: reached only where the configuration says so. */
export interface Block {
  network: Network;
  /** An allowed host name opens it too; otherwise only a network that is written out. */
  byName: boolean;
}

// What an organisation uses inside: an allowed name may lead there.
const inside = ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '100.64.0.0/10', '127.0.0.0/8', '::1/128', 'fc00::/7'];

// Never meant for a service to call. From the IANA special-purpose registries for IPv4 and IPv6 (RFC 6890 and what updates it),
// and the metadata services of clouds, which stand before the wider networks that hold them.
const special = [
  '169.254.169.254', // metadata: AWS, Azure, Google, Oracle and others
  '169.254.170.2', // AWS containers
  'fd00:ec2::254', // AWS over IPv6
  'fd20:ce::254', // Google over IPv6
  '100.100.100.200', // Alibaba
  '168.63.129.16', // Azure, although the address is public
  '0.0.0.0/8',
  '169.254.0.0/16',
  '192.0.0.0/24',
  '192.0.2.0/24',
  '192.88.99.0/24',
  '198.18.0.0/15',
  '198.51.100.0/24',
  '203.0.113.0/24',
  '224.0.0.0/4',
  '240.0.0.0/4',
  '::/128',
  '100::/64',
  '2001::/23', // protocol assignments with Teredo and ORCHID
  '2001:db8::/32',
  '2002::/16', // 6to4
  '3fff::/20',
  'fe80::/10',
  'fec0::/10',
  'ff00::/8',
];

const block = (byName: boolean) => (text: string) => {
  const network = parseNetwork(text);
  if (network === undefined) throw new Error(`"${text}" is no network`);
  return { network, byName };
};

const blocks: readonly Block[] = [...special.map(block(false)), ...inside.map(block(true))];
const ipv4: Network = { bits: 0xffffn << 32n, length: 96 };
// RFC 6052: on networks with IPv6 only, the last 32 bits are the IPv4 address that is really reached.
const nat64 = block(false)('64:ff9b::/96').network;
const globalUnicast = block(false)('2000::/3').network;
// Longer than any network can be: nothing opens it.
const unassigned: Block = { network: { bits: 0n, length: 129 }, byName: false };

/** The block that an address is in; undefined for a public one. */
export function blockOf(bits: bigint): Block | undefined {
  if (isInside(bits, nat64)) return blockOf(embeddedIpv4(bits));
  const found = blocks.find(({ network }) => isInside(bits, network));
  if (found !== undefined) return found;
  return isInside(bits, ipv4) || isInside(bits, globalUnicast) ? undefined : unassigned;
}
