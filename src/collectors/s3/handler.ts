import { Readable } from 'node:stream';
import { type Egress, EgressError, type EgressStream } from '../../net/egress.js';

/** A request as the AWS SDK hands it to whoever speaks HTTP for it. */
export interface SdkRequest {
  protocol: string;
  hostname: string;
  port?: number | undefined;
  path: string;
  query?: Record<string, string | string[] | null> | undefined;
  method: string;
  headers: Record<string, string>;
  body?: unknown;
}

interface SdkResponse {
  statusCode: number;
  headers: Record<string, string>;
  body: Readable;
}

export interface HandlerHooks {
  /** Objects are given as they arrive; all other answers are read whole and looked at first. */
  streams: boolean;
  /** The clock of the other side, milliseconds since 1970. */
  seen?(date: number): void;
}

// A page holds 1,000 names of 1,024 bytes, percent-encoded, with some hundred bytes around each.
const documentBytes = 8 * 2 ** 20;
const deepest = 32;
const requestMs = 60_000;

/** Speaks HTTP for the AWS SDK through the egress client, so that nothing it does gets around the checks. */
export class EgressHandler {
  readonly metadata = { handlerProtocol: 'http/1.1' };
  readonly #egress: Egress;
  readonly #hooks: HandlerHooks;

  constructor(egress: Egress, hooks: HandlerHooks) {
    this.#egress = egress;
    this.#hooks = hooks;
  }

  async handle(
    request: SdkRequest,
    { abortSignal }: { abortSignal?: AbortSignal | undefined } = {},
  ): Promise<{ response: SdkResponse }> {
    try {
      const answer = await this.#egress.stream({
        url: urlOf(request),
        method: request.method,
        headers: request.headers,
        ...(!this.#hooks.streams && { timeoutMs: requestMs, maxBytes: documentBytes }),
        signal: abortSignal,
      });
      const date = Date.parse(answer.headers.date ?? '');
      if (!Number.isNaN(date)) this.#hooks.seen?.(date);
      const isObject = this.#hooks.streams && (answer.status === 200 || answer.status === 206);
      const body = isObject
        ? Readable.from(answer.body, { objectMode: false })
        : Readable.from(await wholeDocument(answer));
      return { response: { statusCode: answer.status, headers: { ...answer.headers }, body } };
    } catch (error) {
      // What may pass is marked in the SDK's way, so that its own pauses and limits apply.
      if (error instanceof EgressError && (error.kind === 'network' || error.kind === 'timeout'))
        Object.assign(error, { $retryable: { throttling: false } });
      throw error;
    }
  }

  destroy(): void {
    // The connections belong to the egress client.
  }

  // The SDK asks for these where a client of it is made from another's settings.
  updateHttpClientConfig(): void {}
  httpHandlerConfigs(): Record<string, never> {
    return {};
  }
}

function urlOf({ protocol, hostname, port, path, query }: SdkRequest): string {
  const parts = Object.entries(query ?? {}).flatMap(([name, value]) =>
    value === null ? [escaped(name)] : [value].flat().map((item) => `${escaped(name)}=${escaped(item)}`),
  );
  const search = parts.length === 0 ? '' : `?${parts.sort().join('&')}`;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}${path}${search}`;
}

/** RFC 3986, as signatures are made over it. */
const escaped = (text: string): string =>
  encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);

/**
 * A whole XML answer. A document type (with entities of its own) or absurd nesting is refused before any parser sees it: no S3
 * service writes either.
 */
async function wholeDocument(answer: EgressStream): Promise<Buffer[]> {
  const chunks: Buffer[] = [];
  const began = performance.now();
  let bytes = 0;
  for await (const chunk of answer.body) {
    if (performance.now() - began > requestMs) throw new EgressError('timeout', 'The S3 service answers too slowly.');
    bytes += chunk.length;
    // The egress client has refused this already where a limit was given; for refusals instead of objects it is here.
    if (bytes > documentBytes) throw new EgressError('too-large', 'The S3 service sent more than a page can hold.');
    chunks.push(chunk);
  }
  const text = Buffer.concat(chunks).toString('latin1');
  if (/<!(?:DOCTYPE|ENTITY)/i.test(text) || nesting(text) > deepest)
    throw new EgressError(
      'refused',
      'The S3 service sent XML with a document type or absurd nesting: check the endpoint.',
    );
  return bytes === 0 ? [] : chunks;
}

/** How deep elements stand in each other, at most. Comments and such may make it too large, which honest answers do not have. */
function nesting(xml: string): number {
  let depth = 0;
  let most = 0;
  for (let at = xml.indexOf('<'); at >= 0; at = xml.indexOf('<', at + 1)) {
    const next = xml[at + 1];
    if (next === '/') depth--;
    else if (next !== '?' && next !== '!') {
      depth++;
      most = Math.max(most, depth);
      const end = xml.indexOf('>', at);
      if (end > 0 && xml[end - 1] === '/') depth--;
    }
  }
  return most;
}
