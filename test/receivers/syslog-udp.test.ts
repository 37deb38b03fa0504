import { spawn } from 'node:child_process';
import { createSocket } from 'node:dgram';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { SpoolError } from '../../src/receivers/common/spool.js';
import { parseUdpTable } from '../../src/receivers/common/udp-drops.js';
import { openSpool, readAll } from './helpers/spools.js';
import { linesIn, receiving, sum, until } from './helpers/syslog.js';

/** Sends datagrams from a process of its own, as fast as it can. */
async function flood(port: number, count: number): Promise<void> {
  const script = `
    const s = require('node:dgram').createSocket('udp4');
    s.connect(${port}, '127.0.0.1', () => {
      let left = ${count};
      let done = 0;
      const burst = () => {
        for (let i = 0; i < 500 && left > 0; i++) {
          left--;
          s.send('<13>message ' + left + ' ' + 'x'.repeat(400), () => { if (++done === ${count}) s.close(); });
        }
        if (left > 0) setImmediate(burst);
      };
      burst();
    });`;
  const child = spawn(process.execPath, ['-e', script], { stdio: 'inherit' });
  const [code] = (await once(child, 'exit')) as [number | null];
  expect(code).toBe(0);
}

/** Keeps this process busy, so that nothing is read meanwhile. */
function busy(milliseconds: number): void {
  const end = performance.now() + milliseconds;
  while (performance.now() < end);
}

describe('syslog over UDP', () => {
  it('keeps each datagram as one line', async () => {
    const spool = await openSpool();
    const { receiver, port, gaps } = await receiving(spool, { protocol: 'udp' });
    const socket = createSocket('udp4');
    for (const text of ['<13>one\n', '<13>two\nlines\r\n', '\n', '17 not a count', `<13>${'x'.repeat(60_000)}`]) {
      await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
    }
    await until(() => receiver.stats().messages === 4);
    expect(await linesIn(spool)).toEqual(['<13>one', '<13>two lines', '17 not a count', `<13>${'x'.repeat(60_000)}`]);
    expect((await readAll(spool))[0]?.meta).toMatchObject({ transport: 'udp', authenticated: false });
    socket.close();
    await receiver.close();
    expect(gaps).toEqual([]);
    await spool.close();
  });

  // On one machine nothing is lost on the way, so that the sum is exact. Between machines it is not: what the network or the
  // sender's own kernel drops is known to nobody.
  it.skipIf(process.platform !== 'linux')(
    'F34 of a burst over capacity: what was sent is what is stored and what is reported as dropped, together',
    async () => {
      const spool = await openSpool();
      const { receiver, port, gaps } = await receiving(spool, { protocol: 'udp' });
      const count = 60_000;
      const flooding = flood(port, count);
      // The kernel holds some 10,000 of these, and this process does not read for a while.
      await until(() => receiver.stats().messages > 0);
      busy(1500);
      await flooding;
      await receiver.close();
      const stored = (await linesIn(spool)).length;
      const dropped = sum(gaps, 'lines');
      expect(stored + dropped).toBe(count);
      expect(receiver.stats()).toMatchObject({ messages: stored, lost: dropped });
      expect(dropped).toBeGreaterThan(0);
      // A slow disk may have the spool refuse some of them, too, before or after.
      expect(gaps.map(({ why }) => why).join(' ')).toContain('dropped by the kernel');
      await spool.close();
    },
  );

  it('F13 counts what comes while the spool is full as dropped, and goes on when there is space', async () => {
    const spool = await openSpool();
    let full = true;
    const { receiver, port, gaps } = await receiving(
      { append: (draft) => (full ? Promise.reject(new SpoolError('full', 'full')) : spool.append(draft)) },
      { protocol: 'udp' },
    );
    const socket = createSocket('udp4');
    const text = `<13>${'x'.repeat(9996)}`;
    const count = 400;
    for (let i = 0; i < count; i++) {
      await new Promise((resolve) => socket.send(text, port, '127.0.0.1', resolve));
      if (i % 20 === 0) await new Promise((resolve) => setTimeout(resolve, 1));
    }
    await until(() => gaps.length > 0);
    expect(receiver.stats().paused).toBe(true);
    full = false;
    await until(() => receiver.stats().messages > 0 && !receiver.stats().paused);
    socket.close();
    await receiver.close();
    const stored = (await linesIn(spool)).length;
    expect(stored + sum(gaps, 'lines')).toBe(count);
    expect(stored).toBeGreaterThan(100);
    expect(gaps[0]).toMatchObject({
      why: expect.stringContaining('the spool took nothing'),
      bytes: expect.any(Number),
    });
    await spool.close();
  });

  it('reads the drops of a socket where the kernel writes them', () => {
    const text = `   sl  local_address rem_address   st tx_queue rx_queue tr tm->when retrnsmt   uid  timeout inode ref pointer drops
  412: 0100007F:1590 00000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 81923 2 0000000000000000 17
  413: 00000000000000000000000000000000:0202 00000000000000000000000000000000:0000 07 00000000:00000000 00:00000000 00000000     0        0 5 2 0000000000000000 0
garbage
`;
    expect(parseUdpTable(text)).toEqual([
      { port: 5520, inode: '81923', drops: 17 },
      { port: 514, inode: '5', drops: 0 },
    ]);
  });
});
