import { createSocket } from 'node:dgram';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createServer as createTlsServer } from 'node:tls';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createEgress, type EgressConnect, EgressError, type EgressPolicy } from '../../src/net/egress.js';
import { type LocalServer, tcpServer } from '../helpers/http-server.js';

const tls = (file: string): string => join(import.meta.dirname, '../fixtures/tls', file);
let decoy: LocalServer;

beforeAll(async () => {
  decoy = await tcpServer(() => undefined);
});
afterAll(async () => {
  await decoy.close();
});

async function outcome(policy: EgressPolicy, target: Partial<EgressConnect> & { host: string }): Promise<string> {
  const egress = createEgress(policy);
  try {
    const whole = { port: decoy.port, tls: 'none', timeoutMs: 2000, ...target } as const;
    const { socket } = await egress.connect(whole);
    socket.destroy();
    return 'connected';
  } catch (error) {
    if (!(error instanceof EgressError)) throw error;
    return `${error.kind}: ${error.message}`;
  } finally {
    await egress.close();
  }
}

describe('A18 connections that are not HTTP', () => {
  const inside = [
    '127.0.0.1',
    '127.1',
    '0x7f000001',
    '017700000001',
    '2130706433',
    '0.0.0.0',
    '::1',
    '::ffff:127.0.0.1',
    '::ffff:7f00:1',
    '64:ff9b::7f00:1',
    '2002:7f00:1::',
    '10.0.0.1',
    '100.64.0.1',
    '169.254.169.254',
    '172.16.0.1',
    '192.168.0.1',
    'fd00::1',
    'fe80::1',
    'localhost',
    'localhost.',
    'LOCALHOST',
  ];
  it('no spelling of an address inside is contacted, and all refusals read the same and take as long', async () => {
    const before = decoy.contacts();
    const texts = new Set<string>();
    const began = performance.now();
    const outcomes = await Promise.all(inside.map((host) => outcome({ ports: [decoy.port] }, { host })));
    expect(performance.now() - began).toBeGreaterThan(240);
    for (const text of outcomes) texts.add(text);
    expect([...texts]).toEqual([expect.stringMatching(/^refused: .*configuration file/) as string]);
    expect(decoy.contacts()).toBe(before);
  });

  it.each([
    '127.0.0.1:25',
    'a/b',
    'a@b',
    'a b',
    'a\r\nb',
    '',
    '.',
    '[::1]',
    '::1%lo',
    'a\\b',
    'http://a',
    'a?b',
    'a#b',
  ])('%j is no host', async (host) => {
    expect(await outcome({ allow: ['0.0.0.0/0', '::/0'], ports: [decoy.port] }, { host })).toMatch(/^refused: /);
  });

  it('only ports of mail and syslog are open, and what the configuration adds', async () => {
    const allow = ['127.0.0.1'];
    for (const port of [22, 80, 443, 6379, 8080, decoy.port])
      expect(await outcome({ allow }, { host: '127.0.0.1', port })).toMatch(/^refused: /);
    for (const port of [25, 465, 587, 2525, 514, 601, 6514])
      expect(await outcome({ allow }, { host: '127.0.0.1', port })).not.toMatch(/^refused: /);
    expect(await outcome({ allow, ports: [decoy.port] }, { host: '127.0.0.1' })).toBe('connected');
  });

  it('a name that changes its address between check and connection changes nothing', async () => {
    let asked = 0;
    const before = decoy.contacts();
    const resolve = async (): Promise<string[]> => [asked++ % 2 === 0 ? '192.0.2.1' : '127.0.0.1'];
    for (let i = 0; i < 20; i++) {
      const policy = { ports: [decoy.port], resolve, allow: ['192.0.2.0/24'] };
      expect(await outcome(policy, { host: 'rebind.test', timeoutMs: 20 })).not.toBe('connected');
    }
    expect(asked).toBe(20);
    expect(decoy.contacts()).toBe(before);
    const mixed = { ports: [decoy.port], resolve: async () => ['93.184.215.14', '127.0.0.1'] };
    expect(await outcome(mixed, { host: 'mixed.test' })).toMatch(/^refused: /);
  });

  it('a datagram goes only where a connection may', async () => {
    const got: string[] = [];
    const server = createSocket('udp4').on('message', (message) => got.push(message.toString()));
    await new Promise<void>((resolve) => void server.bind(0, '127.0.0.1', resolve));
    const target = { host: '127.0.0.1', port: server.address().port, bytes: Buffer.from('hello') };
    const closed = createEgress({ ports: [target.port] });
    await expect(closed.datagram(target)).rejects.toMatchObject({ kind: 'refused' });
    await expect(closed.check(target)).rejects.toMatchObject({ kind: 'refused' });
    const opened = createEgress({ ports: [target.port], allow: ['127.0.0.1'] });
    await opened.check(target);
    await expect(opened.datagram({ ...target, bytes: Buffer.alloc(70_000) })).rejects.toMatchObject({
      kind: 'refused',
    });
    await opened.datagram(target);
    await expect.poll(() => got).toEqual(['hello']);
    await new Promise<void>((resolve) => void server.close(resolve));
  });

  it('TLS holds only with a certificate of a trusted issuer for the name that was asked for', async () => {
    const identity = { key: readFileSync(tls('server.key.pem')), cert: readFileSync(tls('server.pem')) };
    const server = createTlsServer(identity, (socket) => void socket.on('error', () => undefined));
    server.on('tlsClientError', () => undefined);
    await new Promise<void>((resolve) => void server.listen(0, '127.0.0.1', resolve));
    const address = server.address();
    const port = typeof address === 'object' && address !== null ? address.port : 0;
    const policy = {
      ports: [port, decoy.port],
      allow: ['127.0.0.1'],
      caFile: tls('ca.pem'),
      resolve: async () => ['127.0.0.1'],
    };
    const named = { ...policy, allow: ['hooks.test', 'other.test'] };
    const begin = { port, tls: 'begin' } as const;
    expect(await outcome(policy, { host: '127.0.0.1', ...begin })).toBe('connected');
    expect(await outcome(named, { host: 'hooks.test', ...begin })).toBe('connected');
    expect(await outcome(named, { host: 'other.test', ...begin })).toMatch(
      /^network: other\.test: its certificate is for another name/,
    );
    expect(await outcome({ ...policy, caFile: undefined }, { host: '127.0.0.1', ...begin })).toMatch(/issuer unknown/);
    const silent = { host: '127.0.0.1', tls: 'begin', timeoutMs: 200 } as const;
    expect(await outcome(policy, silent)).toMatch(/^network: .*does not answer/);
    await new Promise<void>((resolve) => void server.close(() => resolve()));
  });
});
