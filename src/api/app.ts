import { randomUUID } from 'node:crypto';
import { BlockList, isIPv6 } from 'node:net';
import Fastify, { type FastifyInstance } from 'fastify';
import { serializerCompiler, validatorCompiler } from 'fastify-type-provider-zod';
import { createHttpServer } from './connections.js';
import type { ApiDeps, Context } from './deps.js';
import { answerBrokenRequest, sendProblem } from './errors.js';
import { createMeasures } from './measures.js';
import { Pressure } from './pressure.js';
import { ApiProblem } from './problem.js';
import { RateLimit } from './rate.js';
import { readGate } from './reads.js';
import { createRecent } from './recent.js';
import { addGuards, addPreflight, addRoute } from './register.js';
import { routes as allRoutes, methodsOf } from './registry.js';
import type { Route } from './route.js';

/**
 * The HTTP server of the service, ready to `listen`; `inject` answers requests in the process. Close it to end: it then takes nothing
 * new, and what it has begun is answered.
 * @throws Error when a route is not whole: without policy, schema or limits nothing starts
 */
export async function createApi(deps: ApiDeps, routes: readonly Route[] = allRoutes): Promise<FastifyInstance> {
  const { trustedProxies } = deps.config;
  const trusted = addressList(trustedProxies);
  const app = Fastify({
    serverFactory: (handler) => createHttpServer(handler, deps.config, trusted),
    logger: false,
    trustProxy: trustedProxies.length === 0 ? false : [...trustedProxies],
    genReqId: () => randomUUID(),
    requestIdHeader: false,
    return503OnClosing: false,
    forceCloseConnections: 'idle',
    routerOptions: { maxParamLength: 1000, caseSensitive: true, ignoreTrailingSlash: false },
    clientErrorHandler: answerBrokenRequest,
    frameworkErrors: (error, request, reply) => {
      sendProblem(deps.log, error, request, reply);
    },
  });
  let closing = false;
  const pressure = new Pressure();
  const recent = createRecent();
  const measures = createMeasures(deps, pressure, recent);
  const context: Context = { ...deps, read: readGate(deps.db), recent, measured: measures.text };

  app.setValidatorCompiler(validatorCompiler);
  app.setSerializerCompiler(serializerCompiler);
  // Bodies go as streams to who takes them; no route takes one that is parsed.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', (_request, payload, done) => done(null, payload));
  app.setErrorHandler((error, request, reply) => sendProblem(deps.log, error, request, reply));
  app.setNotFoundHandler((request) => {
    const methods = methodsOf(routes, request.url.split('?', 1)[0] ?? '');
    if (methods.length === 0) throw notFoundAt();
    throw new ApiProblem(405, `Here go ${methods.join(' and ')}: use one of them.`, {
      headers: { allow: methods.join(', ') },
    });
  });
  addGuards(app, {
    context,
    rate: new RateLimit(() => performance.now()),
    pressure,
    isClosing: () => closing,
  });
  app.addHook('onResponse', async (request, reply) => {
    const path = request.routeOptions.config.route?.path ?? '';
    measures.observe(path, request.method, reply.statusCode, reply.elapsedTime);
    const { id, method, ip, holder } = request;
    const ms = Math.round(reply.elapsedTime);
    deps.log.debug(
      { request: id, method, path, status: reply.statusCode, ms, token: holder?.id, from: ip },
      'Answered.',
    );
  });
  app.addHook('preClose', async () => {
    closing = true;
  });
  app.addHook('onClose', async () => pressure.close());
  for (const route of routes) addRoute(app, route, context);
  for (const path of new Set(routes.filter((route) => route.fromExtensions).map((route) => route.path)))
    addPreflight(app, path);
  await app.ready();
  return app;
}

const notFoundAt = (): ApiProblem =>
  new ApiProblem(404, 'There is nothing at this address: docs/api.md lists what there is.');

/** Whether an address is in a list of addresses and networks. */
function addressList(networks: readonly string[]): (address: string) => boolean {
  const list = new BlockList();
  for (const network of networks) {
    const [address = '', bits] = network.split('/');
    const family = isIPv6(address) ? 'ipv6' : 'ipv4';
    if (bits === undefined) list.addAddress(address, family);
    else list.addSubnet(address, Number(bits), family);
  }
  return (text) => {
    const address = text.replace(/^::ffff:(?=\d+\.)/, '');
    return list.check(address, isIPv6(address) ? 'ipv6' : 'ipv4');
  };
}
