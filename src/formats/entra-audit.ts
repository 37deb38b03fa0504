import { type Format, skip } from '../core/format.js';
import type { JsonObject } from '../core/json.js';
import { caselessAt, caselessText, objectsOf } from './common/caseless.js';
import { consented, entraTime, grants, guid, propertiesOf, signInAction } from './common/entra.js';
import { detectRecords, readJson } from './common/json-records.js';

const has = (record: JsonObject, path: string): boolean => caselessAt(record, path) !== undefined;

/** The envelope of the diagnostic settings, a Graph directoryAudit, or a row of Log Analytics' AuditLogs. */
const mine = (record: JsonObject): boolean => {
  const audit = propertiesOf(record) ?? record;
  return (
    (has(audit, 'targetResources') || has(audit, 'initiatedBy')) &&
    (has(audit, 'activityDisplayName') || has(record, 'operationName'))
  );
};

/** New values of the modified properties by lower-case name; they are JSON text within text (`"\"User.Read\""`). */
function modified(audit: JsonObject): Map<string, string> {
  const values = new Map<string, string>();
  for (const target of objectsOf(caselessAt(audit, 'targetResources'))) {
    for (const property of objectsOf(caselessAt(target, 'modifiedProperties'))) {
      const name = caselessText(property, 'displayName', 'name')?.toLowerCase();
      const value = unquote(caselessText(property, 'newValue'));
      if (name !== undefined && value !== undefined && !values.has(name)) values.set(name, value);
    }
  }
  return values;
}

function unquote(text: string | undefined): string | undefined {
  if (text?.startsWith('"') !== true) return text;
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === 'string' && value.trim() !== '' ? value.trim() : undefined;
  } catch {
    return text;
  }
}

function additional(audit: JsonObject, key: string): string | undefined {
  const found = objectsOf(caselessAt(audit, 'additionalDetails')).find(
    (item) => caselessText(item, 'key')?.toLowerCase() === key,
  );
  return caselessText(found, 'value');
}

/**
 * Microsoft Entra audit log: consent and permission grants, as diagnostic settings, Microsoft Graph and Log Analytics write
 * them. Fields: learn.microsoft.com/graph/api/resources/directoryaudit; activities:
 * learn.microsoft.com/entra/identity/monitoring-health/reference-audit-activities. In a grant the target is the resource
 * (Microsoft Graph), and `ServicePrincipal.*` among the modified properties is the application it is given to.
 */
export const format: Format = {
  title: 'Microsoft Entra audit log',
  kinds: ['grant'],
  framing: 'json',
  detect: (sample) => detectRecords(sample, mine, 0.96, 'are Entra audit records'),
  open: ({ zone, modified: before }) => ({
    read: (text) =>
      readJson(text, mine, (record, header) => {
        const audit = propertiesOf(record) ?? record;
        const find = (...paths: readonly string[]) => caselessText(audit, ...paths) ?? caselessText(record, ...paths);
        if (!grants.test(find('activityDisplayName', 'operationName') ?? '')) return skip('not a consent or grant');
        const changed = modified(audit);
        const targets = objectsOf(caselessAt(audit, 'targetResources'));
        const target =
          targets.find((item) => /^service ?principal$/i.test(caselessText(item, 'type') ?? '')) ?? targets[0];
        const forClient = changed.has('serviceprincipal.objectid') || changed.has('serviceprincipal.appid');
        const names = changed.get('targetid.serviceprincipalnames')?.split(/[;,\s]+/) ?? [];
        const scope =
          changed.get('delegatedpermissiongrant.scope') ??
          changed.get('oauth2permissiongrant.scope') ??
          changed.get('approle.value');
        const scopes =
          scope?.split(/[\s,]+/).filter((item) => item !== '') ?? consented(changed.get('consentaction.permissions'));
        return {
          kind: 'grant',
          action: signInAction(find('result', 'resultType', 'resultSignature')),
          time:
            entraTime(caselessText(record, 'time', 'TimeGenerated') ?? find('activityDateTime'), before) ??
            header?.time?.(zone, before),
          user: find('initiatedBy.user.userPrincipalName', 'initiatedBy.user.displayName'),
          src_ip: find('initiatedBy.user.ipAddress', 'initiatedBy.app.ipAddress', 'callerIpAddress'),
          user_agent: additional(audit, 'user-agent') ?? find('userAgent'),
          app: forClient ? changed.get('serviceprincipal.displayname') : caselessText(target, 'displayName'),
          app_id: forClient
            ? changed.get('serviceprincipal.appid')
            : (names.find((name) => guid.test(name)) ?? additional(audit, 'appid')),
          scopes,
          event_id: caselessText(audit, 'id'),
        };
      }),
  }),
};
