import type { AccountRef, Person } from '../person.js';
import { type Account, refText } from './accounts.js';

interface Named {
  id: string;
  former: string[];
  accounts: readonly Account[];
}

const refsOf = (person: Person): readonly AccountRef[] => person.from ?? [{ source: '', id: person.id }];

/**
 * Gives every group of accounts an id that stays: pseudonyms and history hang on it. A group with somebody of before keeps that id;
 * of several the one with a row in the file, then the first in order. New people have the id of the file, else an address that is
 * nobody's id, else their account's id.
 */
export function giveIds(groups: readonly (readonly Account[])[], before: readonly Person[]): Named[] {
  const sorted = groups.toSorted((a, b) => ((a[0]?.order ?? '') < (b[0]?.order ?? '') ? -1 : 1));
  const groupOf = new Map<string, readonly Account[]>();
  for (const group of sorted) for (const { ref } of group) groupOf.set(refText(ref), group);

  /** People of before by the group that goes on with their id: that of their first account. */
  const heirs = new Map<readonly Account[], Person[]>();
  const taken = new Set<string>();
  for (const person of before.toSorted((a, b) => (a.id < b.id ? -1 : 1))) {
    taken.add(person.id.toLowerCase());
    for (const id of person.former ?? []) taken.add(id.toLowerCase());
    const texts = refsOf(person).map(refText).sort();
    const group = texts.map((text) => groupOf.get(text)).find((found) => found !== undefined);
    if (group !== undefined) heirs.set(group, [...(heirs.get(group) ?? []), person]);
  }

  const named: Named[] = [];
  const fresh: (readonly Account[])[] = [];
  for (const group of sorted) {
    const people = heirs.get(group) ?? [];
    const kept = people.find((person) => refsOf(person).some(({ source }) => source === '')) ?? people[0];
    if (kept === undefined) fresh.push(group);
    else {
      const others = people.filter((person) => person !== kept).flatMap(({ id, former }) => [id, ...(former ?? [])]);
      named.push({ id: kept.id, former: [...new Set([...(kept.former ?? []), ...others])].sort(), accounts: group });
    }
  }
  // Ids of the file first, so that no address takes one of them; groups come in the order of the file's rows first.
  for (const group of fresh) {
    const id = candidates(group).find((candidate) => !taken.has(candidate.toLowerCase())) ?? lastResort(group, taken);
    taken.add(id.toLowerCase());
    named.push({ id, former: [], accounts: group });
  }
  return named;
}

function candidates(group: readonly Account[]): string[] {
  const rows = group.flatMap(({ row }) => (row === undefined ? [] : [row.id]));
  const entries = group.flatMap(({ entry }) => (entry === undefined ? [] : [entry]));
  const mails = entries.flatMap(({ upn, emails }) => [emails[0], upn]).filter((mail) => mail?.includes('@') === true);
  return [
    ...rows,
    ...mails.map((mail) => (mail ?? '').toLowerCase()),
    ...group.filter(({ entry }) => entry !== undefined).map(({ ref }) => `${ref.source}:${ref.id}`),
  ];
}

function lastResort(group: readonly Account[], taken: ReadonlySet<string>): string {
  const base = group[0]?.ref.id ?? 'person';
  for (let n = 2; ; n++) if (!taken.has(`${base}~${n}`.toLowerCase())) return `${base}~${n}`;
}
