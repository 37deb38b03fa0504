import type { Action, EventDraft } from '../../core/event.js';
import type { JsonObject } from '../../core/json.js';
import { parseTime } from '../../core/time.js';
import { caselessAt, caselessText, objectsOf } from './caseless.js';

/**
 * Error codes that interrupt a sign-in to ask for something more (a stronger factor, registration, consent, a choice): neither
 * a success nor a failure, the portal calls them "Interrupted". Source: learn.microsoft.com/entra/identity-platform/reference-error-codes.
 */
const interrupts = new Set([
  '16000', // account or session must be chosen
  '16001',
  '16002',
  '50055', // password expired, asked for a new one
  '50058', // silent sign-in without a session
  '50072', // enrolment for multi-factor
  '50074', // multi-factor asked for
  '50076',
  '50078', // multi-factor too old
  '50079', // enrolment for multi-factor
  '50097', // device authentication asked for
  '50125', // password reset or registration
  '50127', // broker app to be installed
  '50129', // device to be joined
  '50140', // "stay signed in?"
  '50158', // external challenge
  '50199', // confirmation page
  '50203', // authenticator app to be registered
  '51006', // Windows integrated authentication asked for
  '52004', // consent for LinkedIn
  '65001', // consent asked for
  '70043', // sign-in frequency reached
  '70044',
  '9002341', // confirmation of single sign-on
]);

/** Verdict on an error code (`0` is success) or the word that stands for it. */
export function signInAction(code: string | undefined): Action {
  const text = code?.trim().toLowerCase();
  if (text === undefined || text === '') return 'unknown';
  if (/^0+$/.test(text) || text === 'success' || text === 'none' || text === 'succeeded') return 'allowed';
  if (interrupts.has(text)) return 'unknown';
  return /^-?\d+$/.test(text) || text === 'failure' || text === 'failed' || text === 'error' ? 'blocked' : 'unknown';
}

/** RFC 3339 with seven digits, `M/d/yyyy h:mm:ss tt`, epoch, or PowerShell's `/Date(ms)/`; without a zone it is UTC. */
export function entraTime(text: string | undefined, before: number): number | undefined {
  if (text === undefined) return undefined;
  const net = /^\\?\/Date\((\d{1,15})/.exec(text);
  return net?.[1] === undefined ? parseTime(text, 'UTC', before) : Number(net[1]);
}

/** Sign-ins of apps and managed identities: nobody's name is in them. */
const userless = /service ?principal|managed ?identity/i;

/**
 * A sign-in as an event. `properties` is the sign-in itself (Microsoft Graph resource type signIn), `record` the envelope of
 * the diagnostic settings, or the same object where there is none (Graph, Log Analytics).
 */
export function signInEvent(record: JsonObject, properties: unknown, before: number): EventDraft {
  const find = (...paths: readonly string[]): string | undefined =>
    caselessText(properties, ...paths) ?? caselessText(record, ...paths);
  const types = caselessAt(properties, 'signInEventTypes');
  const category = `${find('category', 'Type') ?? ''} ${Array.isArray(types) ? types.join(' ').slice(0, 200) : ''}`;
  const upn = find('userPrincipalName');
  const principal = find('servicePrincipalName');
  const noUser = upn === undefined && (userless.test(category) || principal !== undefined);
  const code =
    find('status.errorCode', 'Status_dynamic.errorCode', 'Status_string.errorCode', 'resultType', 'errorCode') ??
    signature(find('resultSignature'));
  return {
    kind: 'signin',
    action: signInAction(code),
    time: entraTime(
      caselessText(record, 'time', 'TimeGenerated', 'TimeGenerated [UTC]') ?? find('createdDateTime'),
      before,
    ),
    user: noUser ? undefined : (upn ?? find('signInIdentifier', 'userDisplayName', 'identity', 'userId')),
    device: find('deviceDetail.displayName', 'DeviceDetail_dynamic.displayName', 'DeviceDetail_string.displayName'),
    src_ip: find('ipAddress', 'callerIpAddress'),
    user_agent: find('userAgent'),
    app: find('appDisplayName') ?? principal,
    app_id: find('appId'),
    event_id: caselessText(properties, 'id', 'originalRequestId'),
  };
}

/** `resultSignature` is nearly always `None`; only its plain words count. */
const signature = (text: string | undefined): string | undefined =>
  text !== undefined && /^(success|failure)$/i.test(text) ? text : undefined;

/** Members of `properties`, whether it is an object or JSON text; undefined where there are none. */
export function propertiesOf(record: JsonObject): JsonObject | undefined {
  return objectsOf(caselessAt(record, 'properties'))[0];
}

/** Activities that let an application at data, or a user at an application. */
export const grants =
  /^(consent to application|add delegated permission grant|add oauth2permissiongrant|add app role assignment)/i;

export const guid = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;

/** `[[Id: ..., Scope: User.Read openid, CreatedDateTime: ...]]` or `Scope: [User.Read, openid]`: what comes after `=>` is new. */
export function consented(text: string | undefined): string[] {
  if (text === undefined) return [];
  const scopes = new Set<string>();
  for (const part of text
    .slice(text.indexOf('=>') + 1)
    .split(/\bScope:/)
    .slice(1)) {
    const list = part.trimStart();
    const words = list.startsWith('[') ? list.slice(1).split(']', 1) : list.split(/[,\]]/, 1);
    for (const scope of (words[0] ?? '').split(/[\s,]+/)) if (scope !== '') scopes.add(scope);
  }
  return [...scopes];
}
