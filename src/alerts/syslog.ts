import type { Socket } from 'node:net';
import { z } from 'zod';
import type { Check } from '../core/check.js';
import type { Notice } from '../core/notice.js';
import { cefEvent, readCef, writeCef } from './common/cef.js';
import type { Channel, Delivery, SendContext } from './common/channel.js';
import { timeoutOption } from './common/http-check.js';
import { failure } from './common/http-outcome.js';
import { keyOf, type Message, messageOf, messageOptions } from './common/message.js';
import { ocsfEvent } from './common/ocsf.js';

const defaultPorts = { udp: 514, tcp: 601, tls: 6514 } as const;
const lingerMs = 500;

const options = z
  .strictObject({
    host: z.string().min(1).max(253).describe('The receiver.'),
    port: z.int().min(1).max(65_535).optional().describe('Its port: 514 for udp, 601 for tcp, 6514 for tls.'),
    protocol: z.enum(['udp', 'tcp', 'tls']).default('tls').describe('How it goes there.'),
    format: z
      .enum(['cef', 'ocsf'])
      .default('cef')
      .describe('cef: Common Event Format; ocsf: JSON of the Open Cybersecurity Schema Framework.'),
    facility: z.int().min(0).max(23).default(16).describe('Syslog facility by its number; 16 is local0.'),
    hostname: z
      .string()
      .regex(/^[\x21-\x7e]{1,255}$/, 'Write a name without blanks.')
      .default('-')
      .describe('Name of this machine in the messages.'),
    certificate: z.string().max(100_000).optional().describe('Certificate that this side shows, PEM, for tls.'),
    private_key: z.string().max(100_000).optional().describe('Its key, PEM.'),
    ...messageOptions,
    timeout: timeoutOption,
  })
  .refine(
    ({ certificate, private_key: key }) => (certificate === undefined) === (key === undefined),
    'Write certificate and private_key, or neither.',
  )
  .refine(
    ({ certificate, protocol }) => certificate === undefined || protocol === 'tls',
    'A certificate is for protocol: tls.',
  );
type Options = z.output<typeof options>;

/** Sends notices as syslog (RFC 5424) by UDP (RFC 5426), or TCP or TLS with octets counted (RFC 6587, RFC 5425). */
export const channel: Channel<Options> = {
  title: 'Syslog (CEF, OCSF)',
  options,
  whereTo: ({ host, protocol, format }) => `${host} (${protocol}, ${format})`,
  send: async (notice, written, context): Promise<Delivery> => {
    const message = messageFor(notice, written, context.publicUrl);
    if (message === undefined)
      return {
        outcome: 'refused',
        why: 'The notice could not be written so that it reads back the same; nothing was sent.',
      };
    const bytes = Buffer.from(message, 'utf8');
    try {
      if (written.protocol === 'udp') await context.egress.datagram({ ...target(written), bytes });
      else await deliver(written, context, Buffer.concat([Buffer.from(`${bytes.length} `), bytes]));
      return { outcome: 'sent' };
    } catch (error) {
      return failure(error, written.host, context.signal);
    }
  },
  test: async (written, context) => [encryption(written), await reach(written, context)],
};

/** The whole syslog message without its frame; undefined where it does not read back the same. */
export function messageFor(notice: Notice, written: Options, publicUrl: string | undefined): string | undefined {
  const message = messageOf(notice, { publicUrl, askUrl: written.ask_url });
  const body =
    written.format === 'cef' ? cefLine(notice, message) : JSON.stringify(ocsfEvent(notice, message, keyOf(notice)));
  if (body === undefined) return undefined;
  const severity = { info: 6, warning: 4, high: 3 }[notice.severity];
  const kind = notice.kind.replace(/[^\x21-\x7e]/g, '_').slice(0, 32) || '-';
  const time = new Date(notice.at).toISOString();
  return `<${written.facility * 8 + severity}>1 ${time} ${written.hostname} halflight - ${kind} - ${body}`;
}

function cefLine(notice: Notice, message: Message): string | undefined {
  const event = cefEvent(notice, message, keyOf(notice));
  const line = writeCef(event);
  return JSON.stringify(readCef(line)) === JSON.stringify(event) ? line : undefined;
}

const target = ({ host, port, protocol }: Options) => ({ host, port: port ?? defaultPorts[protocol] });

function connect({ timeout, certificate, private_key: key, ...written }: Options, { egress, signal }: SendContext) {
  return egress.connect({
    ...target({ timeout, ...written }),
    tls: written.protocol === 'tls' ? 'begin' : 'none',
    identity: certificate === undefined || key === undefined ? undefined : { certificate, key },
    timeoutMs: timeout * 1000,
    signal,
  });
}

/** Writes and closes. Syslog has no answer: what the other side has not refused when it closes in turn counts as sent. */
async function deliver(options: Options, context: SendContext, bytes: Buffer): Promise<void> {
  const { socket } = await connect(options, context);
  const limit = AbortSignal.any([context.signal, AbortSignal.timeout(options.timeout * 1000)]);
  const stop = (): void => void socket.destroy(Object.assign(new Error('not written in time'), { code: 'ETIMEDOUT' }));
  limit.addEventListener('abort', stop, { once: true });
  try {
    if (limit.aborted) stop();
    await written(socket, bytes);
  } finally {
    limit.removeEventListener('abort', stop);
    socket.destroy();
  }
}

/**
 * Ends when all is written and the other side has closed, or kept silent for a moment: a receiver that cuts tells so at once, as does
 * one that does not take our certificate under TLS 1.3.
 */
const written = (socket: Socket, bytes: Buffer): Promise<void> =>
  new Promise((resolve, reject) => {
    let timer: NodeJS.Timeout | undefined;
    let flushed = false;
    socket
      .on('error', reject)
      .on('close', () => (flushed ? resolve() : reject(Object.assign(new Error('cut'), { code: 'ECONNRESET' }))))
      .on('close', () => clearTimeout(timer))
      .resume()
      .end(bytes, () => {
        flushed = true;
        timer = setTimeout(resolve, lingerMs);
      });
  });

function encryption({ protocol }: Options): Check {
  if (protocol === 'tls') return { name: 'Encryption', outcome: 'ok', found: 'TLS', remedy: '' };
  const found = `${protocol}: whoever is on the way can read the notices${protocol === 'udp' ? ', and they may get lost' : ''}`;
  return { name: 'Encryption', outcome: 'warning', found, remedy: 'Use protocol: tls where the receiver has it.' };
}

async function reach(written: Options, context: SendContext): Promise<Check> {
  const { host, port } = target(written);
  try {
    if (written.protocol === 'udp') {
      await context.egress.check({ host, port });
      return { name: 'Reachable', outcome: 'ok', found: `${host} may be sent to; UDP has no answer`, remedy: '' };
    }
    const { socket } = await connect(written, context);
    socket.destroy();
    return { name: 'Reachable', outcome: 'ok', found: `${host} takes connections`, remedy: '' };
  } catch (error) {
    const { why } = failure(error, host, context.signal);
    return { name: 'Reachable', outcome: 'failed', found: why, remedy: 'Correct what is said, then test again.' };
  }
}
