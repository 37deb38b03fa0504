/** One line of `doctor` or `source test`: what was looked at, how it is, and what to do about it. */
export interface Check {
  /** What was looked at: `Redis eviction policy`. */
  name: string;
  outcome: 'ok' | 'warning' | 'failed';
  /** What was found, in a few words. Never holds a secret. */
  found: string;
  /** What to do; empty where all is well. */
  remedy: string;
}
