import type { Socket } from 'node:net';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Channel, Delivery } from '../../src/alerts/common/channel.js';
import type { Notice } from '../../src/core/notice.js';
import { createEgress } from '../../src/net/egress.js';
import { type LocalServer, tcpServer } from '../helpers/http-server.js';
import { aNotice } from './channel.js';

export interface SocketChannelCase<Options> {
  channel: Channel<Options>;
  /** Options as a user writes them, for a receiver at this host and port over TCP, with a timeout of one second. */
  options(host: string, port: number): Record<string, unknown>;
  /** What no outcome may repeat. */
  secrets: readonly string[];
  /** Does the protocol answer, so that silence is no success? */
  answers: boolean;
}

/** What every channel does that speaks another protocol than HTTP, against receivers of every temper. Call it in `test/alerts/<id>.test.ts`. */
export function socketChannelContract<Options>(kind: SocketChannelCase<Options>): void {
  const said: string[] = [];
  let server: LocalServer;
  let act: (socket: Socket) => void = () => undefined;

  async function send({
    port = server.port,
    host = '127.0.0.1',
    allow = ['127.0.0.1'],
    ports = undefined as readonly number[] | undefined,
    signal = new AbortController().signal,
    notice = aNotice as Notice,
  } = {}): Promise<Delivery> {
    const egress = createEgress({ allow, ports: ports ?? [port] });
    const options = kind.channel.options.parse(kind.options(host, port));
    const delivery = await kind.channel.send(notice, options, { egress, now: () => aNotice.at, signal });
    await egress.close();
    if (delivery.outcome !== 'sent') {
      said.push(delivery.why);
      expect(delivery.why).toMatch(/^.{10,500}$/);
    }
    return delivery;
  }

  beforeAll(async () => {
    server = await tcpServer((socket) => act(socket));
  });
  afterAll(async () => {
    await server.close();
  });

  describe('contract of channels over sockets', () => {
    it('says whom it tells, without a secret', () => {
      const where = kind.channel.whereTo?.(kind.channel.options.parse(kind.options('127.0.0.1', server.port))) ?? '';
      expect(where).toMatch(/^.{3,200}$/);
      for (const secret of kind.secrets) expect(where).not.toContain(secret);
    });

    it('a closed port is tried again', async () => {
      const gone = await tcpServer(() => undefined);
      await gone.close();
      expect(await send({ port: gone.port })).toMatchObject({ outcome: 'retry' });
    });

    it('a receiver that cuts at once is tried again', async () => {
      act = (socket) => void socket.resetAndDestroy();
      expect(await send()).toMatchObject({ outcome: 'retry' });
    });

    // Who gets no answer cannot tell silence from success.
    if (kind.answers)
      it('a receiver that is silent, hangs up or speaks something else is tried again', async () => {
        act = () => undefined;
        expect(await send()).toMatchObject({ outcome: 'retry' });
        act = (socket) => void socket.end();
        expect(await send()).toMatchObject({ outcome: 'retry' });
        act = (socket) => void socket.end('HTTP/1.1 400 secret stays there\r\n\r\n');
        expect(await send()).toMatchObject({ outcome: 'retry' });
      });

    it('A18 a receiver inside that the configuration does not open is refused with a remedy, and not contacted', async () => {
      const before = server.contacts();
      const inside = ['127.0.0.1', '::1', '::ffff:127.0.0.1', '0x7f.1', '2130706433', 'localhost', '169.254.169.254'];
      for (const host of inside) {
        expect(await send({ host, allow: [] }), host).toMatchObject({
          outcome: 'refused',
          why: expect.stringContaining('configuration file') as string,
        });
      }
      expect(await send({ ports: [] })).toMatchObject({ outcome: 'refused' });
      for (const host of ['127.0.0.1/x', 'user@127.0.0.1', '127.0.0.1:25', 'a b', '127.0.0.1\\']) {
        expect(await send({ host }), host).toMatchObject({ outcome: 'refused' });
      }
      expect(server.contacts()).toBe(before);
    });

    it('stopping ends a delivery at once, to be tried again', async () => {
      const controller = new AbortController();
      act = () => controller.abort();
      expect(await send({ signal: AbortSignal.abort() })).toMatchObject({ outcome: 'retry' });
      if (kind.answers) expect(await send({ signal: controller.signal })).toMatchObject({ outcome: 'retry' });
    });

    it('a test of what cannot be reached fails with a remedy, and no test tells the notice', async () => {
      const got: Buffer[] = [];
      act = (socket) => void socket.on('data', (data: Buffer) => got.push(data)).end();
      for (const allow of [[], ['127.0.0.1']]) {
        const egress = createEgress({ allow, ports: [server.port] });
        const options = kind.channel.options.parse(kind.options('127.0.0.1', server.port));
        const signal = new AbortController().signal;
        const checks = await kind.channel.test(options, { egress, now: () => aNotice.at, signal });
        for (const check of checks) {
          said.push(check.found, check.remedy);
          expect(check.remedy === '').toBe(check.outcome === 'ok');
        }
        if (allow.length === 0) expect(checks.some(({ outcome }) => outcome === 'failed')).toBe(true);
        await egress.close();
      }
      expect(Buffer.concat(got).toString()).not.toContain(aNotice.title);
    });

    it('an option that is not known, and one that is missing, is refused', () => {
      const written = kind.options('mail.example', 2525);
      expect(kind.channel.options.safeParse(written).success).toBe(true);
      expect(kind.channel.options.safeParse({ ...written, colour: 'red' }).success).toBe(false);
      expect(kind.channel.options.safeParse({}).success).toBe(false);
    });

    it('no outcome of all these repeats a secret', () => {
      expect(said.length).toBeGreaterThan(10);
      for (const secret of [...kind.secrets, 'secret stays there'])
        for (const text of said) expect(text).not.toContain(secret);
    });
  });
}
