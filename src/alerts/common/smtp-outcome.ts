import { EgressError } from '../../net/egress.js';
import type { Delivery } from './channel.js';
import { failure } from './http-outcome.js';

/**
 * What an error of an SMTP exchange means (RFC 5321, 4.2.1): a 4xx answer, as of greylisting, may pass; a 5xx one would be given
 * again. Of what the server said only its code is repeated.
 */
export function smtpFailure(error: unknown, host: string, signal: AbortSignal): Exclude<Delivery, { outcome: 'sent' }> {
  if (signal.aborted || error instanceof EgressError) return failure(error, host, signal);
  const { code, responseCode } = (error ?? {}) as { code?: unknown; responseCode?: unknown };
  if (typeof responseCode === 'number' && responseCode >= 400 && responseCode < 500)
    return {
      outcome: 'retry',
      why: `${host} answered ${responseCode}: it cannot take it now.`,
      // RFC 5321, 4.2.3: the service is not available, and the connection is closed.
      ...(responseCode === 421 && { away: true as const }),
    };
  if (typeof responseCode === 'number' && responseCode >= 500)
    return { outcome: 'refused', why: `${host} answered ${responseCode}: ${remedyFor(responseCode, code)}.` };
  return {
    outcome: 'retry',
    why: `${host}: ${passing[String(code)] ?? 'the connection failed or was cut'}.`,
    away: true,
  };
}

function remedyFor(status: number, code: unknown): string {
  if (code === 'EAUTH' || status === 530 || status === 535)
    return 'it does not let Halflight in: check user and password';
  if (status === 550 || status === 551 || status === 553)
    return 'it does not take this sender or these recipients: check from and to, and its rules of relaying';
  if (status === 552) return 'a mailbox is full or the message too long for it';
  return 'it does not take this message: look into its log';
}

const passing: Readonly<Record<string, string>> = {
  ETIMEDOUT: 'it did not answer in time: try again later, or check what slows it down',
  ETLS: 'TLS could not be begun: check its certificate, net.ca_file, and whether the server offers STARTTLS',
  EPROTOCOL: 'what answers there does not speak SMTP: check the port',
  ECONNRESET: 'the connection was cut: check the other side and what lies between',
  EAUTH: 'the login could not be finished: check which ways of login the server offers',
};
