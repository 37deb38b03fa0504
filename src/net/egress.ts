export { EgressError, type EgressErrorKind } from './errors.js';

export interface EgressRequest {
  /** Absolute, http or https. */
  url: string;
  method: string;
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
  /** Ends all connections. */
  close(): Promise<void>;
}
