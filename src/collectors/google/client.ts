import type { admin_directory_v1, admin_reports_v1 } from '@googleapis/admin';
import { ApiClient } from '../common/api/client.js';
import { ApiFailure } from '../common/api/failure.js';
import { readToken, type Token, tokenKeeper } from '../common/api/token.js';
import type { CollectContext } from '../common/collector.js';
import { explainApi, explainToken } from './failures.js';
import { readServiceAccount } from './key.js';
import type { GoogleOptions } from './options.js';
import { type Scope, scopeUrl } from './scopes.js';

/** Where assertions are for, whatever the key file says. */
const audience = 'https://oauth2.googleapis.com/token';

/** The APIs of one organisation. Library objects speak through ApiClient alone: its retries, its links, the egress behind it. */
export interface Google {
  reports: admin_reports_v1.Admin;
  users: admin_directory_v1.Admin;
  grants: admin_directory_v1.Admin;
  browsers: ApiClient;
  /** Google's clock as of its last answer, milliseconds since 1970. */
  theirNow(): number | undefined;
}

/** The library takes a sixth of a second to load: only who speaks with Google waits for it. */
export async function openGoogle(options: GoogleOptions, context: CollectContext): Promise<Google> {
  const { admin } = await import('@googleapis/admin');
  const adminRoot = options.endpoint ?? 'https://admin.googleapis.com/';
  const clients: ApiClient[] = [];
  const open = (scope: Scope, base: string): ApiClient => {
    const authorize = tokenKeeper(() => fetchToken(options, context, scope));
    const client = new ApiClient({ name: 'Google', base, authorize, explain: explainApi(scope) }, context);
    clients.push(client);
    return client;
  };
  const throughClient = (scope: Scope, path: string) => ({
    rootUrl: adminRoot,
    universeDomain: 'googleapis.com',
    retry: false,
    adapter: adapterOf(open(scope, `${adminRoot}${path}`)),
  });
  return {
    reports: admin({ version: 'reports_v1', ...throughClient('reports', 'admin/reports/v1/') }),
    users: admin({ version: 'directory_v1', ...throughClient('users', 'admin/directory/v1/') }),
    grants: admin({ version: 'directory_v1', ...throughClient('grants', 'admin/directory/v1/') }),
    browsers: open('browsers', `${options.endpoint ?? 'https://www.googleapis.com/'}admin/directory/v1.1beta1/`),
    theirNow: () =>
      clients.reduce<number | undefined>(
        (last, { theirNow }) => (theirNow === undefined ? last : Math.max(theirNow, last ?? 0)),
        undefined,
      ),
  };
}

type Adapter = NonNullable<NonNullable<ConstructorParameters<typeof admin_reports_v1.Admin>[0]>['adapter']>;

/** What the library would do with fetch, done by our client. */
function adapterOf(client: ApiClient): Adapter {
  const adapter = async (config: { url: URL | string; method?: string | undefined }): Promise<unknown> => {
    if ((config.method ?? 'GET') !== 'GET') throw new Error('this source only reads');
    const { body, headers } = await client.get(String(config.url));
    return { config, data: body, status: 200, statusText: 'OK', headers: new Headers(headers), ok: true };
  };
  // The library reads of a response only what is above.
  return adapter as unknown as Adapter;
}

/**
 * The data of an answer. The library wraps whatever the adapter throws: here it comes out as it went in.
 * @throws ApiFailure, SourceLoginError, the reason of the context's signal
 */
export async function dataOf<T>(request: Promise<{ data: T }>): Promise<T> {
  try {
    return (await request).data;
  } catch (error) {
    // Only the library's own errors carry the request that they are of.
    throw error instanceof Error && 'config' in error && error.cause instanceof Error ? error.cause : error;
  }
}

/**
 * A token in the subject's name: developers.google.com/identity/protocols/oauth2/service-account#authorizingrequests.
 * @throws SourceLoginError, ApiFailure
 */
async function fetchToken(
  { key, subject, endpoint }: GoogleOptions,
  context: CollectContext,
  scope: Scope,
): Promise<Token> {
  const { SignJWT } = await import('jose');
  const account = readServiceAccount(key);
  if (typeof account === 'string') throw new ApiFailure('other', account);
  const { email, clientId, signing } = account;
  const client = new ApiClient(
    {
      name: 'Google',
      base: endpoint ?? 'https://oauth2.googleapis.com/',
      authorize: () => Promise.resolve({}),
      explain: explainToken(scope, clientId),
    },
    context,
  );
  const { body } = await client.post('token', async () => {
    const seconds = Math.floor(context.now() / 1000);
    return {
      grant_type: 'urn:ietf:params:oauth:grant-type:jwt-bearer',
      assertion: await new SignJWT({ scope: scopeUrl(scope) })
        .setProtectedHeader({ alg: signing.alg, typ: 'JWT', ...(signing.kid !== undefined && { kid: signing.kid }) })
        .setIssuer(email)
        .setSubject(subject)
        .setAudience(audience)
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 3600)
        .sign(signing.key),
    };
  });
  const token = readToken(body);
  if (token === undefined) throw new ApiFailure('other', 'Google answered without a token: check endpoint.');
  return token;
}
