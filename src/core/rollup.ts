import type { AccountKind, Confidence, Strength } from './hit.js';

/**
 * What another engine found with the exported catalog and has added up: a row of `halflight catalog export`. The columns are
 * `rollupColumns`; the event carries the rest of it (who, first time, bytes, whether it went through).
 */
export interface RolledUp {
  service: string;
  accountKind: AccountKind;
  strength: Strength;
  confidence: Confidence;
  /** Hits that the event stands for. */
  count: number;
  /** Milliseconds since 1970; the event's time is the first. */
  last: number | undefined;
}

/** Version of the shape of roll-up rows. */
export const rollupVersion = '1';

/** The columns of a roll-up, in order. */
export const rollupColumns = [
  'halflight_rollup',
  'day',
  'service',
  'actor_kind',
  'actor',
  'account_kind',
  'strength',
  'confidence',
  'events',
  'attempts',
  'bytes_out',
  'bytes_in',
  'first_seen',
  'last_seen',
] as const;
