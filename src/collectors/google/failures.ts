import { at, isObject, textAt } from '../../core/json.js';
import type { Meaning } from '../common/api/client.js';
import { type Scope, scopeUrl } from './scopes.js';

// What Google says of a refusal: developers.google.com/workspace/admin/reports/v1/guides/limits-and-quotas and .../directory/v1/limits,
// google.rpc.ErrorInfo, and for tokens developers.google.com/identity/protocols/oauth2/service-account#error-codes.

const busyReasons =
  /^(rateLimitExceeded|userRateLimitExceeded|quotaExceeded|dailyLimitExceeded|RATE_LIMIT_EXCEEDED|backendError)$/;
const delegation =
  'under Security > Access and data control > API controls > Domain-wide delegation give the client ID of the service account the scope';

/** The provider's word for why, as it may stand in a message. */
function reasonOf(body: unknown): string {
  const details: unknown = at(body, 'error.details');
  const info = (Array.isArray(details) ? details : []).find(
    (item) => isObject(item) && typeof item.reason === 'string',
  );
  const reason = textAt(info, 'reason') ?? textAt(body, 'error.errors.0.reason') ?? textAt(body, 'error.status') ?? '';
  return /^\w{1,60}$/.test(reason) ? reason : '';
}

/** @param scope what the request was let in with */
export function explainApi(scope: Scope): (status: number, body: unknown) => Meaning | undefined {
  return (status, body) => {
    const reason = reasonOf(body);
    if (status === 403 && busyReasons.test(reason))
      return { kind: 'busy', text: `Google asks to go slower (${reason}): it is asked again later.` };
    if (reason === 'accessNotConfigured' || reason === 'SERVICE_DISABLED')
      return {
        kind: 'permission',
        text: `The Admin SDK API is off in the Google Cloud project of the service account (${reason}): enable it (gcloud services enable admin.googleapis.com), and wait some minutes.`,
      };
    if (reason === 'insufficientPermissions' || reason === 'ACCESS_TOKEN_SCOPE_INSUFFICIENT')
      return { kind: 'permission', text: `The token lacks a scope (${reason}): ${delegation} ${scopeUrl(scope)}` };
    if (status === 403)
      return {
        kind: 'permission',
        text: `Google does not let the subject read this (${reason || status}): give it an admin role with ${privilegeOf[scope]}.`,
      };
    if (status === 401)
      return {
        kind: 'login',
        text: `Google does not take the token (${reason || status}): check that the service account and the subject are still there, then resume the source.`,
      };
    if (status === 400)
      return {
        kind: 'other',
        text: `Google does not take the request (${reason || status}): is the service licensed?`,
      };
    return undefined;
  };
}

/** Names of admin privileges as the Admin Console shows them. */
const privilegeOf: Readonly<Record<Scope, string>> = {
  reports: 'the privilege Reports',
  users: 'the Admin API privilege Users > Read',
  grants:
    'the privilege User Security Management (Admin API privilege Users > Read too); grants of super admins only a super admin may read',
  browsers: 'the privilege Chrome Management > Managed browsers > Read',
};

export function explainToken(
  scope: Scope,
  clientId = 'the service account',
): (status: number, body: unknown) => Meaning | undefined {
  return (_status, body) => {
    const error = textAt(body, 'error') ?? '';
    const description = textAt(body, 'error_description') ?? '';
    if (error === 'unauthorized_client' || error === 'access_denied')
      return {
        kind: 'permission',
        text: `Domain-wide delegation does not let ${clientId} have this scope (${error}): ${delegation} ${scopeUrl(scope)}`,
      };
    if (error === 'invalid_scope')
      return {
        kind: 'permission',
        text: `Google does not know the scope (invalid_scope): ${delegation} ${scopeUrl(scope)}`,
      };
    if (error === 'invalid_grant' && /short-lived|timeframe|iat|exp\b/i.test(description))
      return {
        kind: 'other',
        text: 'Google finds the time of the assertion wrong (invalid_grant): let this machine follow a time server.',
      };
    if (error === 'invalid_grant' && /signature/i.test(description))
      return {
        kind: 'login',
        text: 'The key of the service account is no longer good (invalid_grant, signature): it was deleted or disabled. Make a new one (IAM & Admin > Service Accounts > Keys), then resume the source.',
      };
    if (error === 'invalid_grant' && /email or user id|user/i.test(description))
      return {
        kind: 'login',
        text: 'The subject is no user of the organisation (invalid_grant): write the primary address of an active administrator as subject, then resume the source.',
      };
    if (
      error === 'invalid_grant' ||
      error === 'invalid_client' ||
      error === 'deleted_client' ||
      error === 'disabled_client'
    )
      return {
        kind: 'login',
        text: `Google does not know the service account (${error}): it was deleted or disabled, or its project is. Put it back or make a new one, then resume the source.`,
      };
    return undefined;
  };
}
