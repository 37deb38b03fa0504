import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { join } from 'node:path';
import { connect as connectTls } from 'node:tls';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import type { Spool } from '../../src/receivers/common/spool.js';
import { syslogOptions } from '../../src/receivers/common/syslog-options.js';
import { has, startChild } from './helpers/processes.js';
import { openSpool, readAll, temporaryFolder } from './helpers/spools.js';
import { connected, finish, linesIn, type Running, receiving, send, until } from './helpers/syslog.js';

let spool: Spool;
let running: Running | undefined;
beforeEach(async () => {
  spool = await openSpool();
});
afterEach(async () => {
  await running?.receiver.close();
  running = undefined;
  await spool.close();
});

/** Waits until so many messages are in the spool. */
const stored = (count: number): Promise<void> => until(() => running?.receiver.stats().messages === count);

describe('syslog over TCP', () => {
  it('keeps each message as one line of its source, from senders of either framing', async () => {
    running = await receiving(spool);
    const [counting, lining] = [await connected(running.port), await connected(running.port)];
    await send(counting, '34 <34>Oct 11 22:14:15 fw a counted o20 <34>1 - with\nnewline');
    await send(lining, '<13>a line\r\n<13>another\n');
    await finish(counting);
    await finish(lining);
    await stored(4);
    const lines = await linesIn(spool);
    expect(new Set(lines)).toEqual(
      new Set(['<13>a line', '<13>another', '<34>1 - with newline', '<34>Oct 11 22:14:15 fw a counted o']),
    );
    const [record] = await readAll(spool);
    expect(record).toMatchObject({
      source: 'firewall',
      kind: 'syslog',
      meta: { transport: 'tcp', authenticated: false },
    });
    expect(running.gaps).toEqual([]);
  });

  it('is in the spool within 50 ms and a sync of its coming, many messages to a record', async () => {
    running = await receiving(spool);
    const socket = await connected(running.port);
    await send(socket, Array.from({ length: 5000 }, (_, i) => `<13>message ${i}\n`).join(''));
    const start = performance.now();
    await stored(5000);
    expect(performance.now() - start).toBeLessThan(2000);
    expect((await linesIn(spool)).length).toBe(5000);
    expect((await readAll(spool)).length).toBeLessThan(20);
    socket.destroy();
  });

  it('F34 reset in the middle of a frame reports it with its size, and keeps what was whole', async () => {
    running = await receiving(spool);
    const socket = await connected(running.port);
    await send(socket, '5 whole100 half of a frame');
    await stored(1);
    socket.resetAndDestroy();
    await until(() => running?.gaps.length === 1);
    expect(running.gaps).toMatchObject([{ lines: 1, bytes: 15, why: expect.stringContaining('not complete') }]);
    const cut = await connected(running.port);
    await send(cut, '<1>whole\n<1>no end');
    await finish(cut);
    await until(() => running?.gaps.length === 2);
    expect(running.gaps[1]).toMatchObject({ lines: 1, bytes: 9 });
    await stored(2);
    expect(running.receiver.stats()).toMatchObject({ messages: 2, lost: 2 });
    expect(await linesIn(spool)).toEqual(['whole', '<1>whole']);
  });

  it('A12 of an endless line costs no memory, and another sender loses nothing', async () => {
    running = await receiving(spool);
    const [endless, other] = [await connected(running.port), await connected(running.port)];
    const piece = Buffer.alloc(1 << 20, 'x');
    let most = 0;
    const before = process.memoryUsage().rss;
    for (let i = 0; i < 200; i++) {
      await send(endless, piece);
      if (i % 20 === 0) await send(other, `<13>other ${i}\n`);
      most = Math.max(most, process.memoryUsage().rss);
    }
    await send(endless, '\n<13>after\n');
    await stored(11);
    expect(most - before).toBeLessThan(100 << 20);
    expect(running.gaps).toMatchObject([
      { lines: 1, bytes: 200 << 20, why: expect.stringContaining('longer than 1 MiB') },
    ]);
    expect(new Set(await linesIn(spool))).toEqual(
      new Set(['<13>after', ...Array.from({ length: 10 }, (_, i) => `<13>other ${i * 20}`)]),
    );
    endless.destroy();
    other.destroy();
  });

  it('A12 with lying counts costs itself alone', async () => {
    running = await receiving(spool);
    const liar = await connected(running.port);
    await send(liar, '9999999999 <13>a\n00000007 <13>b\n12345678 c\n');
    await finish(liar);
    await stored(3);
    expect(await linesIn(spool)).toEqual(['9999999999 <13>a', '00000007 <13>b', '12345678 c']);
    const greedy = await connected(running.port);
    await send(greedy, '9999999 <13>never so long');
    await finish(greedy);
    await until(() => running?.gaps.length === 1);
    expect(running.gaps).toMatchObject([{ bytes: 17 }]);
  });

  it('A12 lets 500 slow senders wait, then go, while another sender loses nothing', async () => {
    running = await receiving(spool, { per_address: 600, frame_timeout: '2s' });
    const slow = await Promise.all(Array.from({ length: 500 }, () => connected(running?.port ?? 0)));
    const other = await connected(running.port);
    const dripping = setInterval(() => {
      for (const socket of slow) if (!socket.destroyed) socket.write('x');
    }, 200);
    const sent: string[] = [];
    let i = 0;
    while ((running.receiver.stats().connections > 1 || i < 100) && i < 4000) {
      sent.push(`<13>other ${i++}`);
      await send(other, `${sent.at(-1)}\n`);
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    clearInterval(dripping);
    await stored(sent.length);
    expect(await linesIn(spool)).toEqual(sent);
    expect(running.receiver.stats()).toMatchObject({ connections: 1, lost: 500 });
    expect(running.gaps[0]?.why).toBe('A syslog message was not complete when it had taken too long.');
    for (const socket of [...slow, other]) socket.destroy();
  });

  it('A12 turns away more connections than are allowed, from one address and in all, and closes silent ones', async () => {
    running = await receiving(spool, { per_address: 3, idle_timeout: '1s' });
    const sockets = await Promise.all(Array.from({ length: 8 }, () => connected(running?.port ?? 0)));
    await until(() => running?.receiver.stats().shed === 5);
    expect(running.receiver.stats().connections).toBe(3);
    await until(() => running?.receiver.stats().connections === 0);
    expect(running.gaps).toEqual([]);
    for (const socket of sockets) socket.destroy();
    // There is room again.
    const next = await connected(running.port);
    await send(next, '<13>next\n');
    await stored(1);
    next.destroy();
  });

  it('F13 holds senders back while the spool is full, and loses nothing when it takes data again', async () => {
    const small = await openSpool({ size: 3 << 20, segmentBytes: 1 << 20 });
    running = await receiving(small);
    const socket = await connected(running.port);
    const lines = Array.from({ length: 60_000 }, (_, i) => `<13>${i} ${'x'.repeat(190)}`);
    let sent = false;
    const sending = (async () => {
      for (let i = 0; i < lines.length; i += 100) await send(socket, `${lines.slice(i, i + 100).join('\n')}\n`);
      sent = true;
    })();
    await until(() => running?.receiver.stats().paused === true);
    // What the sender has left is more than all buffers between us: it waits.
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(small.stats().state).toBe('ok');
    const got: string[] = [];
    let after = 0;
    await until(async () => {
      const records = await small.read({ after, maxRecords: 10, maxBytes: 1 << 20 });
      for (const record of records) got.push(...String(record.payload).slice(0, -1).split('\n'));
      after = records.at(-1)?.sequence ?? after;
      await small.release(after);
      return got.length === lines.length;
    });
    await sending;
    expect(sent && got.every((line, i) => line === lines[i])).toBe(true);
    expect(running.gaps).toEqual([]);
    socket.destroy();
    await running.receiver.close();
    running = undefined;
    await small.close();
  });

  it('stops within a second, keeps what it has, and reports what it cannot keep', async () => {
    running = await receiving(spool);
    const socket = await connected(running.port);
    await send(socket, '<13>kept\n<13>half');
    await until(() => running?.receiver.stats().connections === 1);
    await new Promise((resolve) => setTimeout(resolve, 30));
    const start = performance.now();
    await running.receiver.close();
    expect(performance.now() - start).toBeLessThan(1000);
    expect(await linesIn(spool)).toEqual(['<13>kept']);
    expect(running.gaps).toMatchObject([{ bytes: 8 }]);

    const full = await receiving({ append: () => new Promise(() => {}) });
    const other = await connected(full.port);
    await send(other, '<13>nobody takes me\n');
    await new Promise((resolve) => setTimeout(resolve, 100));
    const again = performance.now();
    await full.receiver.close();
    expect(performance.now() - again).toBeLessThan(1000);
    socket.destroy();
    other.destroy();
  });

  it.skipIf(process.platform !== 'linux')(
    'F15 without free file handles turns new connections away, and keeps what it took',
    async () => {
      const folder = join(temporaryFolder(), 'spool');
      const child = await startChild(['syslog', folder], ['bash', '-c', 'ulimit -n 64; exec "$@"', 'bash']);
      if (child === undefined) throw new Error('the child did not start');
      const sockets: Socket[] = [];
      const closed = new Set<Socket>();
      for (let i = 0; i < 100; i++) {
        const socket = await connected(child.port);
        socket.once('close', () => closed.add(socket));
        socket.resume();
        sockets.push(socket);
      }
      // As many as were turned away have noticed, and the others are let in.
      await until(async () => {
        process.kill(child.pid, 'SIGUSR2');
        await new Promise((resolve) => setTimeout(resolve, 100));
        const told = child.said.at(-1) as { connections: number } | undefined;
        return closed.size > 20 && told?.connections === 100 - closed.size;
      });
      const open = sockets.filter((socket) => !closed.has(socket));
      expect(open.length).toBeGreaterThan(10);
      const sent: string[] = [];
      // More than one segment of 2 MiB.
      for (let round = 0; round < 20; round++) {
        for (const [i, socket] of open.entries()) {
          const line = `<13>${round}-${i} ${'x'.repeat(5000)}`;
          sent.push(line);
          await send(socket, `${line}\n`);
        }
      }
      await Promise.all(open.map((socket) => finish(socket)));
      await child.kill('SIGTERM');
      expect(child.said.at(-1)).toMatchObject({ messages: sent.length, lost: 0 });
      const kept = await openSpool({ folder });
      const lines = await linesIn(kept);
      expect([lines.length, new Set(lines)]).toEqual([sent.length, new Set(sent)]);
      await kept.close();
    },
  );
});

describe('syslog over TLS', () => {
  const folder = temporaryFolder();
  const file = (name: string): string => join(folder, name);
  const openssl = (...args: string[]): void => void execFileSync('openssl', args, { cwd: folder, stdio: 'ignore' });

  it.skipIf(!has('openssl', 'version'))(
    'is taken from senders whose certificate the authority signed, and from nobody else',
    async () => {
      for (const name of ['ca', 'other'])
        openssl(
          'req',
          '-x509',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-days',
          '2',
          '-subj',
          `/CN=${name}`,
          '-keyout',
          `${name}.key`,
          '-out',
          `${name}.pem`,
        );
      for (const [name, by] of [
        ['server', 'ca'],
        ['client', 'ca'],
        ['stranger', 'other'],
      ] as const) {
        openssl(
          'req',
          '-newkey',
          'ec',
          '-pkeyopt',
          'ec_paramgen_curve:P-256',
          '-nodes',
          '-subj',
          `/CN=${name}`,
          '-keyout',
          `${name}.key`,
          '-out',
          `${name}.csr`,
        );
        openssl(
          'x509',
          '-req',
          '-in',
          `${name}.csr`,
          '-CA',
          `${by}.pem`,
          '-CAkey',
          `${by}.key`,
          '-CAcreateserial',
          '-days',
          '2',
          '-out',
          `${name}.pem`,
        );
      }
      running = await receiving(spool, {
        protocol: 'tls',
        tls: { cert: file('server.pem'), key: file('server.key'), client_ca: file('ca.pem') },
      });
      const dial = (name: string | undefined) => {
        const socket = connectTls({
          port: running?.port ?? 0,
          host: '127.0.0.1',
          ca: readFileSync(file('ca.pem')),
          checkServerIdentity: () => undefined,
          ...(name !== undefined && {
            cert: readFileSync(file(`${name}.pem`)),
            key: readFileSync(file(`${name}.key`)),
          }),
        });
        socket.on('error', () => {});
        return socket;
      };
      for (const name of [undefined, 'stranger']) {
        const socket = dial(name);
        socket.write('<13>not mine\n');
        await new Promise((resolve) => socket.once('close', resolve));
      }
      const plain = await connected(running.port);
      plain.write('<13>not encrypted\n');
      await finish(plain);
      const good = dial('client');
      await once(good, 'secureConnect');
      await send(good, '<13>mine\n<13>ha');
      await stored(1);
      good.destroy();
      await until(() => running?.gaps.length === 1);
      expect(await linesIn(spool)).toEqual(['<13>mine']);
      expect((await readAll(spool))[0]?.meta).toMatchObject({ transport: 'tls', authenticated: true });
      expect(running.gaps).toMatchObject([{ bytes: 6 }]);
      await until(() => running?.receiver.stats().connections === 0);
    },
  );

  it('that cannot be set up says which file is missing', async () => {
    const tls = { cert: '/nowhere/cert.pem', key: '/nowhere/key.pem' };
    await expect(receiving(spool, { protocol: 'tls', tls })).rejects.toThrow(
      'The certificate /nowhere/cert.pem of the syslog receiver cannot be read (ENOENT): check options.tls.',
    );
    expect(syslogOptions.safeParse({ protocol: 'tls' }).success).toBe(false);
    expect(syslogOptions.safeParse({ protocol: 'udp', tls }).success).toBe(false);
  });

  it('on a port that is taken says so in words', async () => {
    running = await receiving(spool);
    await expect(receiving(spool, { port: running.port })).rejects.toThrow(
      /cannot be received on 127.0.0.1 port \d+ \(EADDRINUSE\): choose/,
    );
  });
});

describe('options of the syslog receiver', () => {
  it('have defaults that work, and keep what is written', () => {
    expect(syslogOptions.parse({})).toEqual({
      protocol: 'tcp',
      host: '0.0.0.0',
      port: 5514,
      max_connections: 1024,
      per_address: 64,
      idle_timeout: 3_600_000,
      frame_timeout: 30_000,
    });
  });
});
