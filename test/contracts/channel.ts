import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, Delivery } from '../../src/alerts/common/channel.js';
import type { Notice } from '../../src/core/notice.js';
import { createEgress, type Egress } from '../../src/net/egress.js';
import { httpServer, type LocalServer, tcpServer } from '../helpers/http-server.js';

export interface ReceivedRequest {
  method: string;
  path: string;
  headers: IncomingHttpHeaders;
  body: string;
}

interface Answer {
  status: number;
  body: string;
}

export interface HttpChannelCase<Options> {
  channel: Channel<Options>;
  /** Options as a user writes them, for a receiver under this URL, with a timeout of about a second. */
  options(url: string): unknown;
  /** What no outcome may repeat. Parts of a URL that hold a secret too. */
  secrets: readonly string[];
  /** The person whom a channel for single people writes to. */
  to?: string;
  /** By what the receiver knows a repeated delivery, where the channel tells. */
  idOf?(request: ReceivedRequest): string | undefined;
  /** Does the receiver believe it, by its own means? */
  believes?(request: ReceivedRequest): boolean | Promise<boolean>;
  /** Answer of a receiver that has taken the notice; 204 where not given. */
  taken?: Answer | ((request: ReceivedRequest) => Answer);
  /** Is it the request that delivers, where others come before it? All are where not given. */
  delivers?(request: ReceivedRequest): boolean;
}

export const aNotice: Notice = {
  id: 'finding-opened-0193f2',
  kind: 'finding.opened',
  at: Date.parse('2026-11-25T12:00:00Z'),
  title: 'Otter is used and not registered',
  text: '12 people in 3 groups use Otter. Register it, or decide against it.',
  subject: 'finding-17',
  severity: 'warning',
  details: { verdict: 'unregistered', service: 'otter', people: 12 },
};

/** Names and texts come from logs, thus from strangers. */
const hostileNotices: Notice[] = [
  { ...aNotice, title: '\u0000\u001b[2J\r\nX-Injected: yes', text: '<script>alert(1)</script> =cmd|calc' },
  { ...aNotice, title: 'a'.repeat(200_000), text: '\ud800 lone, \u202e turned, \u{1f600}' },
  {
    ...aNotice,
    details: JSON.parse('{"__proto__": {"x": 1}, "constructor": null, "": []}') as Record<string, unknown>,
  },
];

type Act = (request: IncomingMessage, response: ServerResponse) => void;

/** What every channel that speaks HTTP does, against real receivers of every temper. Call it in `test/alerts/<id>.test.ts`. */
export function httpChannelContract<Options>(kind: HttpChannelCase<Options>): void {
  const now = Date.parse('2026-11-25T12:00:00Z');
  const said: string[] = [];
  let receiver: LocalServer;
  let decoy: LocalServer;
  let egress: Egress;
  let act: Act;
  let received: ReceivedRequest[] = [];

  const take: Act = (_, response) => {
    const request = received.at(-1);
    const taken = typeof kind.taken === 'function' && request !== undefined ? kind.taken(request) : kind.taken;
    const { status, body } = taken === undefined || typeof taken === 'function' ? { status: 204, body: '' } : taken;
    response.writeHead(status).end(body);
  };
  const options = (port: number): Options => kind.channel.options.parse(kind.options(`http://127.0.0.1:${port}/hook`));

  async function send(
    notice = aNotice,
    { port = receiver.port, signal = new AbortController().signal, through = egress } = {},
  ) {
    const delivery = await kind.channel.send(notice, options(port), {
      egress: through,
      now: () => now,
      signal,
      to: kind.to,
    });
    if (delivery.outcome !== 'sent') {
      said.push(delivery.why);
      expect(delivery.why).toMatch(/^.{10,500}$/);
    }
    return delivery;
  }
  const answering = async (next: Act, notice = aNotice): Promise<Delivery> => {
    [act, received] = [next, []];
    return await send(notice);
  };
  const withSocket = async (handler: (socket: Socket) => void): Promise<Delivery> => {
    const server = await tcpServer((socket) => void socket.once('data', () => handler(socket)));
    const through = createEgress({ allow: ['127.0.0.1'], ports: [server.port] });
    try {
      return await send(aNotice, { port: server.port, through });
    } finally {
      await Promise.all([server.close(), through.close()]);
    }
  };

  beforeAll(async () => {
    receiver = await httpServer((request, response) => {
      let body = '';
      request.setEncoding('utf8').on('data', (part: string) => {
        body += part;
      });
      request.on('end', () => {
        received.push({ method: request.method ?? '', path: request.url ?? '', headers: request.headers, body });
        act(request, response);
      });
    });
    decoy = await httpServer((_, response) => void response.end());
    egress = createEgress({ allow: ['127.0.0.1'], ports: [receiver.port, decoy.port] });
  });
  afterAll(async () => {
    await Promise.all([receiver.close(), decoy.close(), egress.close()]);
  });

  describe('contract of channels over HTTP', () => {
    it('says whom it tells, without a secret', () => {
      const where = kind.channel.whereTo?.(options(receiver.port)) ?? '';
      expect(where).toMatch(/^.{3,200}$/);
      for (const secret of kind.secrets) expect(where).not.toContain(secret);
    });

    it('a receiver that takes a notice gets it once, and believes it', async () => {
      expect(await answering(take)).toEqual({ outcome: 'sent' });
      const deliveries = received.filter((request) => kind.delivers?.(request) ?? true);
      expect(deliveries).toHaveLength(1);
      for (const request of deliveries) expect((await kind.believes?.(request)) ?? true).toBe(true);
    });

    it('the same notice sent again is recognised by its id', async () => {
      const ids: (string | undefined)[] = [];
      for (let i = 0; i < 3; i++) {
        await answering(i === 0 ? (request) => void request.socket.destroy() : take);
        ids.push(...received.map((request) => kind.idOf?.(request)));
      }
      expect(ids.length).toBeGreaterThanOrEqual(3);
      expect(new Set(ids).size).toBe(1);
    });

    it('texts from strangers are only ever data', async () => {
      for (const notice of hostileNotices) {
        expect(await answering(take, notice)).toEqual({ outcome: 'sent' });
        for (const { headers } of received) expect(headers['x-injected']).toBe(undefined);
      }
    });

    it.each([408, 425, 429, 500, 502, 503, 504])('an answer of %i is tried again', async (status) => {
      expect(await answering((_, response) => void response.writeHead(status).end('secret stays there'))).toEqual({
        outcome: 'retry',
        why: expect.stringContaining(String(status)) as string,
        // Said of the whole other side, and not of this message.
        ...([429, 502, 503, 504].includes(status) && { away: true }),
      });
    });

    it.each([
      ['120', 120],
      ['0', 0],
      ['999999', 3600],
      ['Wed, 25 Nov 2026 12:05:00 GMT', 300],
      ['Wed, 25 Nov 2026 11:00:00 GMT', 0],
      ['Sun, 25 Nov 2035 12:00:00 GMT', 3600],
      ['-5', undefined],
      ['soon', undefined],
      ['1e3', undefined],
      ['', undefined],
    ])('Retry-After of %j is kept to within the hour', async (header, seconds) => {
      for (const status of [429, 503]) {
        const delivery = await answering(
          (_, response) => void response.writeHead(status, { 'retry-after': header }).end(),
        );
        expect(delivery).toMatchObject({ outcome: 'retry' });
        expect(delivery.outcome === 'retry' ? delivery.afterSeconds : 'not tried again').toBe(seconds);
      }
    });

    it.each([400, 401, 403, 404, 405, 410, 413, 422])(
      'an answer of %i is not tried again, and says what to do',
      async (status) => {
        expect(await answering((_, response) => void response.writeHead(status).end())).toMatchObject({
          outcome: 'refused',
          why: expect.stringMatching(`${status}: .*[a-z]`) as string,
        });
      },
    );

    it.each([301, 302, 303, 307, 308])('a redirect by %i is refused and leads nowhere', async (status) => {
      const location = `http://127.0.0.1:${decoy.port}/`;
      expect(await answering((_, response) => void response.writeHead(status, { location }).end())).toMatchObject({
        outcome: 'refused',
      });
      expect(decoy.contacts()).toBe(0);
    });

    it('a slow receiver is waited for', async () => {
      expect(await answering((request, response) => void setTimeout(() => take(request, response), 500))).toEqual({
        outcome: 'sent',
      });
    });

    it('a silent or dripping receiver costs its time limit and is tried again', async () => {
      const began = performance.now();
      expect(await answering(() => undefined)).toMatchObject({ outcome: 'retry' });
      const drip = (socket: Socket): void => {
        socket.write('HTTP/1.1 200 OK\r\nx-slow: ');
        const timer = setInterval(() => socket.write('a'), 50);
        socket.on('close', () => clearInterval(timer));
      };
      expect(await withSocket(drip)).toMatchObject({ outcome: 'retry' });
      expect(performance.now() - began).toBeLessThan(20_000);
    });

    it('resets, cuts, other protocols and closed ports are tried again', async () => {
      expect(await withSocket((socket) => void socket.resetAndDestroy())).toMatchObject({ outcome: 'retry' });
      expect(await withSocket((socket) => void socket.end())).toMatchObject({ outcome: 'retry' });
      expect(await withSocket((socket) => void socket.end('HTTP/1.1 20'))).toMatchObject({ outcome: 'retry' });
      expect(await withSocket((socket) => void socket.end('220 mail.example ESMTP\r\n'))).toMatchObject({
        outcome: 'retry',
      });
      const gone = await tcpServer(() => undefined);
      await gone.close();
      const through = createEgress({ allow: ['127.0.0.1'], ports: [gone.port] });
      expect(await send(aNotice, { port: gone.port, through })).toMatchObject({ outcome: 'retry' });
      await through.close();
    });

    it('A18 a receiver inside that the configuration does not open is refused with a remedy', async () => {
      received = [];
      const closed = createEgress({ ports: [receiver.port] });
      expect(await send(aNotice, { through: closed })).toMatchObject({
        outcome: 'refused',
        why: expect.stringContaining('configuration file') as string,
      });
      expect(received).toEqual([]);
      await closed.close();
    });

    it('stopping ends a delivery at once, to be tried again', async () => {
      const controller = new AbortController();
      act = () => controller.abort();
      expect(await send(aNotice, { signal: controller.signal })).toMatchObject({ outcome: 'retry' });
      expect(await send(aNotice, { signal: AbortSignal.abort() })).toMatchObject({ outcome: 'retry' });
    });

    it('a test delivers nothing, and says what to do about what it finds', async () => {
      const context = { egress, now: () => now, signal: new AbortController().signal };
      for (const status of [200, 404, 302, 503]) {
        [act, received] = [(_, response) => void response.writeHead(status).end(), []];
        const checks = await kind.channel.test(options(receiver.port), context);
        expect(checks.length).toBeGreaterThan(0);
        for (const check of checks) {
          said.push(check.found, check.remedy);
          expect(check.remedy === '').toBe(check.outcome === 'ok');
        }
        for (const request of received) expect(request.method === 'HEAD' || request.body === '').toBe(true);
        expect(JSON.stringify(received)).not.toContain(aNotice.title);
      }
      const closed = createEgress({ ports: [receiver.port] });
      const checks = await kind.channel.test(options(receiver.port), { ...context, egress: closed });
      expect(checks.some((check) => check.outcome === 'failed')).toBe(true);
      said.push(...checks.flatMap((check) => [check.found, check.remedy]));
      await closed.close();
    });

    it('an option that is not known, and one that is missing, is refused', () => {
      const written = kind.options('https://hooks.example/x') as Record<string, unknown>;
      expect(kind.channel.options.safeParse(written).success).toBe(true);
      expect(kind.channel.options.safeParse({ ...written, colour: 'red' }).success).toBe(false);
      expect(kind.channel.options.safeParse({}).success).toBe(false);
    });

    it('no outcome of all these repeats a secret', () => {
      expect(said.length).toBeGreaterThan(40);
      for (const secret of [...kind.secrets, 'secret stays there']) {
        for (const text of said) expect(text).not.toContain(secret);
      }
    });
  });
}
