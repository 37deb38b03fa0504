import { textAt } from '../../core/json.js';
import type { Meaning } from '../common/api/client.js';

// What Okta says of a refusal: developer.okta.com/docs/reference/error-codes, and RFC 6749 for its token endpoint.

const permissions: readonly (readonly [path: RegExp, what: string, scope: string])[] = [
  [/\/api\/v1\/logs/, 'view the System Log', 'okta.logs.read'],
  [/\/api\/v1\/users/, 'view users', 'okta.users.read'],
  [/\/api\/v1\/apps/, 'view applications', 'okta.apps.read'],
];

/** The permission that an address needs, as a remedy. */
function grantText(url: string): string {
  const [, what, scope] = permissions.find(([path]) => path.test(url)) ?? [];
  if (what === undefined) return 'give the API token\'s admin the role "Read-only Administrator".';
  return `the admin of the API token needs a role that may ${what} ("Read-only Administrator"); an app needs the scope ${scope} and that role.`;
}

export function explainApi(status: number, body: unknown, url: string): Meaning | undefined {
  const code = textAt(body, 'errorCode') ?? '';
  if (code === 'E0000011' || code === 'E0000005')
    return {
      kind: 'login',
      text: `Okta does not know the token (${code}): it was revoked, or expired after 30 days without use, or is of another organisation. Make a new one (Security > API > Tokens), then resume the source.`,
    };
  if (code === 'E0000006' || code === 'E0000022' || code === 'E0000015' || (status === 403 && code !== 'E0000047'))
    return { kind: 'permission', text: `Okta refuses this (${code || status}): ${grantText(url)}` };
  if (code === 'E0000031')
    return { kind: 'other', text: 'Okta does not take the filter (E0000031): correct filter, or leave it out.' };
  if (status === 404 && code === '')
    return { kind: 'other', text: 'There is no Okta organisation at this address (404): correct org_url.' };
  return undefined;
}

export function explainLogin(status: number, body: unknown): Meaning | undefined {
  const error = textAt(body, 'error') ?? textAt(body, 'errorCode') ?? '';
  const description = textAt(body, 'error_description') ?? '';
  if (/expired|issued in the future|iat|\bexp\b/i.test(description) && /assertion/i.test(description))
    return {
      kind: 'other',
      text: `Okta finds the time of the assertion wrong (${safe(error)}): let this machine follow a time server.`,
    };
  if (error === 'invalid_scope')
    return {
      kind: 'permission',
      text: 'Okta does not give the app these scopes (invalid_scope): grant okta.logs.read, okta.users.read and okta.apps.read to it (Okta API Scopes), as far as parts need them.',
    };
  if (error === 'invalid_dpop_proof' || error === 'use_dpop_nonce')
    return {
      kind: 'login',
      text: `The app requires proof of possession (${error}), which Halflight does not speak: clear "Require Demonstrating Proof of Possession (DPoP) header in token requests" in the app's General settings.`,
    };
  if (error === 'invalid_client' || error === 'unauthorized_client' || error === 'invalid_grant' || status === 401)
    return {
      kind: 'login',
      text: `Okta does not let the app in (${safe(error) || status}): check client_id, that the app is active, has the public key of private_key and authenticates with "Public key / Private key".`,
    };
  if (status === 404)
    return { kind: 'other', text: 'There is no Okta organisation at this address (404): correct org_url.' };
  return undefined;
}

/** A code as it may stand in a message. */
const safe = (code: string): string => (/^\w{1,40}$/.test(code) ? code : '');
