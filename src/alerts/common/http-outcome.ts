import type { EgressRequest } from '../../net/egress.js';
import { explain } from '../../net/explain.js';
import type { Delivery, SendContext } from './channel.js';

const longestWaitSeconds = 3600;
const drainBytes = 16 * 2 ** 10;
const drainMs = 1000;

/** Sends a request of an HTTP channel and says what its answer means. Only an abort by the caller's signal counts as its own doing. */
export async function deliver(request: EgressRequest, { egress, signal, now }: SendContext): Promise<Delivery> {
  const host = new URL(request.url).host;
  try {
    const { status, headers, body } = await egress.stream({ ...request, signal });
    await drain(body);
    return outcomeOf(host, status, headers['retry-after'], now());
  } catch (error) {
    return failure(error, host, signal);
  }
}

/** What became of a delivery that ended with an error. */
export function failure(error: unknown, host: string, signal: AbortSignal): Exclude<Delivery, { outcome: 'sent' }> {
  if (signal.aborted) return { outcome: 'retry', why: 'Halflight was stopped before it was delivered.' };
  const { kind, message } = explain(error, host);
  if (kind === 'refused') return { outcome: 'refused', why: message };
  return { outcome: 'retry', why: message, ...(kind !== 'too-large' && { away: true as const }) };
}

/** Posts JSON and says what the answer means. `timeout` in seconds. */
export const postJson = (
  { url, timeout, headers = {} }: { url: string; timeout: number; headers?: Readonly<Record<string, string>> },
  body: unknown,
  context: SendContext,
): Promise<Delivery> =>
  deliver(
    {
      url,
      method: 'POST',
      headers: { 'content-type': 'application/json; charset=utf-8', 'user-agent': 'Halflight', ...headers },
      body: JSON.stringify(body),
      timeoutMs: timeout * 1000,
    },
    context,
  );

/** RFC 9110, 15.6, and RFC 6585, 4: said of the server, or of what stands before it, and not of a request. */
const awayStatuses: ReadonlySet<number> = new Set([429, 502, 503, 504]);

/**
 * What a status means for a delivery: 2xx is sent; what may pass (408, 409, 425, 429, 5xx) is tried again, not before `Retry-After`
 * says so; all else would be answered alike next time. 409 may pass: a receiver that is still busy with the same id gives it.
 */
export function outcomeOf(host: string, status: number, retryAfter: string | undefined, now: number): Delivery {
  if (status >= 200 && status < 300) return { outcome: 'sent' };
  if (status >= 500 || [408, 409, 425, 429].includes(status)) {
    const afterSeconds = waitSeconds(retryAfter, now);
    const why = `${host} answered ${status}: ${status === 429 ? 'too many requests' : 'it cannot take it now'}.`;
    return {
      outcome: 'retry',
      why,
      ...(afterSeconds !== undefined && { afterSeconds }),
      ...(awayStatuses.has(status) && { away: true as const }),
    };
  }
  return { outcome: 'refused', why: `${host} answered ${status}: ${remedyFor(status)}.` };
}

function remedyFor(status: number): string {
  if (status >= 300 && status < 400) return 'it redirects, and redirects are not followed: write the final URL';
  if (status === 401 || status === 403) return 'it does not let Halflight in: check the URL and the secret';
  if (status === 404) return 'there is nothing under this URL: check it';
  if (status === 410) return 'this URL is no longer in use: remove the channel or write the new URL';
  if (status === 413) return 'the message is too long for it: raise its limit';
  return 'it does not take this message: look into its log';
}

/** `Retry-After` in seconds from now (RFC 9110, 10.2.3: seconds or a date), one hour at most; undefined where it says nothing usable. */
export function waitSeconds(value: string | undefined, now: number): number | undefined {
  const text = value?.trim() ?? '';
  const seconds = /^\d{1,10}$/.test(text) ? Number(text) : httpDateSeconds(text, now);
  return seconds === undefined ? undefined : Math.min(Math.max(0, seconds), longestWaitSeconds);
}

function httpDateSeconds(text: string, now: number): number | undefined {
  if (!/^[A-Z][a-z]{2},? [\w: -]{8,40}$/.test(text)) return undefined;
  const at = Date.parse(text);
  return Number.isNaN(at) ? undefined : Math.ceil((at - now) / 1000);
}

/**
 * Reads a short answer to its end, so that the connection can be used again. The status has decided already: a body that is long,
 * slow or cut changes nothing.
 */
async function drain(body: AsyncIterable<Buffer>): Promise<void> {
  const chunks = body[Symbol.asyncIterator]();
  let timer: NodeJS.Timeout | undefined;
  const enough = new Promise<true>((resolve) => {
    timer = setTimeout(() => resolve(true), drainMs);
  });
  try {
    for (let bytes = 0; bytes <= drainBytes; ) {
      const step = await Promise.race([chunks.next(), enough]);
      if (step === true || step.done === true) break;
      bytes += step.value.length;
    }
  } catch {
    // Cut or broken: see above.
  } finally {
    clearTimeout(timer);
    await chunks.return?.();
  }
}
