import { z } from 'zod';
import type { Context } from './deps.js';
import type { TokenHolder } from './tokens.js';

/**
 * Who may call a route. `push`: a token of a source, and for that source only; `telemetry`: the same, of a source of that kind. `read`: a
 * read token. `feed`: a token for block lists, which reads nothing else, or a read token; also as user name and password, as firewalls
 * know no other way.
 */
export const policies = ['public', 'push', 'telemetry', 'read', 'feed'] as const;
export type Policy = (typeof policies)[number];

export type Method = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';

/** One request, checked. */
export interface Call<Params, Query> {
  params: Params;
  query: Query;
  /** Whose token it is; undefined on public routes. */
  holder: TokenHolder | undefined;
  /** The body as it comes; only where the route takes one. */
  body: AsyncIterable<Uint8Array>;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  /** Address of the client; that of the proxy's client where the proxy is trusted. */
  remote: string;
}

/** A route: all that the server, its description and its tests know of it. */
export interface Route<
  P extends z.ZodType = z.ZodType,
  Q extends z.ZodType = z.ZodType,
  A extends z.ZodType = z.ZodType,
> {
  method: Method;
  /** `/v1/chunks/:id`. */
  path: string;
  /** The last parameter may hold slashes. */
  tail?: boolean;
  policy: Policy;
  /** Pages of browser extensions may call it from any origin of theirs. It works by token alone, so that a page gains nothing by that. */
  fromExtensions?: boolean;
  /** Its answer has a `version`, which is its ETag: who has that one already gets 304. */
  versioned?: boolean;
  /** Its answer is a `FileAnswer`: bytes with a content type and an ETag of their own. */
  file?: boolean;
  /** Its answer is a page for people with one form, which may be sent back to it; every other answer is data. */
  page?: boolean;
  /** Without a token from loopback. */
  openOnLoopback?: boolean;
  schema: {
    params: P;
    query: Q;
    /** Content types that a body may have; without it the route takes none. */
    body?: readonly string[];
    /** What it answers when all went well; everything else is a problem. */
    answer: A;
    /** Status of that answer where it is not 200. */
    status?: number;
    /** Content type of the answer where it is text. */
    text?: string;
  };
  limits: {
    /** Largest body as sent; 0: none is taken. */
    bodyBytes: number;
    /** Of one token, or of one address where there is none. */
    perMinute: number;
  };
  /** What the audit log calls it. Whatever changes something and is no push has one, and records it in its own transaction. */
  audit?: string;
  /** One sentence for the description. */
  summary: string;
  handler(call: Call<z.output<P>, z.output<Q>>, context: Context): Promise<z.output<A>> | z.output<A>;
}

/** Gives a route its types. */
export const route = <P extends z.ZodType, Q extends z.ZodType, A extends z.ZodType>(
  definition: Route<P, Q, A>,
): Route => {
  // The registry holds routes of all types: what a handler gets was checked by the schemas that stand beside it.
  return definition as unknown as Route;
};

/** A route without parameters. */
export const none = z.strictObject({});

/**
 * Refuses a route that is not whole: nothing can be reached that has no policy, no schema or no limits.
 * @throws Error that names the route and what is missing
 */
export function checkRoute(candidate: Route): void {
  const { method, path, policy, schema, limits, audit, summary } = candidate as Partial<Route>;
  const wrong = (what: string): Error => new Error(`Route ${method ?? '?'} ${path ?? '?'} cannot start: ${what}.`);
  if (method === undefined || path === undefined || !/^\/[\w/:.-]*$/.test(path))
    throw wrong('it needs a method and a path');
  if (policy === undefined || !policies.includes(policy)) throw wrong(`it needs a policy: ${policies.join(', ')}`);
  if (!(schema?.params instanceof z.ZodType) || !(schema.query instanceof z.ZodType))
    throw wrong('it needs schemas of its parameters and its query');
  if (!(schema.answer instanceof z.ZodType)) throw wrong('it needs a schema of its answer');
  if (limits === undefined || !(limits.bodyBytes >= 0) || !(limits.perMinute >= 1)) throw wrong('it needs limits');
  if ((schema.body === undefined) !== (limits.bodyBytes === 0))
    throw wrong('the content types of its body and the size of its body do not fit each other');
  if (method !== 'GET' && policy !== 'push' && policy !== 'telemetry' && (audit ?? '') === '')
    throw wrong('it changes something and names no audit verb');
  if ((summary ?? '') === '') throw wrong('it needs a summary');
}
