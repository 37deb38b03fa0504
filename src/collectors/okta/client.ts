import { randomUUID } from 'node:crypto';
import { ApiClient } from '../common/api/client.js';
import { ApiFailure } from '../common/api/failure.js';
import { readPrivateKey } from '../common/api/private-key.js';
import { readToken, type Token, tokenKeeper } from '../common/api/token.js';
import type { CollectContext } from '../common/collector.js';
import { explainApi, explainLogin } from './failures.js';
import type { OktaOptions, OktaPart } from './options.js';

const scopeOf: Readonly<Record<OktaPart, string>> = {
  log: 'okta.logs.read',
  users: 'okta.users.read',
  assignments: 'okta.apps.read',
};

/** A client of the API of one organisation. */
export function openOkta(options: OktaOptions, context: CollectContext): ApiClient {
  const { org_url, api_token, parts } = options;
  const scopes = parts.map((part) => scopeOf[part]);
  return new ApiClient(
    {
      name: 'Okta',
      base: `${org_url}/api/v1/`,
      explain: explainApi,
      authorize:
        api_token === undefined
          ? tokenKeeper(() => fetchToken(options, context, scopes))
          : () => Promise.resolve({ authorization: `SSWS ${api_token}` }),
    },
    context,
  );
}

/**
 * A token for an API services app, which signs who it is: developer.okta.com/docs/guides/implement-oauth-for-okta-serviceapp.
 * @throws SourceLoginError, ApiFailure
 */
async function fetchToken(
  { org_url, client_id = '', private_key = '', key_id }: OktaOptions,
  context: CollectContext,
  scopes: readonly string[],
): Promise<Token> {
  const { SignJWT } = await import('jose');
  const signing = readPrivateKey(private_key);
  if (signing === undefined) throw new ApiFailure('other', 'private_key is no private key.');
  const kid = key_id ?? signing.kid;
  const client = new ApiClient(
    { name: 'Okta', base: `${org_url}/oauth2/v1/`, authorize: () => Promise.resolve({}), explain: explainLogin },
    context,
  );
  const { body } = await client.post('token', async () => {
    const seconds = Math.floor(context.now() / 1000);
    return {
      grant_type: 'client_credentials',
      scope: scopes.join(' '),
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
      client_assertion: await new SignJWT({})
        .setProtectedHeader({ alg: signing.alg, ...(kid !== undefined && { kid }) })
        .setIssuer(client_id)
        .setSubject(client_id)
        .setAudience(`${org_url}/oauth2/v1/token`)
        .setJti(randomUUID())
        .setIssuedAt(seconds)
        .setExpirationTime(seconds + 300)
        .sign(signing.key),
    };
  });
  const token = readToken(body);
  if (token === undefined) throw new ApiFailure('other', 'Okta answered without a token: check org_url.');
  return token;
}
