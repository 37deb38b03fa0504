import type { Check } from '../../core/check.js';
import type { EgressRequest } from '../../net/egress.js';
import type { Delivery, SendContext } from './channel.js';
import { failure, outcomeOf } from './http-outcome.js';

const mostBytes = 4 * 2 ** 20;

/** One request of a delivery that takes several: gives the JSON of an answer with a 2xx status, undefined where it is empty. */
export type Ask = (method: string, path: string, body?: unknown) => Promise<unknown>;

interface Side {
  /** Its address, to which paths are added. */
  url: string;
  headers: Readonly<Record<string, string>>;
  /** Seconds for each request. */
  timeout: number;
}

/** What ends a delivery before its last step. */
class Ended extends Error {
  readonly delivery: Exclude<Delivery, { outcome: 'sent' }>;

  constructor(delivery: Exclude<Delivery, { outcome: 'sent' }>) {
    super(delivery.why);
    this.delivery = delivery;
  }
}

/** Delivers in several requests; the first that fails decides what became of it. */
export async function inSteps(side: Side, context: SendContext, work: (ask: Ask) => Promise<void>): Promise<Delivery> {
  const { host } = new URL(side.url);
  try {
    await work((method, path, body) => ask(side, context, method, path, body));
    return { outcome: 'sent' };
  } catch (error) {
    return error instanceof Ended ? error.delivery : failure(error, host, context.signal);
  }
}

/** Ends a delivery that would end alike next time. `why` names the other side and holds nothing that it said. */
export const refuse = (why: string): never => {
  throw new Ended({ outcome: 'refused', why });
};

/** Ends a delivery that may go better later. `why` as for `refuse`. */
export const retryLater = (why: string, afterSeconds?: number): never => {
  throw new Ended({ outcome: 'retry', why, ...(afterSeconds !== undefined && { afterSeconds }) });
};

/** What a test of a channel says of a request that changes nothing. `found`: in a few words, where it was answered. */
export const reachable = (delivery: Delivery, found: string): Check =>
  delivery.outcome === 'sent'
    ? { name: 'Reachable', outcome: 'ok', found, remedy: '' }
    : { name: 'Reachable', outcome: 'failed', found: delivery.why, remedy: 'Correct what is said, then test again.' };

async function ask(
  { url, headers, timeout }: Side,
  { egress, signal, now }: SendContext,
  method: string,
  path: string,
  body: unknown,
): Promise<unknown> {
  const { host } = new URL(url);
  const request: EgressRequest = {
    url: `${url.replace(/\/+$/, '')}${path}`,
    method,
    headers: { accept: 'application/json', 'content-type': 'application/json', 'user-agent': 'Halflight', ...headers },
    ...(body !== undefined && { body: JSON.stringify(body) }),
    timeoutMs: timeout * 1000,
    maxBytes: mostBytes,
    signal,
  };
  const answer = await egress.request(request);
  const outcome = outcomeOf(host, answer.status, answer.headers['retry-after'], now());
  if (outcome.outcome !== 'sent') throw new Ended(outcome);
  const text = answer.body.toString('utf8').trim();
  if (text === '') return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    // As a page of a proxy or of maintenance is.
    throw new Ended({ outcome: 'retry', why: `${host}: its answer is no JSON: check the URL and what lies between.` });
  }
}

/** `Authorization` of HTTP Basic (RFC 7617). */
export const basic = (user: string, password: string): string =>
  `Basic ${Buffer.from(`${user}:${password}`, 'utf8').toString('base64')}`;
