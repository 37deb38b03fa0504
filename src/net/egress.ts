import { setTimeout as sleep } from 'node:timers/promises';
import { createSecureContext, rootCertificates } from 'node:tls';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import { limitedBody } from './body.js';
import { guardedConnector, tlsOptions } from './connect.js';
import { EgressError } from './errors.js';
import { explain } from './explain.js';
import { checkUrl, refusedText } from './guard.js';
import { type EgressPolicy, type Rules, readPolicy } from './policy.js';
import {
  checkTarget,
  connectRaw,
  type EgressConnect,
  type EgressConnection,
  type EgressTarget,
  refusedTargetText,
  sendDatagram,
} from './raw.js';

export { EgressError, type EgressErrorKind } from './errors.js';
export type { EgressPolicy, Resolver } from './policy.js';
export type { EgressConnect, EgressConnection, EgressTarget } from './raw.js';

export interface EgressRequest {
  /** Absolute, http or https. */
  url: string;
  method: string;
  /** `host` is left out: it follows from the URL. */
  headers?: Readonly<Record<string, string>> | undefined;
  body?: string | Uint8Array | undefined;
  /** For the whole exchange with the last byte of the answer, in milliseconds; 30,000 where not given. */
  timeoutMs?: number | undefined;
  /** Largest body of an answer, in bytes; 8 MiB where not given. More is an EgressError of kind `too-large`. */
  maxBytes?: number | undefined;
  signal?: AbortSignal | undefined;
}

export interface EgressResponse {
  status: number;
  /** By name in lower case; repeated ones joined by `, `. */
  headers: Readonly<Record<string, string>>;
  body: Buffer;
}

export interface EgressStream {
  status: number;
  headers: Readonly<Record<string, string>>;
  /** Read it to its end or leave the loop: both free the connection. */
  body: AsyncIterable<Buffer>;
}

/** The one client for everything outward. Redirects are answers like others and never followed. */
export interface Egress {
  /**
   * Sends and reads the whole answer.
   * @throws EgressError; the reason of `signal` when that was aborted
   */
  request(request: EgressRequest): Promise<EgressResponse>;
  /**
   * Sends and gives the answer's body as it arrives, which `maxBytes` and `timeoutMs` bound only where given: by default a stream
   * may be of any length, and ends with a `timeout` when nothing arrives for 30 seconds.
   * @throws EgressError; the reason of `signal` when that was aborted; from `body` too
   */
  stream(request: EgressRequest): Promise<EgressStream>;
  /**
   * Opens a connection for a protocol other than HTTP. It belongs to the caller, who closes it.
   * @throws EgressError; the reason of `signal` when that was aborted
   */
  connect(target: EgressConnect): Promise<EgressConnection>;
  /** Sends one datagram: that it left this machine is all that can be known. @throws EgressError */
  datagram(target: EgressTarget & { bytes: Uint8Array }): Promise<void>;
  /** Looks whether `connect` and `datagram` may go there, and sends nothing. @throws EgressError */
  check(target: EgressTarget): Promise<void>;
  /** Ends all connections of requests. */
  close(): Promise<void>;
}

const defaultMs = 30_000;
const defaultBytes = 8 * 2 ** 20;
const headerBytes = 32 * 2 ** 10;
/** No refusal is told earlier, so that its time does not tell a literal address from a name that was asked for. */
const refusalMs = 250;

/** @throws Error that names the part of the policy that does not stand */
export function createEgress(policy: EgressPolicy = {}): Egress {
  const rules = readPolicy(policy);
  const secureContext =
    rules.ca === undefined ? undefined : createSecureContext({ ca: [...rootCertificates, rules.ca] });
  const limits = { maxHeaderSize: headerBytes, connections: 64, allowH2: false };
  const direct = new Agent({ ...limits, connect: guardedConnector(rules, secureContext) });
  const proxied =
    rules.proxy === undefined
      ? undefined
      : new ProxyAgent({
          ...limits,
          uri: rules.proxy,
          proxyTunnel: false,
          requestTls: tlsOptions(secureContext),
          proxyTls: tlsOptions(secureContext),
        });

  const evenly = async <T>(work: () => Promise<T>): Promise<T> => {
    const began = performance.now();
    try {
      return await work();
    } catch (error) {
      if (error instanceof EgressError && [refusedText, refusedTargetText].includes(error.message))
        await sleep(Math.max(0, refusalMs - (performance.now() - began)));
      throw error;
    }
  };
  const stream = (request: EgressRequest): Promise<EgressStream> =>
    evenly(() => exchange(request, rules, direct, proxied));
  return {
    stream,
    request: async (request) => {
      const { maxBytes = defaultBytes, timeoutMs = defaultMs } = request;
      const { status, headers, body } = await stream({ ...request, maxBytes, timeoutMs });
      const chunks: Buffer[] = [];
      for await (const chunk of body) chunks.push(chunk);
      return { status, headers, body: Buffer.concat(chunks) };
    },
    connect: (target) => evenly(() => connectRaw(target, rules)),
    datagram: (target) => evenly(() => sendDatagram(target, rules)),
    check: (target) => evenly(async () => void (await checkTarget(target, rules))),
    close: async () => {
      await Promise.all([direct.destroy(), proxied?.destroy()]);
    },
  };
}

async function exchange(
  request: EgressRequest,
  rules: Rules,
  direct: Dispatcher,
  proxied: Dispatcher | undefined,
): Promise<EgressStream> {
  const { signal, timeoutMs, maxBytes = Number.POSITIVE_INFINITY } = request;
  const { origin, path, host, direct: isDirect } = checkUrl(request.url, rules);
  signal?.throwIfAborted();
  const abort = new AbortController();
  const stop = (): void => abort.abort(signal?.reason);
  signal?.addEventListener('abort', stop, { once: true });
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => {
          const text = `${host}: no whole answer within ${timeoutMs / 1000} s: try again later, or check what slows it down.`;
          abort.abort(new EgressError('timeout', text));
        }, timeoutMs);
  const done = (): void => {
    clearTimeout(timer);
    signal?.removeEventListener('abort', stop);
  };
  const thrown = (error: unknown): unknown => {
    if (signal?.aborted) return signal.reason;
    return explain(abort.signal.aborted ? abort.signal.reason : error, host);
  };
  try {
    const answer = await (isDirect ? direct : (proxied ?? direct)).request({
      origin,
      path,
      method: request.method as Dispatcher.HttpMethod,
      headers: withoutHost(request.headers ?? {}),
      body: request.body ?? null,
      signal: abort.signal,
      headersTimeout: timeoutMs ?? defaultMs,
      bodyTimeout: defaultMs,
    });
    return {
      status: answer.statusCode,
      headers: Object.fromEntries(
        Object.entries(answer.headers).map(([name, value]) => [
          name,
          Array.isArray(value) ? value.join(', ') : (value ?? ''),
        ]),
      ),
      body: limitedBody(answer.body, { host, maxBytes, explain: thrown, done }),
    };
  } catch (error) {
    done();
    throw thrown(error);
  }
}

// A Host header of the caller's would also become the name that TLS verifies.
const withoutHost = (headers: Readonly<Record<string, string>>): Record<string, string> =>
  Object.fromEntries(Object.entries(headers).filter(([name]) => name.toLowerCase() !== 'host'));
