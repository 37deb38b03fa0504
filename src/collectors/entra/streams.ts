import { createHash } from 'node:crypto';
import type { CollectedRecord } from '../../core/chunk.js';
import type { JsonObject } from '../../core/json.js';
import { grants } from '../../formats/common/entra.js';
import type { RecordStream, Window } from '../common/api/streams.js';
import { fittingLine, objectsIn, pick, textOf } from './fields.js';
import type { Graph, Version } from './graph.js';
import type { PartName } from './options.js';

/** Most that Graph gives at once. */
const pageSize = '1000';

/** What is kept of a sign-in (learn.microsoft.com/graph/api/resources/signin): what the format entra-graph-signin reads. */
const signInFields = [
  'id',
  'createdDateTime',
  'signInEventTypes',
  'userPrincipalName',
  'signInIdentifier',
  'userDisplayName',
  'userId',
  'userType',
  'appId',
  'appDisplayName',
  'resourceDisplayName',
  'resourceId',
  'servicePrincipalId',
  'servicePrincipalName',
  'ipAddress',
  'clientAppUsed',
  'userAgent',
  'isInteractive',
  'conditionalAccessStatus',
  'status.errorCode',
  'status.failureReason',
  'deviceDetail.deviceId',
  'deviceDetail.displayName',
  'deviceDetail.operatingSystem',
  'deviceDetail.browser',
] as const;

/** What is kept of an audit (learn.microsoft.com/graph/api/resources/directoryaudit): what the format entra-audit reads. */
const auditFields = [
  'id',
  'category',
  'correlationId',
  'result',
  'resultReason',
  'activityDisplayName',
  'activityDateTime',
  'loggedByService',
  'operationType',
  'initiatedBy.user.id',
  'initiatedBy.user.displayName',
  'initiatedBy.user.userPrincipalName',
  'initiatedBy.user.ipAddress',
  'initiatedBy.app.appId',
  'initiatedBy.app.displayName',
  'initiatedBy.app.servicePrincipalId',
] as const;

/** Times of Graph have seven digits; it takes three. */
const within = (field: string, { from, to }: Window): string =>
  `${field} ge ${new Date(from).toISOString()} and ${field} le ${new Date(to).toISOString()}`;

/** The record under its id. One without an id is known by what it says. */
function recordOf(record: JsonObject, text: string, kind: string, time: unknown, from: number): CollectedRecord {
  const id = textOf(record.id, 200) ?? createHash('sha256').update(text).digest('hex');
  const at = typeof time === 'string' ? Date.parse(time) : Number.NaN;
  return { id: `${kind}/${id}`, at: Number.isNaN(at) ? from : at, text };
}

/**
 * Sign-ins of some types. Of `beta` only those types are taken that `v1.0` does not have: `v1.0` gives interactive ones. Nothing but
 * time and type is asked for, and no order: a window is read to its end whatever order it comes in.
 */
const signIns = (graph: Graph, name: string, version: Version, type?: string): RecordStream => ({
  name,
  async page(window, link) {
    const time = within('createdDateTime', window);
    const filter = type === undefined ? time : `signInEventTypes/any(t: t eq '${type}') and ${time}`;
    const { items, next } = await graph.page(version, link, 'auditLogs/signIns', { $filter: filter, $top: pageSize });
    const records = items.map((item) => {
      // Every sign-in has these, so that its format is sure.
      const kept = { createdDateTime: '', appId: '', ipAddress: '', status: {} };
      const line = fittingLine((most) => ({ ...kept, ...pick(item, signInFields, most) }));
      return recordOf(item, line, 'sign-in', item.createdDateTime, window.from);
    });
    return { records, next };
  },
});

/** Consents and grants of the audit log. All audits are read, since no filter that Graph promises tells them; the others are left there. */
const audits = (graph: Graph): RecordStream => ({
  name: 'audits',
  async page(window, link) {
    const query = { $filter: within('activityDateTime', window), $top: pageSize };
    const { items, next } = await graph.page('v1.0', link, 'auditLogs/directoryAudits', query);
    const records = items
      .filter(({ activityDisplayName }) => typeof activityDisplayName === 'string' && grants.test(activityDisplayName))
      .map((item) =>
        recordOf(
          item,
          fittingLine((most) => auditOf(item, most)),
          'audit',
          item.activityDateTime,
          window.from,
        ),
      );
    return { records, next };
  },
});

/** Of what was changed: the app, the permissions, and whether an administrator consented. */
const changes =
  /^(consentaction|consentcontext|targetid|serviceprincipal|delegatedpermissiongrant|oauth2permissiongrant|approle)\./i;

const auditOf = (audit: JsonObject, most: number): JsonObject => ({
  activityDisplayName: '',
  ...pick(audit, auditFields, most),
  targetResources: objectsIn(audit.targetResources)
    .slice(0, 5)
    .map((target) => ({
      ...pick(target, ['id', 'displayName', 'type', 'userPrincipalName'], most),
      modifiedProperties: objectsIn(target.modifiedProperties)
        .filter(({ displayName }) => typeof displayName === 'string' && changes.test(displayName))
        .slice(0, 20)
        .map((property) => pick(property, ['displayName', 'newValue'], most)),
    })),
  additionalDetails: objectsIn(audit.additionalDetails)
    .slice(0, 10)
    .map((detail) => pick(detail, ['key', 'value'], most)),
});

/** The streams of the parts that were chosen. */
export const streamsOf = (graph: Graph, parts: readonly PartName[]): RecordStream[] => {
  const all: Partial<Record<PartName, () => RecordStream[]>> = {
    sign_ins: () => [signIns(graph, 'sign-ins', 'v1.0')],
    noninteractive: () => [signIns(graph, 'non-interactive sign-ins', 'beta', 'nonInteractiveUser')],
    service_principals: () => [
      signIns(graph, 'service principal sign-ins', 'beta', 'servicePrincipal'),
      signIns(graph, 'managed identity sign-ins', 'beta', 'managedIdentity'),
    ],
    audits: () => [audits(graph)],
  };
  return parts.flatMap((part) => all[part]?.() ?? []);
};
