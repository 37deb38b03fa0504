import { isoTime } from '../time.js';
import type { Verdict } from '../types.js';
import { actorOf, distinct, gravestOf, grouped, type Seen } from './seen.js';
import type { ExpectedFinding } from './types.js';

/**
 * One finding: what its facts say, and what their records add up to. What is only claimed decides nothing beside the rest; where there is
 * nothing else, it is about no person.
 */
export function finding(everything: readonly Seen[], isTold: (one: Seen) => boolean): ExpectedFinding {
  const [vouched, told] = [everything.filter((one) => !isTold(one)), everything.filter(isTold)];
  const claimedOnly = vouched.length === 0;
  const all = claimedOnly ? told : vouched;
  const beside = claimedOnly ? [] : told;
  const [one] = all;
  if (one === undefined) throw new Error('a finding without records');
  const used = all.filter(({ rec }) => !rec.blocked);
  const verdictOf = (some: readonly Seen[]): Verdict =>
    gravestOf(some.filter(({ rec }) => !rec.blocked).map(({ fact }) => fact.verdict));
  const verdict = verdictOf(all);
  const times = all.map(({ rec }) => rec.at).sort((a, b) => a - b);
  const spend: Record<string, number> = {};
  const days: Record<string, [number, number]> = {};
  for (const { rec } of all) {
    if (rec.merchant !== '') spend[rec.currency] = (spend[rec.currency] ?? 0) + rec.amount;
    const day = isoTime(rec.at).slice(0, 10);
    const [events, attempts] = days[day] ?? [0, 0];
    days[day] = rec.blocked ? [events, attempts + 1] : [events + 1, attempts];
  }
  const groups = [...grouped(all, ({ rec }) => rec.who.group)].map(([group, some]) => ({
    group,
    verdict: verdictOf(some),
    actors: distinct(some.map(actorOf)),
    events: some.filter(({ rec }) => !rec.blocked).length,
  }));
  return {
    service: one.fact.service,
    accountKind: one.fact.account,
    verdict,
    entry: used.find(({ fact }) => fact.verdict === verdict)?.fact.entry ?? null,
    facts: [...new Set(all.map(({ fact }) => fact.id))].sort(),
    people: claimedOnly ? 0 : distinct(all.filter(({ rec }) => rec.who.kind === 'person').map(actorOf)),
    actors: distinct(all.map(actorOf)),
    events: used.length,
    attempts: all.length - used.length,
    first: isoTime(times[0] ?? 0),
    last: isoTime(times.at(-1) ?? 0),
    contactOnly: all.every(({ fact }) => fact.contact === true),
    claimedOnly,
    unverified: { actors: distinct(beside.map(actorOf)), events: beside.length },
    spend,
    days: Object.fromEntries(Object.entries(days).sort()),
    ...(!claimedOnly &&
      distinct(groups.map((group) => group.verdict)) > 1 && {
        groups,
      }),
  };
}
