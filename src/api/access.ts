import type { TokenScope } from '../store/source-tables.js';
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
const bearerOrBasic = { 'www-authenticate': 'Bearer realm="halflight", Basic realm="halflight", charset="UTF-8"' };

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
  const isFeed = asking.policy === 'feed';
  const holder = deps.tokens.check(isFeed ? bearerOf(authorization) : authorization, deps.now());
  if (holder === undefined) {
    const what =
      authorization === undefined
        ? 'The header Authorization is missing'
        : 'The token is wrong, revoked or not written so';
    const instead = isFeed ? ', or ID as user name and SECRET as password' : '';
    throw new ApiProblem(401, `${what}: send "Authorization: Bearer hlf_ID.SECRET"${instead}.`, {
      headers: isFeed ? bearerOrBasic : bearer,
    });
  }
  if (asking.policy === 'telemetry' && holder.scope === 'push') {
    if (deps.telemetry.source(holder.source) !== undefined) return holder;
    throw new ApiProblem(
      403,
      'This token may only send data of its own source, which is not of kind telemetry: use the token of one that is.',
    );
  }
  if (isFeed && holder.scope === 'read') return holder;
  if (holder.scope !== asking.policy) throw new ApiProblem(403, refusals[holder.scope]);
  return holder;
}

const refusals: Readonly<Record<TokenScope, string>> = {
  push: 'This token may only send data of its own source: use a read token here.',
  read: 'A read token may not send data: use the token of the source.',
  feed: 'This token may only fetch block lists: use a read token, or the token of a source.',
};

/**
 * User name and password (RFC 7617) as the token that they are: ID or hlf_ID, and SECRET. Anything else stays as it is. Never throws.
 */
function bearerOf(authorization: string | undefined): string | undefined {
  const [, encoded] = /^Basic +([A-Za-z0-9+/=_-]{1,200})$/i.exec((authorization ?? '').slice(0, 220)) ?? [];
  if (encoded === undefined) return authorization;
  const [, user = '', password = ''] = /^([^:]*):(.*)$/s.exec(Buffer.from(encoded, 'base64').toString('latin1')) ?? [];
  return `Bearer hlf_${user.replace(/^hlf_/, '')}.${password}`;
}

export const isLoopback = (address: string | undefined): boolean =>
  address !== undefined && (/^(?:::ffff:)?127\.\d+\.\d+\.\d+$/.test(address) || address === '::1');
