import { z } from 'zod';

/** What each status is called; the last part of `type`, which never changes. */
const kinds = {
  400: ['bad-request', 'The request is wrong'],
  401: ['unauthorized', 'No valid token'],
  403: ['forbidden', 'Not allowed for this token'],
  404: ['not-found', 'Not there'],
  405: ['method-not-allowed', 'Not this method'],
  408: ['timeout', 'Too slow'],
  413: ['too-large', 'Too large'],
  414: ['uri-too-long', 'Address too long'],
  415: ['unsupported-type', 'Type not supported'],
  422: ['unreadable', 'Cannot be read'],
  429: ['too-many-requests', 'Too many requests'],
  431: ['headers-too-large', 'Headers too large'],
  500: ['internal', 'Our mistake'],
  503: ['unavailable', 'Not now'],
  507: ['full', 'No space'],
} as const;

export type ProblemStatus = keyof typeof kinds;

const known = (status: number): status is ProblemStatus => Object.hasOwn(kinds, status);

/** The answer of everything that did not work: `application/problem+json`, RFC 9457. */
export const problemSchema = z
  .object({
    type: z.string().describe('urn:halflight:problem:KIND. Stable: programs may decide by it.'),
    title: z.string(),
    status: z.int(),
    detail: z.string().describe('What is wrong, and what to do.'),
    instance: z.string().describe('Id of the request; it stands in the log of the service too.'),
  })
  .describe('A problem, RFC 9457');
export type ProblemBody = z.output<typeof problemSchema>;

export const problemType = 'application/problem+json';

/** Ends a request with a problem. `detail` says what is wrong and what to do, and never holds what a log holds. */
export class ApiProblem extends Error {
  override readonly name = 'ApiProblem';
  readonly status: ProblemStatus;
  readonly title: string | undefined;
  readonly headers: Readonly<Record<string, string>>;

  constructor(
    status: ProblemStatus,
    detail: string,
    options: { title?: string; headers?: Readonly<Record<string, string>> } = {},
  ) {
    super(detail);
    this.status = status;
    this.title = options.title;
    this.headers = options.headers ?? {};
  }
}

/** The body of a problem. A status that has no name here is told as 500. */
export function problemBody(
  problem: { status: number; title?: string | undefined; detail: string },
  id: string,
): ProblemBody {
  const status = known(problem.status) ? problem.status : 500;
  const [kind, title] = kinds[status];
  return {
    type: `urn:halflight:problem:${kind}`,
    title: problem.title ?? title,
    status,
    detail: problem.detail,
    instance: id,
  };
}

export const notFound = (what: string): ApiProblem =>
  new ApiProblem(404, `There is no ${what} with this id: look it up in the list.`);
