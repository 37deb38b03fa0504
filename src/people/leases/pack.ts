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
  const withBytes = kept.flatMap((lease) => {
    const words = bytesOfIp(lease.address);
    return words === undefined ? [] : [{ lease, words }];
  });
  withBytes.sort((a, b) => compareWords(a.words, b.words) || a.lease.from - b.lease.from || a.lease.to - b.lease.to);

  const holderIds = new Map<string, number>();
  const texts: Buffer[] = [];
  for (const { lease } of withBytes) {
    const key = holderKey(lease);
    if (holderIds.has(key)) continue;
    holderIds.set(key, holderIds.size);
    texts.push(Buffer.from(lease.user), Buffer.from(lease.device), Buffer.from(lease.mac));
  }
  let addresses = 0;
  for (const [i, { words }] of withBytes.entries()) {
    const before = withBytes[i - 1];
    if (before === undefined || compareWords(before.words, words) !== 0) addresses++;
  }
  const parts = partsOf(addresses, withBytes.length, holderIds.size);
  const size = texts.reduce((sum, text) => sum + text.length, 0);
  const buffer = new SharedArrayBuffer(parts.bytes + size);
  const words = new Uint32Array(buffer, 0, parts.bytes / 4);
  words.set([addresses, withBytes.length, holderIds.size, 0], 0);
  let address = -1;
  for (let i = 0; i < withBytes.length; i++) {
    const item = withBytes[i];
    if (item === undefined) break;
    const before = withBytes[i - 1];
    const isNew = before === undefined || compareWords(before.words, item.words) !== 0;
    if (isNew) {
      address++;
      words.set(item.words, parts.address + address * 4);
      words[parts.begin + address] = i;
    }
    const from = secondOf(item.lease.from);
    const to = Math.max(from + 1, secondOf(endOf(withBytes, i)));
    words[parts.from + i] = from;
    words[parts.to + i] = to;
    words[parts.latest + i] = isNew ? to : Math.max(to, words[parts.latest + i - 1] ?? 0);
    words[parts.holder + i] = holderIds.get(holderKey(item.lease)) ?? 0;
  }
  words[parts.begin + addresses] = withBytes.length;
  let at = 0;
  const bytes = new Uint8Array(buffer, parts.bytes);
  for (const [i, text] of texts.entries()) {
    words[parts.text + i] = at;
    bytes.set(text, at);
    at += text.length;
  }
  words[parts.text + texts.length] = at;
  return buffer;
}

/** How many of the leases behind it are looked at for the one that ends a lease. */
const lookAhead = 64;

/** When a lease ended: the next holder of the address who came after it was last seen took it over. */
function endOf(sorted: readonly { lease: Lease; words: readonly number[] }[], i: number): number {
  const item = sorted[i];
  if (item === undefined) return 0;
  const { lease, words } = item;
  const own = holderKey(lease);
  for (let next = i + 1; next < Math.min(sorted.length, i + lookAhead); next++) {
    const other = sorted[next];
    if (other === undefined || other.lease.from >= lease.to || compareWords(other.words, words) !== 0) break;
    if (other.lease.from > lease.seen && holderKey(other.lease) !== own) return other.lease.from;
  }
  return lease.to;
}

export function compareWords(a: readonly number[], b: readonly number[]): number {
  for (let i = 0; i < 4; i++) {
    const difference = (a[i] ?? 0) - (b[i] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
