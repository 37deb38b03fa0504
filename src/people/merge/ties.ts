import { type Account, nameOf, ownerOf, refText } from './accounts.js';

/** Groups of accounts that are one human each. */
export interface Tied {
  groups: Account[][];
  /** Keys by account (`order`) that are its own, and so may become aliases. */
  owned: ReadonlyMap<string, ReadonlySet<string>>;
  problems: string[];
}

/** Problems that are told one by one. */
const maxProblems = 200;

/** An owned key with all who own it: at most one of each directory. */
interface Tie {
  key: string;
  /** The file is part of it: what the admin wrote goes first, and may join accounts of one directory. */
  written: boolean;
  strength: number;
  owners: Account[];
}

/**
 * Ties accounts by the keys that they share, the surest first, over any number of steps; never two rows of the file, and never two
 * accounts of one directory unless the file names both. `closed`: keys that tie nobody, since they belong to a shared mailbox.
 */
export function tieAccounts(accounts: readonly Account[], closed: ReadonlySet<string>): Tied {
  const problems: string[] = [];
  const owned = new Map<string, Set<string>>();
  const ties: Tie[] = [];
  for (const [key, claims] of claimsByKey(accounts)) {
    if (closed.has(key)) continue;
    const owners: Account[] = [];
    let strength = Number.POSITIVE_INFINITY;
    for (const ofSource of bySource(claims)) {
      const owner = ownerOf(ofSource);
      const [one, two] = ofSource;
      if (owner !== undefined) owners.push(owner);
      // Two rows of the file that say the same are told by the directory, with their lines.
      else if (one !== undefined && two !== undefined && one.account.row === undefined)
        problems.push(
          `${shown(key)} is of ${nameOf(one.account)} and of ${nameOf(two.account)}: it names nobody; leave it with one, or mark the account as shared`,
        );
    }
    for (const owner of owners) {
      strength = Math.min(strength, owner.keys.find((own) => own.key === key)?.strength ?? strength);
      const keys = owned.get(owner.order) ?? new Set();
      owned.set(owner.order, keys.add(key));
    }
    if (owners.length > 1) ties.push({ key, owners, strength, written: owners.some(({ row }) => row !== undefined) });
  }
  ties.sort((a, b) => Number(b.written) - Number(a.written) || a.strength - b.strength || (a.key < b.key ? -1 : 1));
  const groups = new Groups();
  for (const { key, owners, written } of ties) {
    const [first, ...others] = owners;
    if (first === undefined) continue;
    for (const other of others) {
      const against = groups.join(first, other, written);
      if (against !== undefined)
        problems.push(
          `${shown(key)} ties ${nameOf(first)} to ${nameOf(other)}, but ${nameOf(against[0])} and ${nameOf(against[1])} are two people: they stay apart; name both in the people file, or correct one`,
        );
    }
  }
  return { groups: groups.all(accounts), owned, problems: bounded(problems) };
}

function bounded(problems: string[]): string[] {
  const all = [...new Set(problems)].sort();
  return all.length <= maxProblems
    ? all
    : [...all.slice(0, maxProblems), `${all.length - maxProblems} more problems of the same kinds`];
}

const shown = (key: string): string => `"${key.slice(key.indexOf(':') + 1)}"`;

type Claim = { account: Account; strength: number };

function claimsByKey(accounts: readonly Account[]): Map<string, Claim[]> {
  const claims = new Map<string, Claim[]>();
  for (const account of accounts)
    for (const { key, strength } of account.keys) {
      const all = claims.get(key);
      if (all === undefined) claims.set(key, [{ account, strength }]);
      else all.push({ account, strength });
    }
  return claims;
}

/** Accounts come sorted by source. */
function bySource(claims: readonly Claim[]): Claim[][] {
  const parts = new Map<string, Claim[]>();
  for (const claim of claims) {
    const { source } = claim.account.ref;
    const part = parts.get(source);
    if (part === undefined) parts.set(source, [claim]);
    else part.push(claim);
  }
  return [...parts.values()];
}

/** Accounts tied so far. */
class Groups {
  readonly #group = new Map<string, Account[]>();

  /** Makes one group of two; or gives the two accounts that may not be in one. */
  join(a: Account, b: Account, written: boolean): [Account, Account] | undefined {
    const [one, two] = [this.#of(a), this.#of(b)];
    if (one === two) return undefined;
    for (const left of one)
      for (const right of two) {
        const bothRows = left.row !== undefined && right.row !== undefined;
        if (bothRows || (!written && left.ref.source === right.ref.source)) return [left, right];
      }
    const joined = [...one, ...two];
    for (const account of joined) this.#group.set(refText(account.ref), joined);
    return undefined;
  }

  all(accounts: readonly Account[]): Account[][] {
    const groups = new Set(accounts.map((account) => this.#of(account)));
    return [...groups].map((group) => group.sort((a, b) => (a.order < b.order ? -1 : 1)));
  }

  #of(account: Account): Account[] {
    const key = refText(account.ref);
    const group = this.#group.get(key) ?? [account];
    this.#group.set(key, group);
    return group;
  }
}
