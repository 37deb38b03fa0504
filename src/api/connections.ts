import { createServer, type IncomingMessage, type RequestListener, type Server, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import { Socket } from 'node:net';
import { isLoopback } from './access.js';
import type { ApiDeps } from './deps.js';
import { limits } from './limits.js';

/** Requests that wait to hear whether their body is wanted (`Expect: 100-continue`). */
const asked = new WeakSet<IncomingMessage>();

/** The server with its limits. `trusted`: addresses that may hold any number of connections. */
export function createHttpServer(
  handler: RequestListener,
  { tls }: ApiDeps['config'],
  trusted: (address: string) => boolean,
): Server {
  const options = {
    maxHeaderSize: limits.headers,
    headersTimeout: limits.headersTimeout,
    requestTimeout: limits.requestTimeout,
    keepAliveTimeout: limits.keepAliveTimeout,
    // Otherwise both are only looked at every 30 seconds.
    connectionsCheckingInterval: 1000,
    requireHostHeader: true,
    insecureHTTPParser: false,
  };
  const server: Server =
    tls === undefined
      ? createServer(options, handler)
      : createTlsServer(
          { ...options, cert: tls.cert, key: tls.key, minVersion: 'TLSv1.2', handshakeTimeout: limits.headersTimeout },
          handler,
        );
  server.maxConnections = limits.connections;
  server.setTimeout(limits.idleTimeout);
  capPerAddress(server, trusted);
  server.on('checkContinue', (request: IncomingMessage, response: ServerResponse) => {
    asked.add(request);
    handler(request, response);
  });
  return server;
}

/** Says that the body is wanted, where the sender asked: refused ones are then never sent. */
export function wantBody(request: IncomingMessage, response: ServerResponse): void {
  if (asked.delete(request)) response.writeContinue();
}

function capPerAddress(server: Server, trusted: (address: string) => boolean): void {
  const open = new Map<string, number>();
  server.on('connection', (socket: Socket) => {
    const address = socket.remoteAddress;
    if (address === undefined || isLoopback(address) || trusted(address)) return;
    const count = (open.get(address) ?? 0) + 1;
    if (count > limits.connectionsPerAddress) {
      socket.destroy();
      return;
    }
    open.set(address, count);
    socket.once('close', () => {
      const left = (open.get(address) ?? 1) - 1;
      if (left === 0) open.delete(address);
      else open.set(address, left);
    });
  });
}

/**
 * After an answer that came before the body was read: the rest is thrown away for a moment, as a connection that is closed on a
 * sender who still sends takes the answer from it. Then the connection is closed.
 */
export function linger(request: IncomingMessage): void {
  const { socket } = request;
  // A request that was injected has none.
  if (!(socket instanceof Socket) || request.complete || socket.destroyed) return;
  if (asked.delete(request)) {
    socket.destroySoon();
    return;
  }
  request.resume();
  const from = socket.bytesRead;
  const end = performance.now() + limits.linger;
  const timer = setInterval(() => {
    if (request.complete || socket.destroyed) return clearInterval(timer);
    if (performance.now() < end && socket.bytesRead - from < limits.lingerBytes) return;
    clearInterval(timer);
    socket.destroy();
  }, 50);
  timer.unref();
}
