import type { IncomingMessage } from 'node:http';
import { ApiProblem } from './problem.js';

/** On every answer, whatever its status: an answer of the API is data and is never shown as a page. */
export const securityHeaders = {
  'content-security-policy': "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  'cache-control': 'no-store',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
} as const;

/** Of a page for people: it has a form, and still no script, style, picture or anything from elsewhere. */
export const pageContentPolicy = "default-src 'none'; frame-ancestors 'none'; base-uri 'none'; form-action 'self'";

/** Only over TLS of our own: a proxy that ends TLS says it itself. Two years. */
export const hsts = 'max-age=63072000; includeSubDomains';

/** Origins of browser extensions; each installation of Firefox has another. */
const extensionOrigin = /^(?:chrome|moz|safari-web)-extension:\/\/[a-zA-Z0-9-]{1,64}$/;

/** Lets pages of browser extensions call; nobody else. `preflight`: in answer to what browsers ask before. */
export function extensionHeaders(origin: string | undefined, preflight = false): Record<string, string> {
  if (origin === undefined || !extensionOrigin.test(origin)) return { vary: 'origin' };
  return {
    vary: 'origin',
    'access-control-allow-origin': origin,
    ...(preflight
      ? {
          'access-control-allow-methods': 'GET, POST',
          'access-control-allow-headers': 'authorization, content-type, halflight-device, if-none-match',
          'access-control-max-age': '7200',
        }
      : { 'access-control-expose-headers': 'etag, retry-after' }),
  };
}

/** Headers that decide something, and so are there once. Node takes the first or joins them; a proxy before us may take another. */
const single = new Set([
  'authorization',
  'content-encoding',
  'content-length',
  'content-type',
  'expect',
  'halflight-device',
  'host',
  'idempotency-key',
  'transfer-encoding',
]);

/** @throws ApiProblem 400 where a header that decides something is there more than once */
export function refuseRepeated(request: IncomingMessage): void {
  const { rawHeaders } = request;
  const seen = new Set<string>();
  for (let i = 0; i < rawHeaders.length; i += 2) {
    const name = (rawHeaders[i] ?? '').toLowerCase();
    if (!single.has(name)) continue;
    if (seen.has(name)) throw new ApiProblem(400, `The header ${name} is there more than once: send it once.`);
    seen.add(name);
  }
}

/** Whether a request brings a body. */
export const hasBody = ({ headers }: Pick<IncomingMessage, 'headers'>): boolean =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

/**
 * Checks that a body is of a type and a size that the route takes. The type is compared as a whole, so that nothing that looks like
 * one passes; a body without a type is bytes, as RFC 9110 has it.
 * @throws ApiProblem 415, 413, 400
 */
export function checkBody(
  request: Pick<IncomingMessage, 'headers'>,
  accepted: readonly string[] | undefined,
  maxBytes: number,
): void {
  const { headers } = request;
  if (accepted === undefined) {
    if (hasBody(request)) throw new ApiProblem(400, 'This address takes no body: send the request without one.');
    return;
  }
  const type = headers['content-type'];
  if (type !== undefined && !accepted.includes(plainType(type)))
    throw new ApiProblem(
      415,
      `The Content-Type is none that is taken here: send ${accepted.join(' or ')} (curl: -H 'Content-Type: ${accepted[0]}').`,
    );
  const declared = headers['content-length'];
  if (declared !== undefined && Number(declared) > maxBytes)
    throw new ApiProblem(413, `The body has more than ${maxBytes} bytes: send it in smaller pieces.`);
}

/** The type without `charset=utf-8`, which says nothing new; with any other parameter as it is. */
const plainType = (header: string): string => header.toLowerCase().replace(/ ?; ?charset=(?:utf-8|"utf-8")$/, '');
