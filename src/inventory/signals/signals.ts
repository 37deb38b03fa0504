import type { InventoryEntry, Signal } from '../../core/register.js';
import { type DayUse, History } from './history.js';
import { newGroupSignal } from './new-group.js';
import { newStrengthSignal } from './new-strength.js';
import { pilotSignal } from './pilot.js';
import { type SignalRules, signalRules } from './rules.js';
import { uploadSignal } from './uploads.js';

export type { DayUse } from './history.js';

export interface SignalInput {
  /** The daily history of one finding, up to a year; the order does not matter. */
  rows: Iterable<DayUse>;
  /** The day looked at, `YYYY-MM-DD`. */
  asOf: string;
  /** As the entry says that decides the finding: what is in production already has not become it. */
  environment?: InventoryEntry['environment'];
  /** Members of each group in the directory. A group that is missing counts as small; without sizes, the people seen decide. */
  groupSizes?: ReadonlyMap<string, number> | undefined;
  rules?: SignalRules | undefined;
}

/** The signals that need history. Where there is too little of it nothing is raised. Pure, the same for any order of the rows. */
export function historySignals({ rows, asOf, environment, groupSizes, rules = signalRules }: SignalInput): Signal[] {
  const history = new History(rows, asOf, rules.weekend);
  return [
    environment === 'production' ? undefined : pilotSignal(history, rules),
    uploadSignal(history, rules),
    newGroupSignal(history, rules, groupSizes),
    newStrengthSignal(history, rules),
  ].filter((signal) => signal !== undefined);
}
