import type { Fact } from './facts.js';
import { candidateSituations, grantSituations, jobSituations, sourceSituations } from './other-situations.js';
import { serviceSituations } from './service-situations.js';
import type { Rule, Situation } from './situation.js';

/** What a rule sees in a fact. `open`: subjects of its alerts in the same scope that are not over. */
export function situationsOf(rule: Rule, fact: Fact, open: ReadonlySet<string>): Situation[] {
  switch (fact.about) {
    case 'service':
      return serviceSituations(rule, fact, open);
    case 'source':
      return sourceSituations(rule, fact);
    case 'candidate':
      return candidateSituations(rule, fact);
    case 'grant':
      return grantSituations(rule, fact);
    case 'job':
      return jobSituations(rule, fact);
  }
}
