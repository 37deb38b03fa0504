import type { Verdict } from '../types.js';

export interface ExpectedFinding {
  service: string;
  accountKind: string;
  verdict: Verdict;
  entry: string | null;
  /** Ids of the planted facts behind it. */
  facts: string[];
  people: number;
  actors: number;
  events: number;
  attempts: number;
  /** RFC 3339, UTC. */
  first: string;
  last: string;
  contactOnly: boolean;
  /** Nobody vouches for any of it. */
  claimedOnly: boolean;
  /** What is only claimed, beside the rest. */
  unverified: { actors: number; events: number };
  /** Minor units by currency. */
  spend: Record<string, number>;
  /** Events and attempts by day, UTC. */
  days: Record<string, [events: number, attempts: number]>;
  /** Where verdicts differ by group. */
  groups?: { group: string; verdict: Verdict; actors: number; events: number }[];
}

export interface Expected {
  period: { from: string; to: string };
  findings: ExpectedFinding[];
  unseen: string[];
  lapsingSoon: { entry: string; what: string; date: string; days: number }[];
  /** People of a group with an approved tool who use another one; `withAccess`: those who sign in to the approved one. */
  bypass: {
    group: string;
    approved: string;
    instead: string;
    accountKind: string;
    people: number;
    withAccess: number;
  }[];
  /** People who used a service to which others sign in, on days for which sign-ins are known. */
  noSignIn: {
    finding: string;
    people: number;
    signedIn: number;
    withoutSignIn: number;
    paidPrivately: number;
    personalAccount: number;
  }[];
  /** What people say, held against what was seen of the same people. */
  survey: {
    answered: number;
    services: { service: string; declaredAndSeen: number; declaredNotSeen: number; seenNotDeclared: number }[];
  };
  candidates: { kind: string; subject: string; events: number }[];
  formats: Record<string, string>;
  records: Record<string, number>;
  skipped: Record<string, number>;
  /** By file and reason. */
  rejected: Record<string, Record<string, number>>;
  /** Lines of the rejected records, from 1, by file. */
  rejectLines: Record<string, number[]>;
  metrics: Record<string, number>;
  /** With what lies in examples/acme-more. */
  more: {
    /** With `--leases`: the findings that are others then, and what else is. */
    leases: Pick<Expected, 'findings' | 'bypass' | 'metrics'>;
    /** Where browsers sent their telemetry to the service itself. */
    received: Pick<Expected, 'findings' | 'bypass' | 'metrics'>;
    /** With `--contracts`: on each finding of the service. */
    contracts: { service: string; number: string; state: 'running' | 'expired' | 'ended' }[];
    /** With the card payments of the whole year. */
    subscriptions: {
      service: string;
      cadence: 'monthly';
      amount: number;
      currency: string;
      payments: number;
      since: string;
      last: string;
      next: string;
      state: 'running' | 'stopped';
    }[];
  };
}
