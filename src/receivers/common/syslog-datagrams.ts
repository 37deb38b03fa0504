import { createSocket, type Socket } from 'node:dgram';
import { isIPv6 } from 'node:net';
import { setImmediate as nextTurn } from 'node:timers/promises';
import type { Batcher } from './batcher.js';
import { asLine } from './syslog-framer.js';
import type { SyslogOptions } from './syslog-options.js';
import { UdpDrops } from './udp-drops.js';

export interface DatagramHost {
  batcher: Batcher;
  /** Data known to be lost. */
  lost(why: string, lines: number, bytes: number | undefined): void;
}

/** Asked of the kernel, which gives as much as net.core.rmem_max allows. */
const wantedBuffer = 8 << 20;
const lookEvery = 1000;

/** Syslog over UDP: one message a datagram. What is lost on the way here is not known; what the kernel or the spool drops is. */
export class SyslogDatagrams {
  readonly #options: SyslogOptions;
  readonly #host: DatagramHost;
  readonly #socket: Socket;
  #drops: UdpDrops | undefined;
  #looking: NodeJS.Timeout | undefined;
  #taken = 0;
  #refused = { lines: 0, bytes: 0 };

  constructor(options: SyslogOptions, host: DatagramHost) {
    this.#options = options;
    this.#host = host;
    this.#socket = createSocket({ type: isIPv6(options.host) ? 'udp6' : 'udp4' });
    this.#socket.on('message', (message) => this.#take(message));
  }

  listen(): Promise<{ address: string; port: number }> {
    const { host, port } = this.#options;
    return new Promise((resolve, reject) => {
      this.#socket.once('error', reject);
      this.#socket.bind({ address: host, port }, () => {
        this.#socket.off('error', reject);
        this.#socket.on('error', () => {});
        try {
          this.#socket.setRecvBufferSize(wantedBuffer);
        } catch {
          // The size that the system gives by itself.
        }
        const bound = this.#socket.address();
        this.#drops = new UdpDrops(bound.port);
        this.#looking = setInterval(() => void this.#look(), lookEvery).unref();
        resolve({ address: bound.address, port: bound.port });
      });
    });
  }

  async close(): Promise<void> {
    clearInterval(this.#looking);
    // What the kernel holds is read first: each turn of the event loop reads some.
    const end = performance.now() + 300;
    for (let before = -1; before !== this.#taken && performance.now() < end; ) {
      before = this.#taken;
      for (let turn = 0; turn < 3; turn++) await nextTurn();
    }
    // Before the socket is gone, and its count with it.
    await this.#look();
    await new Promise<void>((resolve) => this.#socket.close(() => resolve()));
  }

  #take(message: Buffer): void {
    this.#taken++;
    const line = asLine(message);
    if (line.length === 0 || this.#host.batcher.add(line, false)) return;
    this.#refused.lines++;
    this.#refused.bytes += line.length;
  }

  async #look(): Promise<void> {
    const { lines, bytes } = this.#refused;
    this.#refused = { lines: 0, bytes: 0 };
    if (lines > 0)
      this.#host.lost('Syslog datagrams were dropped: the spool took nothing or too little.', lines, bytes);
    const dropped = (await this.#drops?.more()) ?? 0;
    if (dropped > 0) {
      const why =
        'Syslog datagrams were dropped by the kernel: they came faster than they were read (net.core.rmem_max).';
      this.#host.lost(why, dropped, undefined);
    }
  }
}
