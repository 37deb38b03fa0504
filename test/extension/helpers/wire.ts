import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';

/** One request of the extension, as it was on the wire. */
export interface Heard {
  method: string;
  path: string;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: string;
  /** Of the answer; 0: there was none. */
  status: number;
  answer: string;
}

/**
 * What happens to requests. `pass`: the service answers; `down`: the connection is cut; `forget`: the service gets it, and its answer is
 * cut off; `busy`: 503 with Retry-After.
 */
export type Mode = 'pass' | 'down' | 'forget' | 'busy';

/** A place on the way from the extension to the service, where everything is written down and can be broken. */
export class Wire {
  readonly heard: Heard[] = [];
  mode: Mode = 'pass';
  url = '';
  readonly #sockets = new Set<Socket>();
  readonly #server = createServer((request, response) => {
    const pieces: Buffer[] = [];
    request.on('data', (piece: Buffer) => pieces.push(piece));
    request.on('end', () => {
      const body = Buffer.concat(pieces);
      const { method = '', url = '', headers } = request;
      const heard: Heard = { method, path: url, headers, body: body.toString(), status: 0, answer: '' };
      this.heard.push(heard);
      const mode = method === 'OPTIONS' ? 'pass' : this.mode;
      if (mode === 'down') return request.socket.destroy();
      if (mode === 'busy') {
        heard.status = 503;
        response.writeHead(503, {
          'access-control-allow-origin': headers.origin ?? '',
          'access-control-expose-headers': 'retry-after',
          'retry-after': '1',
        });
        return response.end('{}');
      }
      const onward = httpRequest(`${this.#target}${url}`, { method, headers }, (answer) => {
        const told: Buffer[] = [];
        answer.on('data', (piece: Buffer) => told.push(piece));
        answer.on('end', () => {
          const status = answer.statusCode ?? 0;
          if (mode === 'forget') return request.socket.destroy();
          Object.assign(heard, { status, answer: Buffer.concat(told).toString() });
          response.writeHead(status, answer.headers);
          response.end(Buffer.concat(told));
        });
      });
      onward.on('error', () => request.socket.destroy());
      onward.end(body);
      return undefined;
    });
  });
  #target = '';

  async open(target: string): Promise<void> {
    this.#target = target;
    this.#server.on('connection', (socket) => {
      this.#sockets.add(socket);
      socket.on('close', () => this.#sockets.delete(socket)).on('error', () => {});
    });
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    this.url = `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  /** Batches that the extension has sent, newest last. */
  batches(): Heard[] {
    return this.heard.filter(({ method, path }) => method === 'POST' && path === '/v1/telemetry');
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}
