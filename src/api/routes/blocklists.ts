import { createHash } from 'node:crypto';
import { z } from 'zod';
import { allBlockListFormats } from '../../exports/blocklists/common/registry.js';
import { loadBody, loadFeeds, loadServed, loadVersions } from '../../store/blocklists.js';
import type { Context } from '../deps.js';
import type { FileAnswer } from '../file-answer.js';
import { ApiProblem } from '../problem.js';
import { none, route } from '../route.js';
import { count, day, instant, time } from '../shapes.js';

// What firewalls and filters fetch. Only what was published is served; nothing here makes a list or changes one.

const sha256 = z.string().regex(/^[0-9a-f]{64}$/);

const list = route({
  method: 'GET',
  path: '/v1/blocklists',
  policy: 'feed',
  summary: 'The block lists that are served, and what waits for approval.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      blocklists: z.array(
        z.object({
          format: z.string(),
          version: count.nullable().describe('The version that is served; null: none was published yet'),
          day: day.nullable().describe('Decisions of this day'),
          entries: count.nullable(),
          sha256: sha256.nullable().describe('Of the file; its ETag'),
          published_at: time,
          held: z.boolean().describe('It was rolled back, and stays so until it is released'),
          waiting: count.nullable().describe('The version that waits for approval'),
          waits_for: z.string().nullable(),
          kept_why: z.string().nullable().describe('Why nothing new is made and the last version stays'),
        }),
      ),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 120 },
  handler: (_call, { read }) =>
    read(async (db) => {
      const [feeds, served, versions] = await Promise.all([loadFeeds(db), loadServed(db), loadVersions(db)]);
      const active = feeds.filter((feed) => feed.active);
      return {
        blocklists: active.map(({ format, pinned, keptWhy }) => {
          const now = served.find((version) => version.format === format);
          const next = versions.find((version) => version.format === format && version.state === 'pending');
          return {
            format,
            version: now?.version ?? null,
            day: now?.day ?? null,
            entries: now?.entries ?? null,
            sha256: now?.bodyHash ?? null,
            published_at: instant(now?.publishedAt),
            held: pinned !== undefined,
            waiting: next?.version ?? null,
            waits_for: next?.waitsFor ?? null,
            kept_why: keptWhy ?? null,
          };
        }),
      };
    }),
});

const file = route({
  method: 'GET',
  path: '/v1/blocklists/:file',
  policy: 'feed',
  file: true,
  summary:
    'One block list as its filter reads it, by format; with .sig behind it the signed note over version and hash.',
  schema: {
    params: z.strictObject({
      file: z
        .string()
        .regex(/^[a-z0-9][a-z0-9-]{0,62}(?:\.sig)?$/, 'accepted is the id of a format, and .sig behind it for its note')
        .describe('The id of a format: squid, rpz, paloalto-edl; squid.sig for its signed note.'),
    }),
    query: none,
    answer: z.custom<FileAnswer>(),
  },
  limits: { bodyBytes: 0, perMinute: 120 },
  handler: ({ params }, context) => fileOf(params.file, context),
});

/** @throws ApiProblem 404 where nothing of this format is served */
async function fileOf(name: string, { read }: Context): Promise<FileAnswer> {
  const isNote = name.endsWith('.sig');
  const format = isNote ? name.slice(0, -'.sig'.length) : name;
  const version = (await read(loadServed)).find((served) => served.format === format);
  if (version === undefined)
    throw new ApiProblem(
      404,
      'No list of this format is served: GET /v1/blocklists names those that are; a first one may wait for approval.',
    );
  const about = {
    modified: version.publishedAt ?? version.madeAt,
    headers: { 'halflight-version': String(version.version) },
  };
  if (isNote) {
    const note = Buffer.from(version.note ?? '');
    const sha256 = createHash('sha256').update(note).digest('hex');
    return { ...about, contentType: 'text/plain; charset=utf-8', sha256, bytes: async () => note };
  }
  const contentType = (await allBlockListFormats()).get(format)?.contentType ?? 'text/plain; charset=utf-8';
  const bytes = () => read((db) => loadBody(db, format, version.version));
  return { ...about, contentType, sha256: version.bodyHash, bytes };
}

export const blocklistRoutes = [list, file];
