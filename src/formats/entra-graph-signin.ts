import type { Format } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { caselessAt } from './common/caseless.js';
import { signInEvent } from './common/entra.js';
import { detectRecords, readJson } from './common/json-records.js';

const has = (record: JsonObject, key: string): boolean => caselessAt(record, key) !== undefined;

/** A resource of type signIn: no envelope, no table name, but the time and the app of one. */
const mine = (record: JsonObject): boolean =>
  has(record, 'createdDateTime') &&
  (has(record, 'appDisplayName') || has(record, 'appId')) &&
  (has(record, 'userPrincipalName') || has(record, 'servicePrincipalId') || has(record, 'ipAddress')) &&
  (has(record, 'status') || has(record, 'conditionalAccessStatus') || has(record, 'signInEventTypes')) &&
  !has(record, 'properties') &&
  !has(record, 'TimeGenerated');

/**
 * Sign-ins as Microsoft Graph `auditLogs/signIns` returns them (v1.0 and beta), as the portal's JSON download and
 * `Get-MgAuditLogSignIn | ConvertTo-Json` write them. Fields: learn.microsoft.com/graph/api/resources/signin.
 */
export const format: Format = {
  title: 'Microsoft Entra sign-ins (Microsoft Graph)',
  kinds: ['signin'],
  framing: 'json',
  detect: (sample) => detectRecords(sample, mine, 0.96, 'are Graph signIn resources'),
  open: ({ modified }) => ({
    read: (text) => readJson(text, mine, (record) => signInEvent(record, record, modified)),
  }),
};
