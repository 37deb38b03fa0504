import { bytesOfIp } from './ip-bytes.js';
import { holderKey, type Lease } from './lease.js';

// Leases as one shared buffer: 100,000 devices are 13 MB once per process, however many threads look into it. As objects they would
// be 60 MB in each thread, and every change would be copied to all of them.
//
// Layout, all numbers little-endian 32-bit: counts, addresses (4 words each, sorted), where the leases of each begin, then of each
// lease from, to, the latest end so far within its address (seconds), and its holder; of each holder where its three texts begin, and
// the texts in UTF-8.

/** Leases that are looked into; of more the youngest. */
export const maxPacked = 2_000_000;

/** Offsets in words of the parts of a buffer. */
export interface Parts {
  addresses: number;
  leases: number;
  holders: number;
  address: number;
  begin: number;
  from: number;
  to: number;
  latest: number;
  holder: number;
  text: number;
  /** Where the texts begin, in bytes. */
  bytes: number;
}

const headWords = 4;

export function partsOf(addresses: number, leases: number, holders: number): Parts {
  const address = headWords;
  const begin = address + addresses * 4;
  const from = begin + addresses + 1;
  const to = from + leases;
  const latest = to + leases;
  const holder = latest + leases;
  const text = holder + leases;
  return {
    addresses,
    leases,
    holders,
    address,
    begin,
    from,
    to,
    latest,
    holder,
    text,
    bytes: (text + holders * 3 + 1) * 4,
  };
}

const secondOf = (ms: number): number => Math.min(0xffff_ffff, Math.max(0, Math.floor(ms / 1000)));

/**
 * Packs leases. One that had not been seen again when another holder got the address ended then: servers hand an address on before
 * the time that they had promised is over.
 */
export function packLeases(all: readonly Lease[]): SharedArrayBuffer {
  const kept = all.length <= maxPacked ? all : all.toSorted((a, b) => b.to - a.to).slice(0, maxPacked);
  const addresses = byAddress(kept);
  const holders = new Map<string, number>();
  const texts: Buffer[] = [];
  let [leases, size] = [0, 0];
  for (const { own } of addresses)
    for (const lease of own) {
      leases++;
      const key = holderKey(lease);
      if (holders.has(key)) continue;
      holders.set(key, holders.size);
      for (const text of [lease.user, lease.device, lease.mac]) {
        const bytes = Buffer.from(text);
        texts.push(bytes);
        size += bytes.length;
      }
    }
  const parts = partsOf(addresses.length, leases, holders.size);
  const buffer = new SharedArrayBuffer(parts.bytes + size);
  const words = new Uint32Array(buffer, 0, parts.bytes / 4);
  words.set([addresses.length, leases, holders.size, 0], 0);
  let i = 0;
  for (const [address, { key, own }] of addresses.entries()) {
    words.set(key, parts.address + address * 4);
    words[parts.begin + address] = i;
    let latest = 0;
    for (const [n, lease] of own.entries()) {
      const from = secondOf(lease.from);
      const to = Math.max(from + 1, secondOf(endOf(own, n)));
      latest = Math.max(latest, to);
      words[parts.from + i] = from;
      words[parts.to + i] = to;
      words[parts.latest + i] = latest;
      words[parts.holder + i] = holders.get(holderKey(lease)) ?? 0;
      i++;
    }
  }
  words[parts.begin + addresses.length] = i;
  let at = 0;
  const bytes = new Uint8Array(buffer, parts.bytes);
  for (const [n, text] of texts.entries()) {
    words[parts.text + n] = at;
    bytes.set(text, at);
    at += text.length;
  }
  words[parts.text + texts.length] = at;
  return buffer;
}

/** Addresses in order, each with its leases in the order of time. */
function byAddress(leases: readonly Lease[]): { key: readonly number[]; own: Lease[] }[] {
  const found = new Map<string, { key: readonly number[]; own: Lease[] } | undefined>();
  for (const lease of leases) {
    const known = found.get(lease.address);
    if (known !== undefined) known.own.push(lease);
    else if (!found.has(lease.address)) {
      const key = bytesOfIp(lease.address);
      found.set(lease.address, key === undefined ? undefined : { key, own: [lease] });
    }
  }
  const addresses = [...found.values()].filter((item) => item !== undefined);
  for (const { own } of addresses) if (own.length > 1) own.sort((a, b) => a.from - b.from || a.to - b.to);
  return addresses.sort((a, b) => compareWords(a.key, b.key));
}

/** How many of the leases behind it are looked at for the one that ends a lease. */
const lookAhead = 64;

/** When a lease ended: the next holder of the address who came after it was last seen took it over. */
function endOf(own: readonly Lease[], i: number): number {
  const lease = own[i];
  if (lease === undefined) return 0;
  const key = holderKey(lease);
  for (let next = i + 1; next < Math.min(own.length, i + lookAhead); next++) {
    const other = own[next];
    if (other === undefined || other.from >= lease.to) break;
    if (other.from > lease.seen && holderKey(other) !== key) return other.from;
  }
  return lease.to;
}

function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
