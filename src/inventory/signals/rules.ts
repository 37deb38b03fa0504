import type { Strength } from '../../core/hit.js';

/**
 * The thresholds of the signals that need history: data, with a version that goes with each signal. Times are whole days before the day
 * looked at, which itself is not over and therefore counts for no volume.
 */
export interface SignalRules {
  version: string;
  /** Days of the week without work: 0 is Sunday. */
  weekend: readonly number[];
  /** Groups with fewer members are never named. */
  smallGroup: number;
  /** A pilot that is used like a production system. */
  pilot: {
    /** Weeks of history that must exist, and how many of the latest are looked at. */
    minWeeks: number;
    maxWeeks: number;
    /** Days with use in the first third of those weeks: what was not there before has not become anything. */
    pilotDays: number;
    /** Weeks at the end that make "now"; "before" is the highest of the first third. */
    nowWeeks: number;
    /** People on a usual working day now: fewer are no production. */
    people: number;
    /** Now against before. */
    times: number;
    /** Share of all pairs of weeks in which the later one is higher; 0.5 is chance. */
    rising: number;
    /** Share of the working days of "now" with use. */
    regular: number;
    /** Groups that use it on at least so many days of "now". */
    groups: number;
    groupDays: number;
  };
  /** More is sent to the service than usual. */
  uploads: {
    /** Days before the recent ones that make the baseline, and on how many working days of them something must have been sent. */
    baselineDays: number;
    minSentDays: number;
    /** Latest working days; more than half of them must be above the limit, as their median is held against it. */
    recentDays: number;
    /** The limit is the largest of: median plus so many deviations, so many times the median, and so many bytes a day. */
    deviations: number;
    times: number;
    bytes: number;
  };
  /** A group that was not there before. */
  newGroup: {
    /** Days of history before the window. */
    minDays: number;
    windowDays: number;
    /** Days within the window on which it must have been seen. */
    days: number;
  };
  /** A stronger proof than any before. */
  newStrength: {
    minDays: number;
    windowDays: number;
    /** Days within the window: a page or a call may be an accident, a sign-in, a grant or a payment is not. */
    days: Readonly<Record<Strength, number>>;
  };
}

export const signalRules: SignalRules = {
  version: '2026.1',
  weekend: [0, 6],
  smallGroup: 5,
  pilot: {
    minWeeks: 8,
    maxWeeks: 12,
    pilotDays: 3,
    nowWeeks: 4,
    people: 5,
    times: 1.25,
    rising: 0.75,
    regular: 0.8,
    groups: 2,
    groupDays: 4,
  },
  uploads: {
    baselineDays: 84,
    minSentDays: 15,
    recentDays: 5,
    deviations: 5,
    times: 2,
    bytes: 10_000_000,
  },
  newGroup: { minDays: 28, windowDays: 14, days: 2 },
  newStrength: {
    minDays: 28,
    windowDays: 14,
    days: { declared: 1, contact: 2, visit: 2, transfer: 2, account: 1, permission: 1, payment: 1 },
  },
};
