import type { Action } from '../core/event.js';
import { type Format, type Outcome, skip } from '../core/format.js';
import { type JsonObject, parseObject } from '../core/json.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { consented, entraTime, grants, guid, signInAction } from './common/entra.js';
import { type Fields, objectFields, recordFormat } from './common/record-format.js';

// Office 365 Management Activity API schema (learn.microsoft.com/office/office-365-management-api/office-365-management-activity-api-schema);
// Purview's CSV has the same record as JSON in the column AuditData.

/** Values of a list of `{Name, Value}` (or NewValue) by lower-case name. */
function named(list: unknown, key: 'Value' | 'NewValue'): Map<string, string> {
  const values = new Map<string, string>();
  for (const item of objectsOf(list)) {
    const name = caselessText(item, 'Name')?.toLowerCase();
    const value = caselessText(item, key);
    if (name !== undefined && value !== undefined && !values.has(name)) values.set(name, value);
  }
  return values;
}

/** `Success`, `Succeeded`, `True`, `PartiallySucceeded`, `Failed`. */
function resultAction(result: string | undefined): Action {
  if (/^(?:success|succeeded|true|partiallysucceeded)$/i.test(result ?? '')) return 'allowed';
  return /^(?:fail|false)/i.test(result ?? '') ? 'blocked' : 'unknown';
}

/** A failed sign-in; its error may say that it was only interrupted. */
function failedAction(code: string | undefined): Action {
  return code !== undefined && /^\d{4,7}$/.test(code) ? signInAction(code) : 'blocked';
}

function grant(fields: Fields, common: object, changed: ReadonlyMap<string, string>): Outcome {
  const targets = objectsOf(fields.value('Target'));
  const ofType = (type: string) =>
    caselessText(
      targets.find((item) => caselessText(item, 'Type') === type),
      'ID',
    );
  // Where the application is among what was changed, the target is the resource that it may use.
  const names = objectsOf(fields.value('ModifiedProperties')).map((item) => caselessText(item, 'Name')?.toLowerCase());
  const forClient = names.some((name) => name === 'serviceprincipal.objectid' || name === 'serviceprincipal.appid');
  const ids = `${fields.text('ObjectId') ?? ''};${ofType('4') ?? ''}`.split(/[;,\s]+/);
  const scope = changed.get('delegatedpermissiongrant.scope') ?? changed.get('oauth2permissiongrant.scope');
  return {
    ...common,
    kind: 'grant',
    action: resultAction(fields.text('ResultStatus')),
    app: forClient ? changed.get('serviceprincipal.displayname') : ofType('1'),
    app_id: forClient ? changed.get('serviceprincipal.appid') : ids.find((id) => guid.test(id)),
    scopes: scope?.split(/[\s,]+/).filter((item) => item !== '') ?? consented(changed.get('consentaction.permissions')),
  };
}

function audit(fields: Fields, before: number): Outcome {
  const operation = fields.text('Operation')?.replace(/\.$/, '') ?? '';
  const extended = named(fields.value('ExtendedProperties'), 'Value');
  const details = parseObject(extended.get('additionaldetails') ?? '');
  const device = named(fields.value('DeviceProperties'), 'Value');
  const common = {
    time: entraTime(fields.text('CreationTime', 'CreationDate'), before),
    user: [fields.text('UserId'), extended.get('actorupn')].find(
      (name) => name !== undefined && !/^not available$/i.test(name),
    ),
    src_ip: fields.text('ClientIP', 'ActorIpAddress', 'ClientIPAddress'),
    user_agent: caselessText(details, 'User-Agent') ?? extended.get('useragent') ?? fields.text('UserAgent'),
    event_id: fields.text('Id'),
  };
  if (grants.test(operation)) return grant(fields, common, named(fields.value('ModifiedProperties'), 'NewValue'));
  if (/^User(?:LoggedIn|LoginFailed)$/i.test(operation)) {
    const failed = /failed$/i.test(operation);
    return {
      ...common,
      kind: 'signin',
      action: failed ? failedAction(fields.text('ErrorNumber', 'ErrorCode')) : 'allowed',
      device: device.get('displayname'),
      app_id: fields.text('ApplicationId'),
    };
  }
  if (/^(?:CopilotInteraction|ConnectedAIAppInteraction|AIAppInteraction|AIInvokeAgent)$/i.test(operation))
    return {
      ...common,
      kind: 'activity',
      action: 'allowed',
      app: fields.text('AppIdentityDisplayName', 'ApplicationName', 'CopilotEventData.AppHost', 'AppHost'),
      app_id: fields.text('AppIdentity', 'ApplicationId', 'ClientAppId'),
    };
  return skip('not a sign-in, grant or use of AI');
}

const isAudit = (record: JsonObject): boolean =>
  caselessAt(record, 'Operation') !== undefined &&
  caselessAt(record, 'CreationTime') !== undefined &&
  (caselessAt(record, 'Workload') !== undefined || caselessAt(record, 'RecordType') !== undefined);

/** Microsoft 365 unified audit log: sign-ins, consents and grants, interactions with Copilot. */
export const format: Format = recordFormat({
  title: 'Microsoft 365 unified audit log',
  kinds: ['signin', 'grant', 'activity'],
  what: 'records of the Microsoft 365 audit log',
  mine: (record) => isAudit(record) || isAudit(parseObject(caselessText(record, 'AuditData') ?? '') ?? {}),
  header: (columns) => columns.has('AuditData'),
  read(fields, { modified }) {
    const inner = parseObject(fields.text('AuditData') ?? '');
    return audit(inner === undefined ? fields : objectFields(inner), modified);
  },
});
