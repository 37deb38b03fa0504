import type { Gap } from '../../core/chunk.js';
import { Batcher } from './batcher.js';
import type { Listener, ListenerStats } from './receiver.js';
import type { Spool } from './spool.js';
import { SyslogDatagrams } from './syslog-datagrams.js';
import type { SyslogOptions } from './syslog-options.js';
import { SyslogStreams } from './syslog-stream.js';

// Promise: counted best effort. Syslog has no answer, so what is lost on the way is not known; every loss that is known here (half
// frames, messages too long, drops of the kernel and of a full spool) is reported as a gap. Messages are lines, unchanged but for
// newlines inside; src/formats reads their headers. A message without its end when the connection closes counts as lost, also
// one of a sender that ends its lines and merely forgot the last newline: nobody can tell it from a cut one.

export interface SyslogContext {
  spool: Pick<Spool, 'append'>;
  source: string;
  now(): number;
  onGap(gap: Gap): void;
}

/** How long a close may wait for the spool, in milliseconds. */
const closeWithin = 700;

/** A listener for syslog by one protocol. @throws Error in words when the TLS files cannot be used */
export function createSyslogReceiver(options: SyslogOptions, context: SyslogContext): Listener {
  let lostLines = 0;
  const onGap = (gap: Gap): void => {
    lostLines += gap.lines ?? 0;
    context.onGap(gap);
  };
  const lost = (why: string, lines: number, bytes: number | undefined): void =>
    onGap({ at: context.now(), why, lines, ...(bytes !== undefined && { bytes }) });
  const { spool, source, now } = context;
  // Only a certificate proves who sends.
  const meta = { transport: options.protocol, authenticated: options.tls?.client_ca !== undefined };
  let streams: SyslogStreams | undefined;
  const batcher = new Batcher({ spool, source, kind: 'syslog', meta, now, onGap, onPause: (on) => streams?.pause(on) });
  const host = { batcher, lost };
  if (options.protocol !== 'udp') streams = new SyslogStreams(options, host);
  const intake = streams ?? new SyslogDatagrams(options, host);

  return {
    async listen() {
      try {
        return await intake.listen();
      } catch (error) {
        const code = (error as NodeJS.ErrnoException).code ?? String(error);
        const where = `${options.host} port ${options.port}`;
        throw new Error(`Syslog cannot be received on ${where} (${code}): choose another address or port.`);
      }
    },
    async close() {
      await intake.close();
      await batcher.close(closeWithin);
    },
    stats: (): ListenerStats => ({
      connections: streams?.connections.count ?? 0,
      messages: batcher.messages,
      bytes: batcher.bytes,
      shed: streams?.connections.shed ?? 0,
      lost: lostLines,
      paused: batcher.paused,
    }),
  };
}
