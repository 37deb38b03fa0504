import { readFileSync } from 'node:fs';
import { createServer, type Server, type Socket } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import type { Batcher } from './batcher.js';
import { Connections } from './connections.js';
import { freeFileHandles } from './file-handles.js';
import { SyslogFramer } from './syslog-framer.js';
import type { SyslogOptions } from './syslog-options.js';

/** What a stream server needs of its listener. */
export interface StreamHost {
  batcher: Batcher;
  /** Data known to be lost. */
  lost(why: string, lines: number, bytes: number): void;
}

/** Often enough for timeouts of a second and more, and cheap with thousands of connections. */
const sweepEvery = 500;

interface Peer {
  /** Where the messages come from: for TLS not the raw connection. */
  stream: Socket;
  framer: SyslogFramer;
  /** Milliseconds of the monotonic clock: last byte, and where the message at hand began. */
  heard: number;
  began: number | undefined;
}

/** Syslog over TCP and TLS: any number of senders, held back together while the spool takes nothing. */
export class SyslogStreams {
  readonly connections: Connections;
  readonly #options: SyslogOptions;
  readonly #host: StreamHost;
  readonly #peers = new Map<Socket, Peer>();
  readonly #server: Server;
  #sweeper: NodeJS.Timeout | undefined;
  #paused = false;

  /** @throws Error in words when certificate or key cannot be used */
  constructor(options: SyslogOptions, host: StreamHost) {
    this.#options = options;
    this.#host = host;
    this.connections = new Connections(options.max_connections, options.per_address);
    this.#server = options.tls === undefined ? this.#plainServer() : this.#tlsServer(options.tls);
  }

  listen(): Promise<{ address: string; port: number }> {
    const { host, port } = this.#options;
    // Half of what is free now: the rest is for the spool, the database and other listeners.
    this.connections.limitTo(Math.floor((freeFileHandles() ?? Number.MAX_SAFE_INTEGER) / 2));
    return new Promise((resolve, reject) => {
      this.#server.once('error', reject);
      this.#server.listen({ host, port, backlog: 1024 }, () => {
        this.#server.off('error', reject);
        // No free file handle: this connection is lost, those that are open go on.
        this.#server.on('error', () => this.connections.shed++);
        this.#sweeper = setInterval(() => this.#sweep(), sweepEvery).unref();
        const address = this.#server.address();
        if (address !== null && typeof address === 'object') resolve({ address: address.address, port: address.port });
      });
    });
  }

  /** Lets no more bytes in. What a connection had begun is reported as lost. */
  async close(): Promise<void> {
    clearInterval(this.#sweeper);
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    for (const peer of [...this.#peers.values()]) this.#forget(peer, 'the service was stopped');
    this.connections.destroyAll();
    await closed;
  }

  /** Holds all senders back, or lets them go on. */
  pause(paused: boolean): void {
    this.#paused = paused;
    for (const { stream } of this.#peers.values()) {
      if (paused) stream.pause();
      else stream.resume();
    }
  }

  #plainServer(): Server {
    return createServer((socket) => {
      if (this.connections.admit(socket)) this.#serve(socket);
      else socket.on('error', () => {});
    });
  }

  #tlsServer(tls: NonNullable<SyslogOptions['tls']>): Server {
    const server = createTlsServer(
      {
        cert: readPem(tls.cert, 'certificate'),
        key: readPem(tls.key, 'key'),
        ...(tls.client_ca !== undefined && {
          ca: readPem(tls.client_ca, 'authority of senders'),
          requestCert: true,
          rejectUnauthorized: true,
        }),
        minVersion: 'TLSv1.2',
        handshakeTimeout: 10_000,
      },
      (socket) => this.#serve(socket),
    );
    // Counted before the handshake, which is the expensive part.
    server.on('connection', (socket: Socket) => {
      socket.on('error', () => {});
      this.connections.admit(socket);
    });
    server.on('tlsClientError', (_error, socket) => socket.destroy());
    return server;
  }

  #serve(stream: Socket): void {
    const { batcher } = this.#host;
    const framer = new SyslogFramer({
      message: (bytes) => void batcher.add(bytes, true),
      tooLong: (bytes) => this.#host.lost('A syslog message longer than 1 MiB was passed over.', 1, bytes),
    });
    const peer: Peer = { stream, framer, heard: performance.now(), began: undefined };
    this.#peers.set(stream, peer);
    stream.on('data', (chunk: Buffer) => {
      framer.push(chunk);
      peer.heard = performance.now();
      // A message that was complete in between begins the time anew.
      peer.began =
        framer.pending === 0 ? undefined : framer.pending < chunk.length ? peer.heard : (peer.began ?? peer.heard);
    });
    stream.on('error', () => {});
    stream.on('close', () => this.#forget(peer, 'its connection ended'));
    if (this.#paused) stream.pause();
  }

  #forget(peer: Peer, how: string): void {
    if (!this.#peers.delete(peer.stream)) return;
    const { pending } = peer.framer;
    if (pending > 0) this.#host.lost(`A syslog message was not complete when ${how}.`, 1, pending);
    peer.stream.destroy();
  }

  #sweep(): void {
    // Who is held back cannot be late.
    if (this.#paused) {
      for (const peer of this.#peers.values()) {
        peer.heard = performance.now();
        if (peer.began !== undefined) peer.began = peer.heard;
      }
      return;
    }
    const now = performance.now();
    for (const peer of [...this.#peers.values()]) {
      if (peer.began !== undefined && now - peer.began > this.#options.frame_timeout)
        this.#forget(peer, 'it had taken too long');
      else if (now - peer.heard > this.#options.idle_timeout) this.#forget(peer, 'its sender had been silent too long');
    }
  }
}

function readPem(file: string, what: string): Buffer {
  try {
    return readFileSync(file);
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code ?? String(error);
    throw new Error(`The ${what} ${file} of the syslog receiver cannot be read (${code}): check options.tls.`);
  }
}
