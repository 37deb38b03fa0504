import { createHash } from 'node:crypto';
import type { CollectedRecord, StateItem } from '../../core/chunk.js';
import { isObject, type JsonObject, textAt } from '../../core/json.js';
import type { DirectoryPersonInput } from '../../people/directory-person.js';

/** An event of the System Log, whole; without an id its content is its id. */
export function recordOf(event: unknown, otherwise: number): CollectedRecord {
  const text = JSON.stringify(event);
  const id = textAt(event, 'uuid') ?? createHash('sha256').update(text).digest('hex');
  const at = Date.parse(textAt(event, 'published') ?? '');
  return { id: `log ${id}`, at: Number.isNaN(at) ? otherwise : at, text };
}

/** A text of a profile, cut to what the directory takes; profiles are written by hand. */
const field = (user: JsonObject, name: string, most: number): string | undefined =>
  textAt(user, `profile.${name}`)?.slice(0, most);

/**
 * A user as an account of the directory. The second address is left out: it is mostly a private one.
 * Fields: developer.okta.com/docs/api/openapi/okta-management/management/tag/User
 */
export function personOf(user: unknown): StateItem | undefined {
  const id = textAt(user, 'id');
  if (!isObject(user) || id === undefined || id.length > 200) return undefined;
  const mail = field(user, 'email', 320);
  const name = field(user, 'displayName', 256);
  const manager = field(user, 'managerId', 320) ?? field(user, 'manager', 320);
  const person: DirectoryPersonInput = {
    id,
    emails: mail === undefined ? [] : [mail],
    upn: field(user, 'login', 320),
    ...(name !== undefined && { name }),
    givenName: field(user, 'firstName', 128),
    familyName: field(user, 'lastName', 128),
    employeeId: field(user, 'employeeNumber', 128),
    group: field(user, 'department', 200),
    costCentre: field(user, 'costCenter', 200),
    // Often a number or a name, which says nothing here.
    manager: manager !== undefined && /@|^00u\w{17}$/.test(manager) ? manager : undefined,
    enabled: !/^(SUSPENDED|DEPROVISIONED)$/.test(textAt(user, 'status') ?? ''),
  };
  return { id, body: person };
}

/** An app of the organisation, as far as assignments need it. */
export interface OktaApp {
  id: string;
  name: string;
}

/**
 * Who has an app, as a record of the format halflight-grant: the organisation gave it to the user.
 * @param now when it is told: that it was so then is all that a listing proves
 */
export function assignmentOf(app: OktaApp, member: unknown, now: number): StateItem | undefined {
  const principal = textAt(member, 'id')?.slice(0, 200);
  if (principal === undefined) return undefined;
  const user = textAt(member, '_embedded.user.profile.login', 'credentials.userName', 'profile.email')?.slice(0, 320);
  const id = `${app.id}/${principal}`;
  const text = JSON.stringify({
    halflight_grant: 1,
    time: new Date(now).toISOString(),
    id,
    provider: 'okta',
    permission: 'assignment',
    consent: 'admin',
    user: user ?? principal,
    app: app.name,
    app_id: app.id,
  });
  return { id, body: { permission: 'assignment', consent: 'admin', principal, user, app }, text };
}
