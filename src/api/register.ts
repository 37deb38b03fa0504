import type { FastifyInstance, FastifyRequest } from 'fastify';
import { authorize } from './access.js';
import { linger, wantBody } from './connections.js';
import type { Context } from './deps.js';
import { headersFor } from './errors.js';
import { type FileAnswer, sendFile } from './file-answer.js';
import { limits } from './limits.js';
import type { Pressure } from './pressure.js';
import { ApiProblem } from './problem.js';
import type { RateLimit } from './rate.js';
import { type Call, checkRoute, type Route } from './route.js';
import { checkBody, extensionHeaders, pageContentPolicy, refuseRepeated } from './security.js';
import type { TokenHolder } from './tokens.js';

declare module 'fastify' {
  interface FastifyContextConfig {
    route?: Route;
  }
  interface FastifyRequest {
    holder: TokenHolder | undefined;
  }
}

export interface Guards {
  context: Context;
  rate: RateLimit;
  pressure: Pressure;
  isClosing(): boolean;
}

/** Makes every request pass the same guards before anything of it is read: form, shutdown, token, rate, pressure, body. */
export function addGuards(app: FastifyInstance, guards: Guards): void {
  app.decorateRequest('holder', undefined);
  app.addHook('onRequest', async (request, reply) => {
    reply.headers(headersFor(request.raw.socket));
    if (request.raw.url !== undefined && request.raw.url.length > limits.url)
      throw new ApiProblem(414, `The address has more than ${limits.url} bytes: shorten it.`);
    refuseRepeated(request.raw);
    const { route } = request.routeOptions.config;
    if (route?.fromExtensions === true) reply.headers(extensionHeaders(request.raw.headers.origin));
    if (route !== undefined) await guard(request, route, guards);
  });
  app.addHook('onResponse', async (request) => linger(request.raw));
}

async function guard(
  request: FastifyRequest,
  route: Route,
  { context, rate, pressure, isClosing }: Guards,
): Promise<void> {
  if (route.policy !== 'public' && (isClosing() || context.isStopping()))
    throw new ApiProblem(503, 'The service is stopping: send it again in a moment.', {
      headers: { 'retry-after': '5', connection: 'close' },
    });
  const { headers, socket } = request.raw;
  request.holder = authorize(
    {
      policy: route.policy,
      openOnLoopback: route.openOnLoopback === true,
      authorization: headers.authorization,
      peer: socket.remoteAddress,
      forwarded:
        headers['x-forwarded-for'] !== undefined || headers.forwarded !== undefined || headers.via !== undefined,
    },
    context,
  );
  const caller = `${request.holder?.id ?? request.ip} ${route.method} ${route.path}`;
  const wait = rate.count(caller, route.limits.perMinute);
  if (wait !== undefined)
    throw new ApiProblem(429, `More than ${route.limits.perMinute} requests in this minute: try again in ${wait} s.`, {
      headers: { 'retry-after': String(wait) },
    });
  if ((route.policy === 'read' || route.policy === 'feed') && pressure.high)
    throw new ApiProblem(503, 'The service has too much to do for reads now: try again in a few seconds.', {
      headers: { 'retry-after': '5' },
    });
  checkBody(request.raw, route.schema.body, route.limits.bodyBytes);
}

/** Whether a client has the version of this ETag; a proxy on the way may have made it a weak one. */
const isSame = (header: string | undefined, etag: string): boolean =>
  (header ?? '').split(',', 20).some((one) => one.trim().replace(/^W\//, '') === etag);

/** Answers what browsers ask before a request from another origin. Without a token, and about nothing but headers. */
export function addPreflight(app: FastifyInstance, path: string): void {
  app.route({
    method: 'OPTIONS',
    url: path,
    handler: async (request, reply) => reply.code(204).headers(extensionHeaders(request.headers.origin, true)).send(),
  });
}

/** Adds a route. @throws Error when it is not whole */
export function addRoute(app: FastifyInstance, route: Route, context: Context): void {
  checkRoute(route);
  const { schema } = route;
  app.route({
    method: route.method,
    url: route.tail === true ? route.path.replace(/:\w+$/, '*') : route.path,
    config: { route },
    schema: {
      querystring: schema.query,
      ...(route.tail !== true && { params: schema.params }),
      ...(schema.text === undefined && route.file !== true && { response: { [schema.status ?? 200]: schema.answer } }),
    },
    handler: async (request, reply) => {
      const answer = await route.handler(
        callOf(request, route, () => wantBody(request.raw, reply.raw)),
        context,
      );
      if (route.file === true) return sendFile(request, reply, answer as FileAnswer);
      if (route.versioned === true) {
        const etag = `"${(answer as { version: string }).version}"`;
        reply.header('etag', etag);
        if (isSame(request.headers['if-none-match'], etag)) return reply.code(304).send();
      }
      if (route.page === true) reply.header('content-security-policy', pageContentPolicy);
      return reply
        .code(schema.status ?? 200)
        .type(schema.text ?? 'application/json; charset=utf-8')
        .send(answer);
    },
  });
}

function callOf(request: FastifyRequest, route: Route, want: () => void): Call<unknown, unknown> {
  const { authorization: _secret, cookie: _cookie, ...headers } = request.headers;
  return {
    params: route.tail === true ? tailOf(request, route) : request.params,
    query: request.query,
    holder: request.holder,
    headers,
    remote: request.ip,
    body: {
      [Symbol.asyncIterator]() {
        want();
        // Who stops reading early still has an answer to send on this connection.
        return request.raw.iterator({ destroyOnReturn: false });
      },
    },
  };
}

/** The rest of the path as the last parameter: with its slashes, however they were written. */
function tailOf(request: FastifyRequest, route: Route): unknown {
  const name = /:(\w+)$/.exec(route.path)?.[1] ?? '';
  const parsed = route.schema.params.safeParse({ [name]: (request.params as { '*': string })['*'] });
  if (!parsed.success) throw new ApiProblem(400, `In the address, ${name}: not an id.`);
  return parsed.data;
}
