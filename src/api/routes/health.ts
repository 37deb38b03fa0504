import { z } from 'zod';
import { ping } from '../../store/reads/read-only.js';
import type { Context } from '../deps.js';
import { ApiProblem } from '../problem.js';
import { none, route } from '../route.js';

const healthz = route({
  method: 'GET',
  path: '/healthz',
  policy: 'public',
  summary: 'The process lives.',
  schema: { params: none, query: none, answer: z.object({ status: z.literal('ok') }) },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: () => ({ status: 'ok' as const }),
});

const readyz = route({
  method: 'GET',
  path: '/readyz',
  policy: 'public',
  summary: 'It can do its work: the database answers, pushes are taken, and it is not stopping. 503 says why not.',
  schema: {
    params: none,
    query: none,
    answer: z.object({
      status: z.literal('ready'),
      warnings: z
        .array(z.string())
        .optional()
        .describe('What works and needs somebody soon, such as a catalog that expires.'),
    }),
  },
  limits: { bodyBytes: 0, perMinute: 600 },
  handler: async (_call, context) => {
    const why = await notReady(context);
    if (why !== undefined) throw new ApiProblem(503, `Not ready: ${why}.`, { headers: { 'retry-after': '5' } });
    const warnings = context.warnings?.() ?? [];
    return { status: 'ready' as const, ...(warnings.length > 0 && { warnings: [...warnings] }) };
  },
});

export const healthRoutes = [healthz, readyz];

/** How long an answer of the database counts, and how long it may take: whoever asks often costs it nothing more. */
const answerCounts = 1000;
const answerWithin = 2000;

async function notReady({ db, isStopping, intakeTrouble, recent }: Context): Promise<string | undefined> {
  if (isStopping()) return 'it is stopping';
  if (!(await recent('database', answerCounts, () => answersInTime(ping(db))))) return 'the database does not answer';
  return intakeTrouble()?.replace(/\.$/, '');
}

function answersInTime(answer: Promise<void>): Promise<boolean> {
  return new Promise((resolve) => {
    const timer = setTimeout(() => resolve(false), answerWithin);
    answer
      .then(
        () => resolve(true),
        () => resolve(false),
      )
      .finally(() => clearTimeout(timer));
  });
}
