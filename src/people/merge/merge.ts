import type { Alias, Person } from '../person.js';
import { type Account, accountOfEntry, accountOfRow, keyOfMail, refText, type SourceDirectory } from './accounts.js';
import { giveIds } from './ids.js';
import { tieAccounts } from './ties.js';

export type { SourceDirectory } from './accounts.js';

/** One list of people, and what could not be made one. */
export interface MergedPeople {
  people: Person[];
  /** Sentences that name both accounts. */
  problems: string[];
}

/**
 * Makes one list of people of the file and any number of directories: the same human in several is one person, tied by e-mail
 * address, sign-in name, employee number or `DOMAIN\user`, never through a shared mailbox or public mail. The file goes before
 * directories where both say something. The order of directories and of their people does not matter.
 *
 * `before`: the list as it was. Who was in it keeps the id; two who turn out to be one keep one of the ids, and `former` names the other.
 */
export function mergePeople(
  file: readonly Person[],
  directories: readonly SourceDirectory[],
  before: readonly Person[] = [],
): MergedPeople {
  const accounts = new Map<string, Account>();
  const closed = new Set<string>();
  for (const row of file) accounts.set(refText({ source: '', id: row.id }), accountOfRow(row));
  for (const { source, people } of directories)
    for (const entry of people) {
      const account = accountOfEntry(source, entry);
      if (entry.kind === 'shared') for (const { key } of account.keys) closed.add(key);
      else accounts.set(account.order, account);
    }
  const sorted = [...accounts.values()].sort((a, b) => (a.order < b.order ? -1 : 1));
  const { groups, owned, problems } = tieAccounts(sorted, closed);
  const named = giveIds(groups, before);
  const idOf = new Map<string, string>();
  for (const { id, accounts: own } of named) for (const { ref } of own) idOf.set(refText(ref), id);
  const people = named.map(({ id, former, accounts: own }) =>
    personOf(id, former, own, (account) => owned.get(account.order), idOf),
  );
  return { people: people.sort((a, b) => (a.id < b.id ? -1 : 1)), problems };
}

function personOf(
  id: string,
  former: readonly string[],
  accounts: readonly Account[],
  ownedBy: (account: Account) => ReadonlySet<string> | undefined,
  idOf: ReadonlyMap<string, string>,
): Person {
  const row = accounts.find((account) => account.row !== undefined)?.row;
  // Enabled ones first: what a closed account says is old.
  const entries = accounts
    .filter(({ entry }) => entry !== undefined)
    .sort((a, b) => Number(b.enabled) - Number(a.enabled) || (a.order < b.order ? -1 : 1));
  const first = (of: (account: Account) => string | undefined): string => {
    for (const account of entries) {
      const value = of(account)?.trim();
      if (value !== undefined && value !== '') return value;
    }
    return '';
  };
  const owns = (account: Account, mail: string): boolean => {
    const own = keyOfMail(mail);
    const isKey = own !== undefined && account.keys.some(({ key }) => key === own);
    return !isKey || ownedBy(account)?.has(own) === true;
  };
  const mail = first((account) =>
    account.entry?.emails.find((address) => address.includes('@') && owns(account, address)),
  );
  const upn = first((account) => account.entry?.upn);
  const email = row?.email || mail.toLowerCase() || (upn.includes('@') ? upn.toLowerCase() : '');
  const aliases: Alias[] = [...(row?.aliases ?? [])];
  if (row !== undefined && row.id !== id) aliases.push({ kind: 'user', value: row.id });
  for (const account of entries) {
    const { entry } = account;
    if (entry === undefined) continue;
    for (const address of [...(entry.upn === undefined ? [] : [entry.upn]), ...entry.emails])
      if (owns(account, address)) aliases.push({ kind: 'user', value: address });
    if (entry.account !== undefined && entry.account !== '')
      aliases.push({
        kind: 'user',
        value: entry.domain === undefined ? entry.account : `${entry.domain}\\${entry.account}`,
      });
    // Expense exports know people by their number. One without a digit might be anybody's name.
    const number = entry.employeeId?.trim() ?? '';
    if (/\d/.test(number) && ownedBy(account)?.has(`employee:${number.toLowerCase()}`) === true)
      aliases.push({ kind: 'user', value: number });
    // Ids as long as these are made by the provider; a short one might be anybody's name.
    if (entry.id.length >= 20) aliases.push({ kind: 'user', value: entry.id });
    for (const device of entry.devices) if (device.trim() !== '') aliases.push({ kind: 'device', value: device });
  }
  const manager = first(({ ref, entry }) => {
    if (entry?.manager === undefined) return undefined;
    return idOf.get(refText({ source: ref.source, id: entry.manager })) ?? entry.manager;
  });
  const costCentre = row?.costCentre || first(({ entry }) => entry?.costCentre);
  return {
    id,
    email,
    name:
      row?.name ||
      first(({ entry }) => entry?.name) ||
      first(({ entry }) => fullName(entry?.givenName, entry?.familyName)),
    group: row?.group || first(({ entry }) => entry?.group),
    manager: row?.manager || manager,
    aliases: onceOnly(aliases, email),
    line: row?.line ?? 0,
    ...(costCentre !== '' && { costCentre }),
    ...((entries.length > 0 ? entries.every(({ enabled }) => !enabled) : row?.disabled === true) && {
      disabled: true as const,
    }),
    ...((entries.length > 0 || row?.id !== id) && { from: accounts.map(({ ref }) => ref) }),
    ...(former.length > 0 && { former }),
  };
}

const fullName = (given = '', family = ''): string => `${given} ${family}`.trim();

function onceOnly(aliases: readonly Alias[], email: string): Alias[] {
  const seen = new Set([`user ${email}`]);
  return aliases.filter(({ kind, value }) => {
    const key = `${kind} ${value.toLowerCase()}`;
    return !seen.has(key) && seen.add(key);
  });
}
