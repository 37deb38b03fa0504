import type { DirectoryPerson } from '../directory-person.js';
import { readLoggedUser } from '../logged-user.js';
import { publicMail } from '../lookups.js';
import type { AccountRef, Person } from '../person.js';

/** A directory as one source delivers it. Who is gone there comes with `enabled: false`. */
export interface SourceDirectory {
  source: string;
  people: readonly DirectoryPerson[];
}

/** How surely a key says that two accounts are one human; the smaller goes first. */
const strengths = { main: 0, employee: 1, account: 1, other: 2 } as const;

/** Something that an account is known by: `mail:jo@acme.example`, `employee:4711`, `account:acme\jo`. */
export interface Key {
  key: string;
  strength: number;
}

/** One account, or one row of the file, on its way into a person. */
export interface Account {
  ref: AccountRef;
  /** Sorts accounts, whatever order they came in; rows of the file come first. */
  order: string;
  keys: readonly Key[];
  enabled: boolean;
  row?: Person | undefined;
  entry?: DirectoryPerson | undefined;
}

export const refText = ({ source, id }: AccountRef): string => `${source}\0${id}`;

/** What a problem calls an account. */
export function nameOf({ ref, row, entry }: Account): string {
  if (row !== undefined) return `${row.id} (people file, line ${row.line})`;
  return `${entry?.upn ?? entry?.emails[0] ?? entry?.name ?? ref.id} (${ref.source})`;
}

/** The row of the file: its id may be an employee number, and its user aliases are accounts or addresses. */
export function accountOfRow(row: Person): Account {
  const keys: Key[] = [];
  if (row.id.includes('@')) keys.push(...mailKey(row.id, strengths.main));
  else keys.push({ key: `employee:${row.id.toLowerCase()}`, strength: strengths.employee });
  keys.push(...mailKey(row.email, strengths.main));
  for (const { kind, value } of row.aliases) {
    if (kind === 'user' && value.includes('@') && !value.includes('\\')) keys.push(...mailKey(value, strengths.other));
    else if (kind === 'user' || kind === 'name') keys.push(...accountKey(value));
  }
  const ref = { source: '', id: row.id };
  return { ref, order: refText(ref), keys: once(keys), enabled: true, row };
}

export function accountOfEntry(source: string, entry: DirectoryPerson): Account {
  const keys: Key[] = [];
  if (entry.upn !== undefined) keys.push(...mailKey(entry.upn, strengths.main));
  for (const [i, mail] of entry.emails.entries())
    keys.push(...mailKey(mail, i === 0 ? strengths.main : strengths.other));
  const employee = entry.employeeId?.trim().toLowerCase() ?? '';
  if (employee !== '') keys.push({ key: `employee:${employee}`, strength: strengths.employee });
  if (entry.account !== undefined && entry.domain !== undefined)
    keys.push(...accountKey(`${entry.domain}\\${entry.account}`));
  const ref = { source, id: entry.id };
  return { ref, order: refText(ref), keys: once(keys), enabled: entry.enabled, entry };
}

/** Most addresses are plain: for them the canonical form is the text in lower case, twenty times faster than `readLoggedUser`. */
const plainMail = /^[a-z0-9][a-z0-9._+-]{0,63}@([a-z0-9-]{1,63}(?:\.[a-z0-9-]{1,63}){1,8})$/;

/** The key of an address, whether or not it ties: undefined where it is none. */
export function keyOfMail(address: string): string | undefined {
  const lower = address.toLowerCase();
  if (plainMail.test(lower)) return `mail:${lower}`;
  const mail = readLoggedUser(address);
  return mail === undefined || !mail.canonical.includes('@') ? undefined : `mail:${mail.canonical}`;
}

/** Public mail never ties accounts together: anyone may have such an address, and give it to several accounts. */
function mailKey(address: string, strength: number): Key[] {
  const key = keyOfMail(address);
  if (key === undefined || publicMail.test(key.slice(key.lastIndexOf('@') + 1))) return [];
  return [{ key, strength }];
}

function accountKey(text: string): Key[] {
  const user = readLoggedUser(text);
  if (user === undefined || user.domain === '' || user.canonical.includes('@')) return [];
  return [{ key: `account:${user.canonical}`, strength: strengths.account }];
}

function once(keys: readonly Key[]): Key[] {
  const strongest = new Map<string, Key>();
  for (const key of keys) {
    const known = strongest.get(key.key);
    if (known === undefined || key.strength < known.strength) strongest.set(key.key, key);
  }
  return [...strongest.values()];
}

/**
 * Which account of a directory a key belongs to. An enabled account goes before a disabled one and a main address before another;
 * among equals nobody has it, as with the address of a shared mailbox.
 */
export function ownerOf(claims: readonly { account: Account; strength: number }[]): Account | undefined {
  let [owner, best, equals] = [undefined as Account | undefined, Number.POSITIVE_INFINITY, 0];
  for (const { account, strength } of claims) {
    const rank = (account.enabled ? 0 : 10) + strength;
    if (rank < best) [owner, best, equals] = [account, rank, 1];
    else if (rank === best) equals++;
  }
  return equals === 1 ? owner : undefined;
}
