import { canonicalIp } from '../../core/host.js';
import { canonicalMac, type LeaseNote } from '../../core/lease.js';
import { known } from '../../core/text.js';
import { readLoggedUser } from '../logged-user.js';
import { deviceKey } from '../lookups.js';
import { isEndOf, joinLeases, type Lease, type LeaseEnd, type LeaseNews } from './lease.js';

/** Leases of one input that are kept. */
const maxLeases = 500_000;
/** Where neither the record nor the product says: long enough for a working day. */
const defaultRun = 12 * 3_600_000;
const longest = 200;

/** Gathers what the records of one input say of leases, in their order. */
export class LeaseBook {
  /** Leases that may be renewed, by address. */
  readonly #open = new Map<string, Lease[]>();
  readonly #leases: Lease[] = [];
  readonly #ends: LeaseEnd[] = [];
  #dropped = 0;

  add(note: LeaseNote): void {
    const address = canonicalIp(note.address);
    if (address === undefined || !Number.isSafeInteger(note.at)) return;
    const user = userOf(note.user);
    const device = cut(deviceKey(known(note.device) ?? ''));
    const mac = canonicalMac(note.mac) ?? '';
    const who = { address, user, device, mac };
    const named = user !== '' || device !== '' || mac !== '';
    if (note.ended !== true) {
      if (named) this.#hold(who, note.at, note.at, note.until ?? note.at + defaultRun);
      return;
    }
    if (named && note.since !== undefined) this.#hold(who, note.since, note.since, note.at);
    this.#end({ ...who, at: note.at });
  }

  #hold(who: Pick<Lease, 'address' | 'user' | 'device' | 'mac'>, from: number, seen: number, to: number): void {
    if (!Number.isSafeInteger(from) || !Number.isSafeInteger(to) || to <= from) return;
    const open = this.#open.get(who.address) ?? [];
    const own = open.find(({ user, device, mac }) => user === who.user && device === who.device && mac === who.mac);
    if (own !== undefined && from >= own.seen && from <= own.to) {
      [own.seen, own.to] = [seen, to];
      return;
    }
    if (this.#leases.length >= maxLeases) {
      this.#dropped++;
      return;
    }
    const lease = { ...who, from, seen, to, ended: false };
    this.#leases.push(lease);
    // Few hold an address at a time; an address with many is hostile or no lease, and only loses renewals.
    const others = open.filter((other) => other !== own);
    this.#open.set(who.address, [...others.slice(-7), lease]);
  }

  #end(end: LeaseEnd): void {
    let used = false;
    const left = (this.#open.get(end.address) ?? []).filter((lease) => {
      if (!isEndOf(end, lease) || lease.seen > end.at || lease.to < end.at) return true;
      [lease.to, lease.ended] = [Math.max(end.at, lease.from + 1), true];
      used = true;
      return false;
    });
    if (used) this.#open.set(end.address, left);
    else if (this.#ends.length < maxLeases) this.#ends.push(end);
    else this.#dropped++;
  }

  /** All that was said; undefined where nothing was. */
  close(): LeaseNews | undefined {
    if (this.#leases.length === 0 && this.#ends.length === 0) return undefined;
    return { leases: joinLeases(this.#leases), ends: this.#ends, dropped: this.#dropped };
  }
}

const cut = (text: string): string => text.slice(0, longest);

/** A person's or a program's account as it is compared; accounts that every machine has name nobody. */
function userOf(raw: string | undefined): string {
  const user = raw === undefined ? undefined : readLoggedUser(raw);
  return user === undefined || user.kind === 'local' || user.kind === 'machine' ? '' : cut(user.canonical);
}
