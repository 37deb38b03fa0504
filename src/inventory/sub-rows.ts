import type { Finding } from '../core/register.js';
import { mergeSmallGroups, otherGroup } from '../people/privacy.js';
import { compareVerdicts } from './decide.js';
import { count } from './words.js';

/**
 * A finding's rows by group as they may be shown: groups with fewer people than the threshold become one row `other`, with the first of
 * their verdicts, so that nobody can be picked out. A person has one group, so the counts add up.
 */
export function mergeSubRows(rows: Finding['groups'], threshold = 5): Finding['groups'] {
  const { shownAs } = mergeSmallGroups(new Map(rows.map((row) => [row.group, row.actors])), threshold);
  const shown = rows.filter((row) => shownAs(row.group) === row.group && row.group !== otherGroup);
  const merged = rows.filter((row) => !shown.includes(row));
  const [first] = [...merged].sort((a, b) => compareVerdicts(a.verdict, b.verdict));
  if (first === undefined) return shown;
  // One row for everybody would only repeat the finding.
  if (shown.length === 0) return [];
  const actors = merged.reduce((sum, row) => sum + row.actors, 0);
  const events = merged.reduce((sum, row) => sum + row.events, 0);
  const reason =
    `Small groups, merged so that nobody can be picked out: ${count(actors, 'actor')} with ${count(events, 'event')}; ` +
    `the gravest of their verdicts is ${first.verdict}.`;
  return [...shown, { group: otherGroup, verdict: first.verdict, reason, actors, events }];
}
