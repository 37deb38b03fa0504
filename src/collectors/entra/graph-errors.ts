import { isObject, textAt } from '../../core/json.js';
import type { Meaning } from '../common/api/client.js';

/** The least permission (application, with admin consent) that lets a path be read, by the beginning of the path. */
const permissions: readonly (readonly [path: string, permission: string])[] = [
  ['auditLogs/', 'AuditLog.Read.All'],
  ['oauth2PermissionGrants', 'DelegatedPermissionGrant.Read.All'],
  ['servicePrincipals', 'Application.Read.All'],
  ['applications', 'Application.Read.All'],
  ['users', 'User.Read.All'],
];

/** @param url below `v1.0/` or `beta/` of a Graph */
export function permissionFor(url: string): string {
  const path = /\/(?:v1\.0|beta)\/([^?]*)/.exec(url)?.[1] ?? '';
  return permissions.find(([begin]) => path.startsWith(begin))?.[1] ?? 'Directory.Read.All';
}

export const grantSteps = (permission: string): string =>
  `In the Entra admin center open App registrations, your app, API permissions; add Microsoft Graph, Application permissions, ${permission}; then "Grant admin consent".`;

const licence =
  'Sign-ins can be read only from tenants with Microsoft Entra ID P1 or P2. Without one, take sign_ins, noninteractive and service_principals out of parts.';

/**
 * Reads a failure of Graph by its code, as far as the status alone says too little. Repeats nothing that the other side wrote.
 * Source of the codes: learn.microsoft.com/graph/errors and .../graph/resolve-auth-errors.
 */
export function graphMeaning(status: number, body: unknown, url: string): Meaning | undefined {
  const code = textAt(isObject(body) ? body : {}, 'error.code') ?? '';
  if (code === 'Authentication_RequestFromNonPremiumTenantOrB2CTenant')
    return { kind: 'permission', text: `Microsoft Graph: the tenant lacks a licence. ${licence}` };
  if (status === 403) {
    const permission = permissionFor(url);
    return {
      kind: 'permission',
      text: `Microsoft Graph refuses this to the app: the permission ${permission} is missing. ${grantSteps(permission)}`,
    };
  }
  if (status === 401)
    return {
      kind: 'login',
      text: 'Microsoft Graph does not take the token of the app, nor a new one: check that cloud is the cloud of the tenant, and that the app is not disabled.',
    };
  if (status === 400 && /^(Directory_ExpiredPageToken|ExpiredPageToken|InvalidSkipToken)$/i.test(code))
    return { kind: 'gone', text: 'Microsoft Graph: the place in the listing has expired.' };
  // Throttling of the directory, which some services say with another status.
  if (/^(TooManyRequests|activityLimitReached|Directory_ConcurrencyViolation|serviceNotAvailable)$/i.test(code))
    return { kind: 'busy', text: 'Microsoft Graph is busy: it is asked again later.' };
  return undefined;
}

/** The refusal is for want of a licence, not of a permission. */
export const isLicence = (text: string): boolean => text.includes(licence);
