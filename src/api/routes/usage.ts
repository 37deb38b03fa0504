import { z } from 'zod';
import { findingStates } from '../../core/finding-state.js';
import { accountKinds, strengths } from '../../core/hit.js';
import { provenances } from '../../core/provenance.js';
import { dayOf } from '../../core/time.js';
import { type Days, loadServiceUsage, loadTopServices, type Sums } from '../../store/reads/usage.js';
import { ApiProblem } from '../problem.js';
import { route } from '../route.js';
import { count, day, query, queryDay, whole } from '../shapes.js';

// Nobody who used a service is told here, nor groups by count: from the answers for two ranges of days their difference could be
// taken, which no merging of small groups prevents.

const sums = z.object({ events: count, attempts: count, bytes_out: count, bytes_in: count });
const shown = ({ events, attempts, bytesOut, bytesIn }: Sums): z.output<typeof sums> => ({
  events,
  attempts,
  bytes_out: bytesOut,
  bytes_in: bytesIn,
});

const usual = 30;
const mostDays = 400;
const msPerDay = 86_400_000;
/** The front page is what many look at, and the one answer that sums up a large part of the roll-up (40 ms for 100,000 rows). */
const topFreshFor = 5000;

const before = (last: string, days: number): string =>
  new Date(Date.parse(`${last}T00:00:00Z`) - (days - 1) * msPerDay).toISOString().slice(0, 10);

/** @throws ApiProblem 400 for a range that is none, or too long */
function rangeOf(asked: { from?: string | undefined; to?: string | undefined }, today: string): Days {
  const to = asked.to ?? today;
  const from = asked.from ?? before(to, usual);
  if (from > to) throw new ApiProblem(400, 'In the query, from: it is after to.');
  if (before(to, mostDays) > from)
    throw new ApiProblem(400, `In the query, from: the range has more than ${mostDays} days; ask for less.`);
  return { from, to };
}

const service = route({
  method: 'GET',
  path: '/v1/usage',
  policy: 'read',
  summary: 'The use of one service by day, source, account kind, strength and provenance. Actors are not told.',
  schema: {
    params: z.strictObject({}),
    query: z.strictObject({
      service: query('the id of a service', 200),
      from: queryDay().optional().describe('First day; without it 30 days before the last.'),
      to: queryDay().optional().describe('Last day, inclusive; without it today.'),
    }),
    answer: z.object({
      service: z.string(),
      from: day,
      to: day,
      total: sums,
      undated: sums.describe('Use whose records hold no time: in no range'),
      days: z.array(sums.extend({ day })).describe('Only days with use'),
      sources: z.array(sums.extend({ source: z.string() })),
      account_kinds: z.array(sums.extend({ account_kind: z.enum(accountKinds) })),
      strengths: z.array(sums.extend({ strength: z.enum(strengths) })),
      provenances: z.array(sums.extend({ provenance: z.enum(provenances) })),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ query: asked }, { read, now, config }) => {
    const range = rangeOf(asked, dayOf(now(), config.timezone));
    const usage = await read((db) => loadServiceUsage(db, asked.service, range));
    return {
      service: asked.service,
      ...range,
      total: shown(usage.total),
      undated: shown(usage.undated),
      days: usage.days.map((row) => ({ day: row.day, ...shown(row) })),
      sources: usage.sources.map((row) => ({ source: row.source, ...shown(row) })),
      account_kinds: usage.accountKinds.map((row) => ({ account_kind: row.accountKind, ...shown(row) })),
      strengths: usage.strengths.map((row) => ({ strength: row.strength, ...shown(row) })),
      provenances: usage.provenances.map((row) => ({ provenance: row.provenance, ...shown(row) })),
    };
  },
});

const top = route({
  method: 'GET',
  path: '/v1/usage/top',
  policy: 'read',
  summary: 'The services that were used most in the last days, with what was found about them.',
  schema: {
    params: z.strictObject({}),
    query: z.strictObject({
      days: whole('a number of days', 1, mostDays).optional().describe('Else 30.'),
      limit: whole('a number of services', 1, 200).optional().describe('Else 50.'),
    }),
    answer: z.object({
      from: day,
      to: day,
      services: z.array(
        sums.extend({
          service: z.string(),
          first_day: day,
          last_day: day,
          findings: z.array(
            z.object({ id: z.string(), state: z.enum(findingStates), verdict: z.string(), risk: z.number() }),
          ),
        }),
      ),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ query: asked }, { read, recent, now, config }) => {
    const to = dayOf(now(), config.timezone);
    const from = before(to, Number(asked.days ?? usual));
    const limit = Number(asked.limit ?? 50);
    const services = await recent(`top ${from} ${to} ${limit}`, topFreshFor, () =>
      read((db) => loadTopServices(db, { from, to }, limit)),
    );
    return {
      from,
      to,
      services: services.map((row) => ({
        service: row.service,
        ...shown(row),
        first_day: row.firstDay,
        last_day: row.lastDay,
        findings: row.findings,
      })),
    };
  },
});

export const usageRoutes = [service, top];
