import type { Socket } from 'node:net';
import nodemailer from 'nodemailer';
import { z } from 'zod';
import type { Notice } from '../core/notice.js';
import type { EgressConnection } from '../net/egress.js';
import type { CarriedReport, Channel, Delivery, SendContext } from './common/channel.js';
import { timeoutOption } from './common/http-check.js';
import { keyOf, linesOf, type Message, messageFor, messageOptions } from './common/message.js';
import { personalWords } from './common/personal-words.js';
import { smtpFailure } from './common/smtp-outcome.js';

const address = z
  .string()
  .max(254)
  .regex(
    /^[\w.!#$%&'*+/=?^`{|}~-]{1,64}@[A-Za-z0-9-]{1,63}(?:\.[A-Za-z0-9-]{1,63}){0,10}$/,
    'Write a plain address: soc@acme.example',
  )
  .describe('An address without a name.');

const options = z
  .strictObject({
    host: z.string().min(1).max(253).describe('The SMTP server.'),
    port: z.int().min(1).max(65_535).optional().describe('Its port: 587, or 465 where TLS begins at once.'),
    tls: z
      .enum(['starttls', 'implicit', 'none'])
      .default('starttls')
      .describe(
        'starttls: TLS is begun before anything is told; implicit: from the first byte; none: in clear, for this machine only.',
      ),
    user: z.string().min(1).max(320).optional().describe('User at the SMTP server.'),
    password: z.string().min(1).max(1000).optional().describe('Its password.'),
    from: address.describe('Sender.'),
    to: z.array(address).min(1).max(50).describe('Who is told.'),
    ...messageOptions,
    timeout: timeoutOption,
  })
  .refine(
    ({ user, password }) => (user === undefined) === (password === undefined),
    'Write user and password, or neither.',
  )
  .refine(
    ({ tls, password }) => tls !== 'none' || password === undefined,
    'A password is never sent in clear: use tls: starttls or implicit.',
  );
type Options = z.output<typeof options>;

/** Sends notices as mail in plain text by SMTP (RFC 5321), with STARTTLS (RFC 3207) or TLS from the beginning (RFC 8314). */
export const channel: Channel<Options> = {
  title: 'E-mail',
  options,
  people: 'too',
  whereTo: ({ to }) => to.join(', '),
  send: async (notice, written, context): Promise<Delivery> => {
    const message = messageFor(notice, context, written.ask_url);
    try {
      const report = await context.report?.();
      return await overSmtp(written, context, async (transport) => {
        const { rejected, rejectedErrors } = await transport.sendMail(
          context.to === undefined
            ? mailOf(notice, message, written, report)
            : letterOf(notice, { ...written, to: context.to }),
        );
        const later = rejectedErrors?.find(({ responseCode = 500 }) => responseCode < 500);
        // Told again to all, by the same Message-ID: better twice for some than never for one.
        return rejected.length > 0 && later !== undefined
          ? smtpFailure(later, written.host, context.signal)
          : { outcome: 'sent' };
      });
    } catch (error) {
      return smtpFailure(error, written.host, context.signal);
    }
  },
  test: async (written, context) => {
    const encrypted = written.tls !== 'none';
    const remedy = 'Use tls: starttls, or implicit where the server has it.';
    const found = encrypted ? `TLS (${written.tls})` : 'none: whoever is on the way can read the notices';
    const encryption = encrypted
      ? { name: 'Encryption', outcome: 'ok' as const, found, remedy: '' }
      : { name: 'Encryption', outcome: 'warning' as const, found, remedy };
    try {
      await overSmtp(written, context, (transport) => transport.verify());
      const login = written.user === undefined ? '' : ' and takes user and password';
      return [encryption, { name: 'Reachable', outcome: 'ok', found: `${written.host} answers${login}`, remedy: '' }];
    } catch (error) {
      const { why } = smtpFailure(error, written.host, context.signal);
      const next = 'Correct what is said, then test again.';
      return [encryption, { name: 'Reachable', outcome: 'failed', found: why, remedy: next }];
    }
  },
};

/** The mail of a notice. Headers are encoded by the library; what it gets holds no line ends. */
export function mailOf(
  notice: Notice,
  message: Message,
  { from, to }: Pick<Options, 'from' | 'to'>,
  report?: CarriedReport,
) {
  const domain = from.slice(from.lastIndexOf('@') + 1);
  return {
    from: { name: 'Halflight', address: from },
    to: (report !== undefined && report.recipients.length > 0 ? report.recipients : to).map((item) => ({
      name: '',
      address: item,
    })),
    subject: escaped(message.headline),
    text: `${[message.headline, ...linesOf(message).map(([label, text]) => `${label}: ${text}`)].join('\n\n')}\n${report?.text === undefined ? '' : `\n${report.text}`}`,
    ...(report?.html !== undefined && { html: report.html }),
    attachments: (report?.files ?? []).map(({ name, mediaType, content }) => ({
      filename: name,
      contentType: mediaType,
      content: Buffer.from(content),
    })),
    date: new Date(notice.at),
    // The same news has the same id, and the news of one finding stand together.
    messageId: `<${plainId(notice.id)}@${domain}>`,
    references: [`<${keyOf(notice)}@${domain}>`],
    headers: { 'auto-submitted': 'auto-generated', 'x-halflight-notice': notice.kind.replace(/[^\w.-]/g, '_') },
    disableFileAccess: true,
    disableUrlAccess: true,
  };
}

/** The mail of a notice to one person: its paragraphs, and nothing of what notices to the security team hold. */
export function letterOf(notice: Notice, { from, to }: { from: string; to: string }) {
  const { headline, paragraphs } = personalWords(notice);
  const message = { headline, why: '', who: '', link: undefined, yes: '' };
  return {
    ...mailOf(notice, message, { from, to: [to] }),
    text: `${[headline, ...paragraphs].join('\n\n')}\n`,
    // An answer by itself (away, not delivered) tells nobody anything.
    headers: { 'auto-submitted': 'auto-generated', 'x-auto-response-suppress': 'All' },
  };
}

// Plain ASCII goes as it is, and may be an encoded word (RFC 2047) itself, which readers would decode: a joiner that is not seen breaks it.
const escaped = (text: string): string => text.replace(/=(?=\?)/g, '=\u2060');

const plainId = (id: string): string => id.replace(/[^\w.-]/g, '_').slice(0, 200);

type Transport = ReturnType<typeof transportOver>;

/** Opens the connection by the egress client, so that the library never looks up or connects to anything itself. */
async function overSmtp<T>(
  written: Options,
  { egress, signal }: SendContext,
  work: (transport: Transport) => Promise<T>,
): Promise<T> {
  const port = written.port ?? (written.tls === 'implicit' ? 465 : 587);
  const tls = ({ starttls: 'later', implicit: 'begin', none: 'none' } as const)[written.tls];
  const timeoutMs = written.timeout * 1000;
  const connection = await egress.connect({ host: written.host, port, tls, timeoutMs, signal });
  const { socket } = connection;
  let stopped: Error | undefined;
  const stop = (): void => {
    stopped = Object.assign(new Error('no whole answer in time'), { code: 'ETIMEDOUT' });
    socket.destroy(stopped);
  };
  const timer = setTimeout(stop, timeoutMs);
  signal.addEventListener('abort', stop, { once: true });
  try {
    if (signal.aborted) stop();
    return await work(transportOver(connection, { ...written, port }));
  } catch (error) {
    throw stopped ?? error;
  } finally {
    clearTimeout(timer);
    signal.removeEventListener('abort', stop);
    closeSoon(socket);
  }
}

function transportOver(
  { socket, tls }: EgressConnection,
  { host, port, tls: way, user, password, timeout }: Options & { port: number },
) {
  return nodemailer.createTransport({
    host,
    port,
    secure: way === 'implicit',
    requireTLS: way === 'starttls',
    ignoreTLS: way === 'none',
    tls,
    greetingTimeout: timeout * 1000,
    socketTimeout: timeout * 1000,
    ...(user !== undefined && password !== undefined && { auth: { user, pass: password }, forceAuth: true }),
    getSocket: (_, callback) => callback(null, { connection: socket, secured: way === 'implicit' }),
  });
}

/** The library says QUIT; whoever does not hang up then is hung up on. */
function closeSoon(socket: Socket): void {
  const timer = setTimeout(() => socket.destroy(), 1000);
  timer.unref();
  socket.once('close', () => clearTimeout(timer));
}
