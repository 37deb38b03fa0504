import type { AccountKind, Strength } from '../../core/hit.js';

export { provenanceWords } from '../../core/provenance.js';

import { callsForAction as actionNeeded, verdicts } from '../../core/register.js';
import type { ReportFinding } from '../schema.js';

export type ReportVerdict = ReportFinding['verdict'];

/** Verdicts in the order in which the report lists them. */
export const verdictOrder: readonly ReportVerdict[] = [...verdicts, 'attempted'];

export const callsForAction = ({ verdict, claimed_only: claimedOnly }: ReportFinding): boolean =>
  actionNeeded({ verdict, claimedOnly });
/** Whether a verdict does, where somebody vouches for the use. */
export const verdictCallsForAction = (verdict: ReportVerdict): boolean => actionNeeded({ verdict, claimedOnly: false });

/** How a verdict is called, what it says, and what somebody would do about it. */
export const verdictWords: Readonly<Record<ReportVerdict, { label: string; means: string; next: string }>> = {
  denied: {
    label: 'Denied',
    means: 'Decided against, and still used.',
    next: 'Stop the use, or take the decision again.',
  },
  retired: { label: 'Retired', means: 'Decommissioned, and still used.', next: 'Move the people who still use it.' },
  'wrong-account': {
    label: 'Wrong account',
    means: 'Approved for other accounts than those seen.',
    next: 'Move the use to the accounts that are approved.',
  },
  'out-of-scope': {
    label: 'Out of scope',
    means: 'Approved, but for other groups or workspaces.',
    next: 'Widen the approval, or end the use outside of it.',
  },
  lapsed: {
    label: 'Lapsed',
    means: 'The approval, exception or review is past its date.',
    next: 'Review it and renew the approval, or end the use.',
  },
  unregistered: {
    label: 'Unregistered',
    means: 'Nothing in the inventory names it: shadow AI.',
    next: 'Register and decide on it, or offer an approved one.',
  },
  'in-review': { label: 'In review', means: 'Registered, and the decision is pending.', next: 'Decide in time.' },
  excepted: { label: 'Excepted', means: 'A running exception covers it.', next: 'Watch the end of the exception.' },
  conditional: {
    label: 'Conditional',
    means: 'Approved with conditions, and nothing observed contradicts them.',
    next: 'Nothing to do now.',
  },
  sanctioned: { label: 'Sanctioned', means: 'An approved entry covers the use.', next: 'Nothing to do.' },
  attempted: {
    label: 'Attempted',
    means: 'Only blocked or failed attempts: information, not use.',
    next: 'Nothing to do; it shows what people look for.',
  },
};

export const accountWords: Readonly<Record<AccountKind, string>> = {
  enterprise: 'enterprise',
  personal: 'personal',
  unknown: 'not known',
};

/** What the strongest proof is, in words for people who do not know the terms. */
export const strengthWords: Readonly<Record<Strength, string>> = {
  declared: 'declared only',
  contact: 'contact (name lookup)',
  visit: 'visit (web)',
  transfer: 'transfer (upload or API call)',
  account: 'account (sign-in)',
  permission: 'permission (access granted)',
  payment: 'payment',
};

/** `trains-on-customer-data` as people read it. */
export const spoken = (name: string): string =>
  name
    .replaceAll(/[-_]/g, ' ')
    .replaceAll(/([a-z])([A-Z])/g, (_both, before: string, capital: string) => `${before} ${capital.toLowerCase()}`);
