import type { AccountKind } from '../core/hit.js';
import { type InventoryEntry, type Verdict, verdicts } from '../core/register.js';

/**
 * The decision on one use of a service: which entry of the register speaks about it, and what it says.
 *
 * 1. An entry covers a use when workspace, group, account kind and, where it is known, environment lie in its scope. What is not known about a use never leaves the scope
 *    of a permission, and never enters the scope of a prohibition.
 * 2. Among covering entries the most specific decides (workspace, then group, account kind, environment); among equals the order of the verdicts.
 * 3. When no decided entry covers the use, a permission for something else contradicts it: wrong-account or out-of-scope. A request that
 *    covers the use only in general does not take that back.
 *    Use of an unknown account that a join of sources shows to be personal (`joined.ts`) is wrong-account, too.
 * 4. An entry that is denied, retired or pending for another scope speaks last: the service is known to the register, and nothing allows it.
 */
export type Rule =
  | 'denied'
  | 'retired'
  | 'decommissioned'
  | 'account'
  | 'no-sign-in'
  | 'group'
  | 'workspace'
  | 'environment'
  | 'exception-ended'
  | 'review-overdue'
  | 'unregistered'
  | 'pending'
  | 'exception'
  | 'conditions'
  | 'approval';

export interface Decision {
  verdict: Verdict;
  rule: Rule;
  /** Undefined only for `unregistered`. */
  entry: InventoryEntry | undefined;
}

export interface Use {
  accountKind: AccountKind;
  /** Empty: unknown. */
  group: string;
  /** Undefined or empty: unknown. */
  workspace: string | undefined;
  /** `YYYY-MM-DD`. */
  day: string;
  /** Where it runs; undefined: unknown, as in logs, and then no entry is left out for it. */
  environment?: InventoryEntry['environment'];
}

const order = new Map<Verdict | 'attempted', number>([...verdicts, 'attempted' as const].map((v, i) => [v, i]));
/** Negative when `a` stands before `b` in the table of verdicts; `attempted` stands last. */
export const compareVerdicts = (a: Verdict | 'attempted', b: Verdict | 'attempted'): number =>
  (order.get(a) ?? 0) - (order.get(b) ?? 0);

interface Candidate extends Decision {
  entry: InventoryEntry;
  specificity: number;
}

/** `entries`: those that name the service of the use. */
export function decide(entries: readonly InventoryEntry[], use: Use): Decision {
  const covering: Candidate[] = [];
  const contradicting: Candidate[] = [];
  const elsewhere: Candidate[] = [];
  for (const entry of entries) {
    const state = stateOf(entry, use.day);
    const prohibits = state.verdict === 'denied' || state.verdict === 'retired';
    const fit = fitOf(entry, use, prohibits);
    const candidate = { ...state, entry, specificity: fit.specificity };
    if (fit.misfit === undefined) covering.push(candidate);
    else if (prohibits || state.verdict === 'in-review') elsewhere.push({ ...candidate, specificity: 0 });
    else contradicting.push({ entry, specificity: 0, rule: fit.misfit, verdict: contradiction(fit.misfit, use) });
  }
  const decided = covering.some((candidate) => candidate.verdict !== 'in-review');
  const pool = [...covering, ...(decided ? [] : contradicting)];
  return first(pool) ?? first(elsewhere) ?? { verdict: 'unregistered', rule: 'unregistered', entry: undefined };
}

function first(candidates: readonly Candidate[]): Decision | undefined {
  const [best] = [...candidates].sort(
    (a, b) =>
      b.specificity - a.specificity ||
      compareVerdicts(a.verdict, b.verdict) ||
      (a.entry.id < b.entry.id ? -1 : a.entry.id > b.entry.id ? 1 : 0),
  );
  return best === undefined ? undefined : { verdict: best.verdict, rule: best.rule, entry: best.entry };
}

/** A permission for personal accounts does not become wrong by enterprise ones: that is another scope, not the danger of the table. */
const contradiction = (misfit: Misfit, use: Use): Verdict =>
  misfit === 'account' && use.accountKind === 'personal' ? 'wrong-account' : 'out-of-scope';

/** What the entry says on a day, its scope aside. Where several hold, the first in the table of verdicts. */
export function stateOf(entry: InventoryEntry, day: string): { verdict: Verdict; rule: Rule } {
  const { status, decommission, exception } = entry;
  if (status === 'denied') return { verdict: 'denied', rule: 'denied' };
  const end = decommission?.date;
  // "Still used" needs an end that has passed: use up to the last day was use of a running system.
  if (end !== undefined && day > end)
    return { verdict: 'retired', rule: status === 'retired' ? 'retired' : 'decommissioned' };
  if (end === undefined && status === 'retired') return { verdict: 'retired', rule: 'retired' };
  if (end === undefined && decommission?.status === 'done') return { verdict: 'retired', rule: 'decommissioned' };
  if (exception !== undefined && day > exception.until) return { verdict: 'lapsed', rule: 'exception-ended' };
  const approved = status === 'approved' || status === 'conditional' || status === 'retired';
  if (approved && entry.review_date !== undefined && day > entry.review_date)
    return { verdict: 'lapsed', rule: 'review-overdue' };
  if (exception !== undefined) return { verdict: 'excepted', rule: 'exception' };
  if (!approved) return { verdict: 'in-review', rule: 'pending' };
  return status === 'conditional'
    ? { verdict: 'conditional', rule: 'conditions' }
    : { verdict: 'sanctioned', rule: 'approval' };
}

/** Whether the use lies in the scope of the entry, whatever the entry says about it. */
export function covers(entry: InventoryEntry, use: Use): boolean {
  const { verdict } = stateOf(entry, use.day);
  return fitOf(entry, use, verdict === 'denied' || verdict === 'retired').misfit === undefined;
}

/** Verdicts under which a use is allowed. */
export const allowing: ReadonlySet<Verdict> = new Set(['excepted', 'conditional', 'sanctioned']);

type Misfit = 'account' | 'group' | 'workspace' | 'environment';

interface Fit {
  /** 8 for a named workspace, 4 for a group, 2 for an account kind, 1 for an environment: the sum orders as the rule asks. */
  specificity: number;
  misfit: Misfit | undefined;
}

function fitOf(entry: InventoryEntry, use: Use, prohibits: boolean): Fit {
  const account = entry.allowed_account;
  // The account comes first: wrong-account stands before out-of-scope in the table.
  const parts = [
    {
      name: 'account',
      weight: 2,
      fits: account === 'any' ? undefined : use.accountKind === 'unknown' ? 'unknown' : use.accountKind === account,
    },
    { name: 'group', weight: 4, fits: isIn(use.group, entry.allowed_groups) },
    { name: 'workspace', weight: 8, fits: isIn(use.workspace ?? '', entry.workspaces) },
    {
      name: 'environment',
      weight: 1,
      fits:
        entry.environment === undefined || use.environment === undefined
          ? undefined
          : entry.environment === use.environment,
    },
  ] as const;
  let specificity = 0;
  for (const { name, weight, fits } of parts) {
    if (fits === false || (fits === 'unknown' && prohibits)) return { specificity: 0, misfit: name };
    if (fits === true) specificity += weight;
  }
  return { specificity, misfit: undefined };
}

/** Undefined where the entry names none. */
function isIn(value: string, named: readonly string[]): boolean | 'unknown' | undefined {
  if (named.length === 0) return undefined;
  if (value === '') return 'unknown';
  const wanted = foldName(value);
  return named.some((name) => foldName(name) === wanted);
}

/** Groups and workspaces are compared without regard to case. */
export const foldName = (text: string): string => text.trim().toLowerCase();
