import type { Candidate, Fact } from '../types.js';
import { branchUse } from './branch.js';
import { candidates } from './candidates.js';
import { type Entry, inventory } from './inventory.js';
import { sanctionedUse } from './sanctioned.js';
import { attemptsOnly, shadowUse } from './shadow.js';
import { shadowModels } from './shadow-models.js';
import { againstTheRegister, pending } from './to-act-on.js';
import { toldByBrowsers, toldInSurvey } from './told.js';

/** Everything that is planted. */
export interface Plan {
  facts: readonly Fact[];
  candidates: readonly Candidate[];
  inventory: readonly Entry[];
  /** Log files whose broken records are left out. */
  withoutBroken?: ReadonlySet<string>;
}

export const plan: Plan = {
  facts: [
    ...branchUse,
    ...toldByBrowsers,
    ...toldInSurvey,
    ...sanctionedUse,
    ...againstTheRegister,
    ...pending,
    ...shadowUse,
    ...shadowModels,
    ...attemptsOnly,
  ],
  candidates,
  inventory,
};
