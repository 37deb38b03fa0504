import type { RuleConfig } from '../config/alerts.js';

export type Rule = RuleConfig;

/** That something is so now which a rule looks for. Texts hold log data. */
export interface Situation {
  /** What the alert is about; the same for as long as it goes on. */
  subject: string;
  service: string | null;
  source: string | null;
  /** One line: what happened. */
  title: string;
  /** Why it matters. */
  text: string;
  /** For channels and machines: plain JSON, no names of people. */
  details: Readonly<Record<string, unknown>>;
}

/** A condition that names nothing holds for all. */
export const among = <T>(wanted: readonly T[] | undefined, value: T | null): boolean =>
  wanted === undefined || (value !== null && wanted.includes(value));

/** Names of groups and of permissions are compared without regard to case and blanks around. */
export const fold = (name: string): string => name.trim().toLowerCase();
