import type { InventoryEntry } from '../core/register.js';
import type { Period } from '../core/usage.js';
import { addDays, daysBetween } from './days.js';
import { entryLabel, listed } from './words.js';

/** An entry with no usage in the period. */
export interface UnseenEntry {
  entry: string;
  name: string;
  reason: string;
  /** Denied and retired entries ought to be unseen. */
  expected: boolean;
}

/** Something that ends within 30 days after the day of the report. */
export interface Lapsing {
  entry: string;
  name: string;
  what: 'approval' | 'exception' | 'review';
  /** Last day on which it holds. */
  date: string;
  daysLeft: number;
  reason: string;
}

/** What was seen of an entry and of the services that it names. */
export interface Seen {
  /** Entries that cover at least one use. */
  entries: ReadonlySet<string>;
  /** Services with use, and services with attempts only. */
  used: ReadonlySet<string>;
  tried: ReadonlySet<string>;
}

/** Entries that no use in the period falls under, each with the reason. In the order of the inventory. */
export function unseenEntries(
  entries: readonly InventoryEntry[],
  seen: Seen,
  period: Period,
  nameOf: (service: string) => string,
): UnseenEntry[] {
  const when = period.from === '' ? 'in the data looked at' : `from ${period.from} to ${period.to}`;
  return entries
    .filter((entry) => !seen.entries.has(entry.id))
    .map((entry) => {
      const expected = entry.status === 'denied' || entry.status === 'retired';
      const names = listed(entry.services.map(nameOf));
      const label = entryLabel(entry);
      const used = entry.services.filter((service) => seen.used.has(service));
      const tried = entry.services.filter((service) => seen.tried.has(service));
      let reason: string;
      if (entry.services.length === 0) reason = `${label} names no catalog service, so no use can be seen for it.`;
      else if (used.length > 0)
        reason = `${listed(used.map(nameOf))} was used ${when}, and none of it in the scope of ${label} (accounts, groups, workspaces).`;
      else if (tried.length > 0)
        reason = `${label}: only attempts to use ${listed(tried.map(nameOf))} were seen ${when}, and none went through.`;
      else reason = `${label}: no use of ${names} was seen ${when}${expected ? ', as it should be' : ''}.`;
      return { entry: entry.id, name: entry.name, reason, expected };
    });
}

const soonDays = 30;

/**
 * Approvals (by their review date), reviews of entries that are not approved, and exceptions that end on `asOf` or within 30 days after
 * it. Soonest first.
 */
export function lapsingSoon(entries: readonly InventoryEntry[], asOf: string): Lapsing[] {
  const until = addDays(asOf, soonDays);
  const soon = (date: string | undefined): date is string => date !== undefined && date >= asOf && date <= until;
  const found: Lapsing[] = [];
  for (const entry of entries) {
    if (entry.status === 'retired' || entry.decommission?.status === 'done') continue;
    const add = (what: Lapsing['what'], date: string): void => {
      const daysLeft = daysBetween(asOf, date);
      const left = daysLeft === 0 ? 'today' : daysLeft === 1 ? 'tomorrow' : `in ${daysLeft} days`;
      const verb = what === 'review' ? 'is due' : 'ends';
      const advice = what === 'exception' ? 'renew it with a reason or end the use' : 'review it and set the next date';
      const reason = `The ${what} of ${entryLabel(entry).replace(/^Entry/, 'entry')} ${verb} ${left}, on ${date}; ${advice}.`;
      found.push({ entry: entry.id, name: entry.name, what, date, daysLeft, reason });
    };
    if (soon(entry.review_date))
      add(entry.status === 'approved' || entry.status === 'conditional' ? 'approval' : 'review', entry.review_date);
    if (entry.status !== 'denied' && soon(entry.exception?.until)) add('exception', entry.exception.until);
  }
  const key = ({ date, entry, what }: Lapsing): string => `${date}\0${entry}\0${what}`;
  return found.sort((a, b) => (key(a) < key(b) ? -1 : key(a) > key(b) ? 1 : 0));
}
