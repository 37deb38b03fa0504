import type { FindingState } from '../core/finding-state.js';
import type { AccountKind, CandidateReason, Strength } from '../core/hit.js';
import type { Finding } from '../core/register.js';

// What is known of one thing at one moment, as far as a rule can ask for it. Plain data, kept whenever it is other than before: so rules
// can be tried on what was. What stands in `said` is for the text only and makes nothing other. No names of people.

/** A service with all its findings. */
export interface ServiceFact {
  about: 'service';
  service: string;
  name: string;
  vendor: string | null;
  category: string | null;
  /** No other service of its category was in use before. */
  firstOfCategory: boolean;
  findings: readonly FindingFact[];
}

export interface FindingFact {
  id: string;
  accountKind: AccountKind;
  state: FindingState;
  verdict: Finding['verdict'];
  claimedOnly: boolean;
  risk: number;
  strength: Strength;
  people: number;
  /** Groups whose people use it, in the order of their names. */
  groups: readonly { name: string; people: number }[];
  /** Most bytes that were sent to it on one of the last seven days, its two first digits. */
  bytesPerDay: number;
  /** Much more is sent than usual. */
  growth: boolean;
  said: {
    reason: string;
    growth: string | null;
    entry: string | null;
    events: number;
    attempts: number;
    lastSeen: number | null;
  };
}

/** How a source does. */
export interface SourceFact {
  about: 'source';
  source: string;
  /** Why it counts as silent, or is paused; null: it is not. */
  silent: boolean;
  paused: boolean;
  /** Of the records of the last 24 hours: percent that could not be read, and how many there were, its first digit. */
  unreadShare: number;
  records: number;
  said: { silent: string | null; paused: string | null; unread: number; received: number };
}

/** Something that looks like AI and is in no catalog. */
export interface CandidateFact {
  about: 'candidate';
  candidate: string;
  kind: string;
  subject: string;
  score: number;
  /** Somebody decided what it is. */
  decided: boolean;
  said: { reasons: readonly CandidateReason[]; actors: number; events: number };
}

/** What an app was granted at an identity provider since its grants are listed. */
export interface GrantFact {
  about: 'grant';
  /** By its source and the provider's id of the app. */
  grant: string;
  source: string;
  app: string;
  appId: string | null;
  /** The service of the catalog that the app belongs to; null: none that is known. */
  service: string | null;
  category: string | null;
  /** `application`: to the app itself; `delegated`: in the name of people. */
  permission: string;
  consent: 'admin' | 'user';
  /** Of all its grants that were new, in alphabetical order. */
  scopes: readonly string[];
  /** All was taken back. */
  gone: boolean;
}

/** How a job of the service's own does. */
export interface JobFact {
  about: 'job';
  job: string;
  /** Tries in a row that failed, up to 100. */
  failures: number;
  said: { outcome: string | null };
}

export type Fact = ServiceFact | SourceFact | CandidateFact | GrantFact | JobFact;

/** Which facts take each other's place. */
export function scopeOf(fact: Fact): string {
  switch (fact.about) {
    case 'service':
      return `service/${fact.service}`;
    case 'source':
      return `source/${fact.source}`;
    case 'candidate':
      return `candidate/${fact.candidate}`;
    case 'grant':
      return `grant/${fact.grant}`;
    case 'job':
      return `job/${fact.job}`;
  }
}

/** Whether two facts are the same to every rule. */
export const sameFact = (one: Fact, other: Fact): boolean => bare(one) === bare(other);

/** A fact without what is only said of it. */
export const bare = (fact: unknown): string =>
  JSON.stringify(fact, (key, value: unknown) => (key === 'said' ? undefined : sorted(value)));

// Keys in one order: what comes back from the database has another.
const sorted = (value: unknown): unknown =>
  typeof value !== 'object' || value === null || Array.isArray(value)
    ? value
    : Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));

/** A number with its first `digits` digits, so that it is not another one all the time: 1234 with two is 1200. */
export function firstDigits(value: number, digits: number): number {
  if (!(value > 0)) return 0;
  const unit = 10 ** Math.max(0, Math.floor(Math.log10(value)) + 1 - digits);
  return Math.floor(value / unit) * unit;
}
