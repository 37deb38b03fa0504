import type { Fact, Rec, Verdict } from '../types.js';

/** The first of these among the statements of a finding's facts is the finding's. */
export const gravest: readonly Verdict[] = [
  'denied',
  'retired',
  'wrong-account',
  'out-of-scope',
  'lapsed',
  'unregistered',
  'in-review',
  'excepted',
  'conditional',
  'sanctioned',
  'attempted',
];

/** A planted record and the fact that it belongs to. */
export type Seen = { fact: Fact; rec: Rec };
/** Whether nobody vouches for it. `received`: telemetry came from the browsers themselves. */
export const isClaimed = ({ claimed }: Fact, received: boolean): boolean =>
  claimed === 'always' || (claimed === 'until-received' && !received);
export const actorOf = ({ rec }: Seen): string => `${rec.who.kind} ${rec.who.id}`;
export const distinct = (items: Iterable<string>): number => new Set(items).size;

/** Items by key, keys in order. */
export function grouped<T>(items: readonly T[], keyOf: (item: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const key of [...new Set(items.map(keyOf))].sort()) groups.set(key, []);
  for (const item of items) groups.get(keyOf(item))?.push(item);
  return groups;
}
export const gravestOf = (verdicts: readonly Verdict[]): Verdict =>
  gravest.find((verdict) => verdicts.includes(verdict)) ?? 'attempted';
