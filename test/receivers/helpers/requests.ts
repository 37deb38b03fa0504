import type { HttpOutcome, HttpRequest } from '../../../src/receivers/common/http.js';
import { type PushContext, receivePush } from '../../../src/receivers/common/push.js';
import type { Spool } from '../../../src/receivers/common/spool.js';

/** A body that arrives in these pieces. */
export async function* bodyOf(...pieces: readonly (string | Uint8Array)[]): AsyncGenerator<Uint8Array, void> {
  for (const piece of pieces) yield Buffer.from(piece as Uint8Array);
}

export const requestOf = (
  body: AsyncIterable<Uint8Array>,
  headers: HttpRequest['headers'] = {},
  more: Partial<HttpRequest> = {},
): HttpRequest => ({ body, headers, source: 'proxy', token: 'token-1', remote: '192.0.2.1', ...more });

/** Pushes to a spool. */
export const push = (
  spool: Spool,
  body: AsyncIterable<Uint8Array>,
  headers: HttpRequest['headers'] = {},
  more: Partial<HttpRequest> & Partial<PushContext> = {},
): Promise<HttpOutcome> =>
  receivePush(requestOf(body, headers, more), { spool, now: () => 1_700_000_000_000, ...more });
