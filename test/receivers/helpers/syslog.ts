import { once } from 'node:events';
import { connect, type Socket } from 'node:net';
import type { Gap } from '../../../src/core/chunk.js';
import type { Listener } from '../../../src/receivers/common/receiver.js';
import type { Spool } from '../../../src/receivers/common/spool.js';
import { createSyslogReceiver } from '../../../src/receivers/common/syslog.js';
import { syslogOptions } from '../../../src/receivers/common/syslog-options.js';
import { readAll } from './spools.js';

export interface Running {
  receiver: Listener;
  port: number;
  gaps: Gap[];
}

/** A receiver on a free port of 127.0.0.1, with options as they stand in the configuration. */
export async function receiving(spool: Pick<Spool, 'append'>, options: Record<string, unknown> = {}): Promise<Running> {
  const gaps: Gap[] = [];
  const receiver = createSyslogReceiver(syslogOptions.parse({ host: '127.0.0.1', port: 0, ...options }), {
    spool,
    source: 'firewall',
    now: Date.now,
    onGap: (gap) => gaps.push(gap),
  });
  const { port } = await receiver.listen();
  return { receiver, port, gaps };
}

export async function connected(port: number): Promise<Socket> {
  const socket = connect(port, '127.0.0.1');
  socket.on('error', () => {});
  await once(socket, 'connect');
  return socket;
}

/** Sends all of it, waiting where it is held back. */
export async function send(socket: Socket, data: string | Buffer): Promise<void> {
  if (!socket.write(data)) await once(socket, 'drain');
}

/** Ends the connection in order, and waits until the other side has seen it. */
export async function finish(socket: Socket): Promise<void> {
  socket.end();
  socket.resume();
  await once(socket, 'close');
}

/** Waits for something that is to happen soon. */
export async function until(what: () => boolean | Promise<boolean>, milliseconds = 20_000): Promise<void> {
  const end = performance.now() + milliseconds;
  while (!(await what())) {
    if (performance.now() > end) throw new Error(`waited ${milliseconds} ms for: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

/** All messages in the spool, in order. */
export const linesIn = async (spool: Spool): Promise<string[]> =>
  (await readAll(spool)).flatMap((record) => {
    const text = record.payload.toString('latin1');
    if (!text.endsWith('\n')) throw new Error('a record does not end with a line');
    return text.slice(0, -1).split('\n');
  });

export const sum = (gaps: readonly Gap[], of: 'lines' | 'bytes'): number =>
  gaps.reduce((total, gap) => total + (gap[of] ?? 0), 0);
