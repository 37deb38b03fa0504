import { z } from 'zod';
import { loadGaps, loadHours } from '../../store/ledger.js';
import { loadSource, loadWaiting, type Waiting } from '../../store/reads/sources.js';
import { loadSources, type SourceStatus } from '../../store/sources.js';
import { notFound } from '../problem.js';
import { healthOf, healths, promiseOf, promises } from '../promise.js';
import { none, route } from '../route.js';
import { count, instant, query, time } from '../shapes.js';

const source = z.object({
  id: z.string(),
  kind: z.string(),
  state: z.enum(['active', 'paused', 'removed']),
  paused_why: z.string().nullable(),
  health: z
    .enum(healths)
    .describe(
      '`silent`: nothing came for longer than is normal; `waiting`: nothing has come yet; `failing`: the last try failed.',
    ),
  promise: z.enum(promises).describe('What is promised of its data, at most.'),
  since: time,
  last_data_at: time.describe('Receipt of the newest data that were scanned'),
  last_event_at: time.describe('Newest time in them'),
  last_run_at: time,
  lag_ms: z.int().nullable().describe('Receipt of the newest data after the newest time in them'),
  silence_ms: count.nullable().describe('Since its data last came'),
  expect_every_ms: count.nullable().describe('Silence that is normal'),
  waiting_chunks: count.describe('Pieces that are received and not scanned yet'),
  waiting_since: time,
  last_error: z.string().nullable(),
  last_error_at: time,
});

function shown(status: SourceStatus, waiting: Waiting | undefined, now: number): z.output<typeof source> {
  const { lastDataAt, lastEventAt } = status;
  return {
    id: status.id,
    kind: status.kind,
    state: status.state,
    paused_why: status.pausedWhy ?? null,
    health: healthOf(status, now),
    promise: promiseOf(status.kind),
    since: instant(status.since),
    last_data_at: instant(lastDataAt),
    last_event_at: instant(lastEventAt),
    last_run_at: instant(status.lastRunAt),
    lag_ms: lagOf(lastDataAt, lastEventAt),
    silence_ms: lastDataAt === undefined ? null : Math.max(0, now - lastDataAt),
    expect_every_ms: status.expectEvery ?? null,
    waiting_chunks: waiting?.chunks ?? 0,
    waiting_since: instant(waiting?.oldest),
    last_error: status.lastError ?? null,
    last_error_at: instant(status.lastErrorAt),
  };
}

/** Times in records can be absurd: what no number holds is null. */
function lagOf(received: number | undefined, event: number | undefined): number | null {
  const lag = received === undefined || event === undefined ? Number.NaN : received - event;
  return Number.isSafeInteger(lag) ? lag : null;
}

const list = route({
  method: 'GET',
  path: '/v1/sources',
  policy: 'read',
  summary: 'All sources: whether their data come, and what is promised of them.',
  schema: { params: none, query: none, answer: z.object({ sources: z.array(source) }) },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async (_call, { read, now }) => {
    const [sources, waiting] = await read(async (db) => [await loadSources(db), await loadWaiting(db)] as const);
    return { sources: sources.map((status) => shown(status, waiting.get(status.id), now())) };
  },
});

const hours = 48;
const gaps = 100;

const hour = z
  .object({
    hour: time.describe('Beginning of the hour of receipt'),
    chunks: count,
    bytes: count,
    received: count,
    landed: count,
    rejected: count,
    quarantined: count,
    refused: count,
    missing: count,
    hits: count,
  })
  .describe('received = landed + rejected + quarantined');

const one = route({
  method: 'GET',
  path: '/v1/sources/:id',
  policy: 'read',
  summary: 'One source, with the coverage ledger of its last 48 hours and its newest 100 gaps.',
  schema: {
    params: z.strictObject({ id: query('an id', 200) }),
    query: none,
    answer: source.extend({
      hours: z.array(hour).describe('Only hours in which something came'),
      gaps: z.array(z.object({ at: time, why: z.string(), lines: count.nullable(), bytes: count.nullable() })),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ params: { id } }, { read, now }) =>
    read(async (db) => {
      const status = await loadSource(db, id);
      if (status === undefined) throw notFound('source');
      const waiting = await loadWaiting(db);
      const ledger = await loadHours(db, id, now() - (hours - 1) * 3_600_000);
      return {
        ...shown(status, waiting.get(id), now()),
        hours: ledger.map((row) => ({ ...row, hour: instant(row.hour * 3_600_000) })),
        gaps: (await loadGaps(db, id, gaps)).map((gap) => ({ ...gap, at: instant(gap.at) })),
      };
    }),
});

export const sourceRoutes = [list, one];
