import type { TelemetrySender } from '../../core/telemetry.js';

/** A request whose token was checked. */
export interface HttpRequest {
  body: AsyncIterable<Uint8Array>;
  /** Names in lower case, as Node gives them. */
  headers: Readonly<Record<string, string | readonly string[] | undefined>>;
  /** Id of the source that the token belongs to. */
  source: string;
  /** Id of the token, never its secret. */
  token: string;
  /** Address of the sender. */
  remote: string;
  /** Uploads: name of the file as the sender gives it. It is data only, and never a path of ours. */
  name?: string | undefined;
  /** Telemetry: the enrolled installation that sends, as the server knows it. */
  sender?: TelemetrySender | undefined;
}

/** What the sender hears. A problem becomes `application/problem+json` (RFC 9457). */
export type HttpOutcome =
  | { status: 200; body: Accepted }
  | { status: 400 | 408 | 413 | 415 | 422 | 429 | 503 | 507; problem: HttpProblem; retryAfter?: number | undefined };

/** What of a batch of telemetry was not kept, in numbers; nothing of it is looked at, logged or stored. */
export interface Dropped {
  /** Events on hosts, and extensions, that are none of the catalog. */
  other: number;
  /** Events that are not as the schema has them. */
  invalid: number;
  /** Fields that the schema does not have; their events were kept without them. */
  unknown_fields: number;
}

/** Only given when all of it is on disk. */
export interface Accepted {
  /** Decoded bytes; of an upload its bytes as sent. */
  accepted: number;
  lines?: number | undefined;
  id: string;
  /** Of an upload, hexadecimal. */
  sha256?: string | undefined;
  /** Of telemetry: what was not kept. */
  dropped?: Dropped | undefined;
}

export interface HttpProblem {
  title: string;
  /** A sentence that says what is wrong and what to do. Holds nothing that was sent. */
  detail: string;
}

/** Ends a request with an outcome that is not success. */
export class Refusal extends Error {
  readonly outcome: Exclude<HttpOutcome, { status: 200 }>;
  constructor(
    status: Exclude<HttpOutcome, { status: 200 }>['status'],
    title: string,
    detail: string,
    retryAfter?: number,
  ) {
    super(detail);
    this.outcome = { status, problem: { title, detail }, ...(retryAfter !== undefined && { retryAfter }) };
  }
}

/** The one value of a header, trimmed; empty where it is missing. @throws Refusal where it is repeated */
export function headerOf(request: HttpRequest, name: string): string {
  const value = request.headers[name];
  if (typeof value === 'string' || value === undefined) return value?.trim() ?? '';
  if (value.length === 1) return value[0]?.trim() ?? '';
  throw new Refusal(400, 'Repeated header', `The header ${name} is there ${value.length} times: send it once.`);
}
