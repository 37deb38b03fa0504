import { z } from 'zod';
import { contentLimits } from '../../receivers/common/content.js';
import type { HttpOutcome } from '../../receivers/common/http.js';
import { maxUploadBytes } from '../../receivers/common/upload.js';
import { ApiProblem } from '../problem.js';
import { none, route } from '../route.js';

// What is sent in. Which source it belongs to is decided by the token. The body is never held as a whole: it goes as a stream to the
// receiver, and the sender is answered when it is on disk.

const taken = z
  .object({
    id: z.string().describe('Names what was taken; ask for it when something is missing.'),
    bytes: z.int().min(0).describe('Decompressed.'),
    lines: z.int().min(0).optional(),
    sha256: z.string().optional().describe('Of a file, hexadecimal.'),
  })
  .describe('It is on disk, and will be read once.');

/** Types of a body that is a run of lines; what they really are, their content decides. `charset=utf-8` may follow. */
const lineTypes = [
  'text/plain',
  'application/x-ndjson',
  'application/ndjson',
  'application/jsonl',
  'application/json',
  'application/octet-stream',
  'text/csv',
] as const;
const fileTypes = [
  'application/octet-stream',
  ...lineTypes.filter((type) => type !== 'application/octet-stream'),
  'application/gzip',
  'application/zstd',
  'application/zip',
  'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
] as const;

/** @throws ApiProblem where it was not taken */
function answerOf(outcome: HttpOutcome): z.output<typeof taken> {
  if (outcome.status !== 200) throw problemOf(outcome);
  const { id, accepted, lines, sha256 } = outcome.body;
  return { id, bytes: accepted, ...(lines !== undefined && { lines }), ...(sha256 !== undefined && { sha256 }) };
}

/** Why data were not taken, as the API tells it. */
export function problemOf(outcome: Exclude<HttpOutcome, { status: 200 }>): ApiProblem {
  const { title, detail } = outcome.problem;
  const retry = outcome.retryAfter ?? (outcome.status === 507 || outcome.status === 503 ? 10 : undefined);
  return new ApiProblem(outcome.status, detail, {
    title,
    headers: retry === undefined ? {} : { 'retry-after': String(Math.max(1, Math.ceil(retry))) },
  });
}

const push = route({
  method: 'POST',
  path: '/v1/push',
  policy: 'push',
  summary:
    'Sends lines of a log; Content-Encoding gzip and zstd, and Idempotency-Key, so that sending again counts once.',
  schema: { params: none, query: none, body: lineTypes, answer: taken, status: 202 },
  limits: { bodyBytes: contentLimits.bytes, perMinute: 60_000 },
  handler: async ({ body, headers, holder, remote }, { push: take }) =>
    answerOf(await take({ body, headers, remote, source: holder?.source ?? '', token: holder?.id ?? '' })),
});

const upload = route({
  method: 'POST',
  path: '/v1/upload',
  policy: 'push',
  summary: 'Sends a whole file of any format that is known, as it is.',
  schema: {
    params: none,
    query: z.strictObject({
      name: z
        .string({ error: 'accepted is the name of the file, 1 to 500 characters' })
        .min(1, 'accepted is the name of the file, 1 to 500 characters')
        .max(500, 'accepted is the name of the file, 1 to 500 characters')
        .describe('Name of the file, for people. It is kept as a text and never used as a path.'),
    }),
    body: fileTypes,
    answer: taken,
    status: 202,
  },
  limits: { bodyBytes: maxUploadBytes, perMinute: 600 },
  handler: async ({ body, headers, holder, remote, query }, { upload: take }) =>
    answerOf(
      await take({ body, headers, remote, source: holder?.source ?? '', token: holder?.id ?? '', name: query.name }),
    ),
});

export const pushRoutes = [push, upload];
