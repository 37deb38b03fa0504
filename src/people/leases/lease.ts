/** That somebody had an address for a time. Texts are canonical; what is not known is empty, and one of the three is not. */
export interface Lease {
  address: string;
  /** Milliseconds since 1970; held in `[from, to)`. */
  from: number;
  /** The last time that the holder was seen to have it: given or renewed. */
  seen: number;
  to: number;
  /** `to` was seen, and is not only when it would have run out. */
  ended: boolean;
  user: string;
  device: string;
  mac: string;
}

/** That a lease ended whose beginning stands elsewhere. Without a holder: whoever had the address. */
export interface LeaseEnd {
  address: string;
  at: number;
  user: string;
  device: string;
  mac: string;
}

/** What an input says of leases. */
export interface LeaseNews {
  leases: readonly Lease[];
  ends: readonly LeaseEnd[];
  /** Beyond what is kept of one input. */
  dropped: number;
}

export const holderKey = ({ user, device, mac }: Pick<Lease, 'user' | 'device' | 'mac'>): string =>
  `${user}\0${device}\0${mac}`;

/** Whether an end is about the holder: it names nobody, or something that the lease names too. */
export function isEndOf(end: LeaseEnd, lease: Lease): boolean {
  const named = end.user !== '' || end.device !== '' || end.mac !== '';
  if (!named) return true;
  return (
    (end.user !== '' && end.user === lease.user) ||
    (end.mac !== '' && end.mac === lease.mac) ||
    (end.device !== '' && end.device === lease.device)
  );
}

/**
 * Makes one lease of those of one address and holder that touch, whatever order they came in: it begins with the first, and the
 * last time that it was seen says when it ends.
 */
export function joinLeases(leases: readonly Lease[]): Lease[] {
  const byHolder = new Map<string, Lease[]>();
  for (const lease of leases) {
    const key = `${lease.address}\0${holderKey(lease)}`;
    const all = byHolder.get(key);
    if (all === undefined) byHolder.set(key, [lease]);
    else all.push(lease);
  }
  const joined: Lease[] = [];
  for (const all of byHolder.values()) {
    all.sort((a, b) => a.from - b.from || a.seen - b.seen || a.to - b.to || Number(b.ended) - Number(a.ended));
    let last: Lease | undefined;
    for (const lease of all) {
      if (last === undefined || lease.from > last.to) {
        last = { ...lease };
        joined.push(last);
        continue;
      }
      const later = lease.seen > last.seen || (lease.seen === last.seen && isSurer(lease, last));
      if (later) [last.seen, last.to, last.ended] = [lease.seen, lease.to, lease.ended];
    }
  }
  return joined;
}

/** Of two seen last at the same time: an end that was seen goes before one that was only to come, then the earlier end or the later run. */
const isSurer = (a: Lease, b: Lease): boolean =>
  a.ended === b.ended ? (a.ended ? a.to < b.to : a.to > b.to) : a.ended;

/** Ends leases that still run. Each end counts for those that were seen before it. */
export function endLeases(leases: Lease[], ends: readonly LeaseEnd[]): LeaseEnd[] {
  const byAddress = new Map<string, Lease[]>();
  for (const lease of leases) {
    const all = byAddress.get(lease.address);
    if (all === undefined) byAddress.set(lease.address, [lease]);
    else all.push(lease);
  }
  const unused: LeaseEnd[] = [];
  for (const end of ends) {
    let used = false;
    for (const lease of byAddress.get(end.address) ?? []) {
      if (!isEndOf(end, lease) || lease.seen > end.at || lease.to < end.at) continue;
      used = true;
      if (lease.to === end.at && lease.ended) continue;
      [lease.to, lease.ended] = [Math.max(end.at, lease.from), true];
    }
    if (!used) unused.push(end);
  }
  return unused;
}

/** What several inputs, or parts of one, say together. Ends count for leases of the others, too. */
export function joinNews(news: readonly (LeaseNews | undefined)[]): LeaseNews | undefined {
  const all = news.filter((item) => item !== undefined);
  const [first, ...others] = all;
  if (first === undefined || others.length === 0) return first;
  const leases = joinLeases(all.flatMap((item) => item.leases));
  const ends = endLeases(
    leases,
    all.flatMap((item) => item.ends).sort((a, b) => a.at - b.at),
  );
  return { leases, ends, dropped: all.reduce((sum, { dropped }) => sum + dropped, 0) };
}
