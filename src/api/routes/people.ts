import { z } from 'zod';
import { actorKinds } from '../../core/usage.js';
import { listUnresolved, mergeSmall } from '../../people/unresolved.js';
import { type PeopleSummary, peopleSummary } from '../../store/reads/people.js';
import { loadUnresolved } from '../../store/reads/unresolved.js';
import { none, route } from '../route.js';
import { count } from '../shapes.js';

/** Adds up all of the roll-up that is of nobody known: once a minute is enough. */
const freshFor = 60_000;
const mostGroups = 200;

const share = z.number().min(0).max(1).describe('Of all events, whoever they are of');

const people = route({
  method: 'GET',
  path: '/v1/people',
  policy: 'read',
  summary: 'How many people are known and from where, and how much use is of nobody known. Nobody is named.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      people: count,
      disabled: count.describe('Known for the history; in no directory any more, or disabled in all'),
      accounts: z.array(z.object({ source: z.string(), accounts: count })).describe('`file` is the people file.'),
      contradictions: count.describe('Accounts that are not tied, since that would make two people one'),
      events: count,
      unresolved_events: count,
      unresolved_actors: count,
      unresolved: z
        .array(
          z.object({
            kind: z.enum(actorKinds).nullable(),
            group: z.string().describe('A subnet, a domain; fewer than five actors are merged into `other`.'),
            would_tell: z.string(),
            actors: count,
            events: count,
            share,
          }),
        )
        .describe('Those that would explain most first'),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: (_call, { read, recent }) =>
    recent('people', freshFor, () =>
      read(async (db) => {
        const summary = await peopleSummary(db);
        const { sums, all } = await loadUnresolved(db);
        return answer(summary, listUnresolved(sums, all));
      }),
    ),
});

function answer(summary: PeopleSummary | undefined, list: ReturnType<typeof listUnresolved>) {
  return {
    people: summary?.people ?? 0,
    disabled: summary?.disabled ?? 0,
    accounts: Object.entries(summary?.from ?? {}).map(([source, accounts]) => ({ source, accounts })),
    contradictions: summary?.problems.length ?? 0,
    events: list.events,
    unresolved_events: list.unresolved,
    unresolved_actors: list.actors,
    // A subnet of one is a person, or nearly.
    unresolved: mergeSmall(list.groups)
      .slice(0, mostGroups)
      .map(({ hint, ...group }) => ({ ...group, would_tell: hint })),
  };
}

export const peopleRoutes = [people];
