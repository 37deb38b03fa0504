import type { InventoryEntry } from '../../../core/register.js';
import { allowing, decide, stateOf } from '../../../inventory/decide.js';
import { isTwoPerson } from '../../../inventory/two-person.js';

/** What the register says of a service as a whole, on one day: the only ground for a block. */
export type Standing =
  | { kind: 'blocked'; denial: Denial }
  /** Decided against, but not for everybody. */
  | { kind: 'partly'; denial: Denial; why: string; allowedBy: string | undefined }
  /** Decided against for everybody, by a decision that a list may not rest on, as fewer than two people made it. */
  | { kind: 'unconfirmed'; denial: Denial; why: string }
  /** Allowed for somebody by the entry. */
  | { kind: 'allowed'; allowedBy: string }
  /** Nobody decided. */
  | { kind: 'undecided' };

/** The recorded decision behind a block. */
export interface Denial {
  /** Id of the entry. */
  entry: string;
  verdict: 'denied' | 'retired';
  /** Day of the decision, or of the end of a retired system; undefined where the entry does not say. */
  decided: string | undefined;
  /** Whether two people stand behind it. */
  byTwo: boolean;
}

/**
 * The standing of one service; `entries` are those that name it, `day` is `YYYY-MM-DD`. With `twoPeople` a denial blocks only when two
 * people stand behind it; a permission counts as it is, since a list without a name harms nobody's work.
 */
export function standingOf(entries: readonly InventoryEntry[], day: string, twoPeople = false): Standing {
  const standing = standingByAny(entries, day);
  if (!twoPeople || standing.kind !== 'blocked' || standing.denial.byTwo) return standing;
  const confirmed = standingByAny(
    entries.filter((entry) => !isDenial(stateOf(entry, day).verdict) || isTwoPerson(entry)),
    day,
  );
  if (confirmed.kind === 'blocked') return confirmed;
  const { denial } = standing;
  return { kind: 'unconfirmed', denial, why: `entry ${denial.entry} was not decided by two people` };
}

function standingByAny(entries: readonly InventoryEntry[], day: string): Standing {
  const allowed = entries.find((entry) => allowing.has(stateOf(entry, day).verdict));
  const { entry, verdict } = decide(entries, { accountKind: 'unknown', group: '', workspace: undefined, day });
  // A prohibition with a scope never covers a use of which nothing is known: it is found by its state.
  const denying =
    entry !== undefined && (verdict === 'denied' || verdict === 'retired')
      ? entry
      : entries.find((one) => isDenial(stateOf(one, day).verdict));
  if (denying === undefined)
    return allowed === undefined ? { kind: 'undecided' } : { kind: 'allowed', allowedBy: allowed.id };
  const denial = denialOf(denying, day);
  if (allowed !== undefined)
    return {
      kind: 'partly',
      denial,
      why: `entry ${allowed.id} allows it${scopeOf(allowed)}`,
      allowedBy: allowed.id,
    };
  const scope = scopeOf(denying);
  if (scope !== '')
    return { kind: 'partly', denial, why: `entry ${denying.id} decides${scope} only`, allowedBy: undefined };
  return { kind: 'blocked', denial };
}

const isDenial = (verdict: string): boolean => verdict === 'denied' || verdict === 'retired';

const denialOf = (entry: InventoryEntry, day: string): Denial => {
  const retired = stateOf(entry, day).verdict === 'retired';
  return {
    entry: entry.id,
    verdict: retired ? 'retired' : 'denied',
    decided: retired ? entry.decommission?.date : entry.approval_date,
    byTwo: isTwoPerson(entry),
  };
};

/** ` for personal accounts`, ` for 2 groups`; empty for an entry that speaks about everybody. */
function scopeOf(entry: InventoryEntry): string {
  const parts = [
    ...(entry.allowed_account === 'any' ? [] : [`${entry.allowed_account} accounts`]),
    ...(entry.allowed_groups.length === 0 ? [] : [counted(entry.allowed_groups.length, 'group')]),
    ...(entry.workspaces.length === 0 ? [] : [counted(entry.workspaces.length, 'workspace')]),
  ];
  return parts.length === 0 ? '' : ` for ${parts.join(', ')}`;
}

const counted = (count: number, noun: string): string => `${count} ${noun}${count === 1 ? '' : 's'}`;
