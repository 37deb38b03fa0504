import type { ApiDeps } from './deps.js';
import { ApiProblem } from './problem.js';
import type { Policy } from './route.js';
import type { TokenHolder } from './tokens.js';

/** What access is decided by. */
export interface Asking {
  policy: Policy;
  openOnLoopback: boolean;
  authorization: string | undefined;
  /** Address that the connection comes from, whatever headers say. */
  peer: string | undefined;
  /** A header says that it was passed on: then the client is not where the connection comes from. */
  forwarded: boolean;
}

const bearer = { 'www-authenticate': 'Bearer realm="halflight"' };

/**
 * Who is asking; undefined on routes that are open to them. The scope of the token decides, and no header but `Authorization` is
 * looked at.
 * @throws ApiProblem 401 without a good token, 403 with one of another scope
 */
export function authorize(
  asking: Asking,
  deps: Pick<ApiDeps, 'tokens' | 'now' | 'telemetry'>,
): TokenHolder | undefined {
  if (asking.policy === 'public') return undefined;
  const { authorization } = asking;
  if (asking.openOnLoopback && authorization === undefined && !asking.forwarded && isLoopback(asking.peer))
    return undefined;
  const holder = deps.tokens.check(authorization, deps.now());
  if (holder === undefined) {
    const what =
      authorization === undefined
        ? 'The header Authorization is missing'
        : 'The token is wrong, revoked or not written so';
    throw new ApiProblem(401, `${what}: send "Authorization: Bearer hlf_ID.SECRET".`, { headers: bearer });
  }
  if (asking.policy === 'telemetry' && holder.scope === 'push') {
    if (deps.telemetry.source(holder.source) !== undefined) return holder;
    throw new ApiProblem(
      403,
      'This token may only send data of its own source, which is not of kind telemetry: use the token of one that is.',
    );
  }
  if (holder.scope !== asking.policy) {
    const detail =
      holder.scope === 'push'
        ? 'This token may only send data of its own source: use a read token here.'
        : 'A read token may not send data: use the token of the source.';
    throw new ApiProblem(403, detail);
  }
  return holder;
}

export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (/^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1');
