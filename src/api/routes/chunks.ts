import { z } from 'zod';
import { type ChunkRow, listChunks, loadChunk, loadChunkStory } from '../../store/reads/chunks.js';
import { notFound } from '../problem.js';
import { route } from '../route.js';
import { count, instant, limit, limitOf, next, oneOf, query, time, whole } from '../shapes.js';

const states = ['pending', 'done', 'split', 'quarantined', 'duplicate', 'lost'] as const;
const id = count.describe('Number of the piece');

const chunk = z.object({
  id,
  source: z.string(),
  name: z.string().describe('Path, object name, or what the sender called it: comes from outside'),
  state: z.enum(states),
  format: z.string(),
  bytes: count.describe('Decompressed'),
  lines: count,
  records: count.describe('with_events + skipped + rejected'),
  with_events: count,
  events: count,
  skipped: count,
  rejected: count,
  hits: count.describe('Events and attempts of AI services'),
  first: time.describe('First time in its records'),
  last: time,
  received_at: time,
  scanned_at: time,
  tries: count.describe('Tries that ended without a result through its own fault'),
  error: z.string().nullable(),
  rejects: z.array(z.object({ reason: z.string(), count })),
  part_of: id.nullable(),
  part_start: count.nullable().describe('First record in the whole, counted from 0'),
  part_end: count.nullable().describe('The record behind its last'),
});

const shown = (row: ChunkRow): z.output<typeof chunk> => ({
  id: row.id,
  source: row.source,
  name: row.name,
  state: row.state,
  format: row.format,
  bytes: row.bytes,
  lines: row.lines,
  records: row.records,
  with_events: row.withEvents,
  events: row.events,
  skipped: row.skipped,
  rejected: row.rejected,
  hits: row.hits,
  first: instant(row.first),
  last: instant(row.last),
  received_at: instant(row.receivedAt),
  scanned_at: row.scannedAt === 0 ? null : instant(row.scannedAt),
  tries: row.attempts,
  error: row.error,
  rejects: row.rejects,
  part_of: row.parentId,
  part_start: row.partStart,
  part_end: row.partEnd,
});

const number = () => whole('the number of a piece', 1, Number.MAX_SAFE_INTEGER);

const list = route({
  method: 'GET',
  path: '/v1/chunks',
  policy: 'read',
  summary: 'Pieces of input, the newest first: what was read of them, and what was not and why.',
  schema: {
    params: z.strictObject({}),
    query: z.strictObject({
      source: query('the id of a source', 200).optional(),
      state: oneOf(states).optional(),
      after: number().optional().describe('`next` of the page before.'),
      limit,
    }),
    answer: z.object({ chunks: z.array(chunk), next }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ query: asked }, { read }) => {
    const rows = limitOf(asked.limit);
    const after = asked.after === undefined ? undefined : Number(asked.after);
    // One more than is shown tells whether there is another page.
    const found = await read((db) =>
      listChunks(db, { source: asked.source, state: asked.state, after, limit: rows + 1 }),
    );
    const page = found.slice(0, rows);
    return { chunks: page.map(shown), next: found.length > rows ? String(page.at(-1)?.id) : null };
  },
});

const one = route({
  method: 'GET',
  path: '/v1/chunks/:id',
  policy: 'read',
  summary:
    'One piece of input and its story: its parts, what was set aside (never the bytes), and the findings that it changed.',
  schema: {
    params: z.strictObject({ id: number() }),
    query: z.strictObject({}),
    answer: chunk.extend({
      parts: z.array(
        z.object({
          id,
          state: z.enum(states),
          part_start: count.nullable(),
          part_end: count.nullable(),
          error: z.string().nullable(),
        }),
      ),
      quarantine: z.array(z.object({ id: count, part_start: count, part_end: count, reason: z.string(), at: time })),
      findings: z.array(
        z.object({
          id: z.string(),
          at: time,
          kind: z.string(),
          verdict_before: z.string().nullable(),
          verdict: z.string(),
          reason: z.string(),
        }),
      ),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async ({ params }, { read }) =>
    read(async (db) => {
      const found = await loadChunk(db, Number(params.id));
      if (found === undefined) throw notFound('piece of input');
      const story = await loadChunkStory(db, found.id);
      return {
        ...shown(found),
        parts: story.parts.map(({ partStart, partEnd, ...part }) => ({
          ...part,
          part_start: partStart,
          part_end: partEnd,
        })),
        quarantine: story.quarantine.map(({ partStart, partEnd, at, ...entry }) => ({
          ...entry,
          part_start: partStart,
          part_end: partEnd,
          at: instant(at),
        })),
        findings: story.findings.map(({ verdictBefore, at, ...step }) => ({
          ...step,
          verdict_before: verdictBefore,
          at: instant(at),
        })),
      };
    }),
});

export const chunkRoutes = [list, one];
