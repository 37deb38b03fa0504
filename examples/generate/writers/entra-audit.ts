import { isoTime } from '../time.js';
import type { Writer } from '../types.js';
import { lines, uuid } from './shared.js';

/** Entra audit log: people who let an app at their data. */
export const entraAudit: Writer = {
  ...lines,
  format: 'entra-audit',
  line: (rec) =>
    JSON.stringify({
      time: isoTime(rec.at),
      resourceId: '/tenants/00000000-0000-4000-a000-0000000000ac/providers/Microsoft.aadiam',
      operationName: 'Consent to application',
      category: 'AuditLogs',
      properties: {
        id: uuid(rec),
        activityDisplayName: 'Consent to application',
        result: 'success',
        initiatedBy: { user: { userPrincipalName: rec.who.email, ipAddress: '192.0.2.77' } },
        targetResources: [
          {
            id: uuid(rec, 4),
            type: 'ServicePrincipal',
            displayName: rec.app,
            modifiedProperties: [
              {
                displayName: 'ConsentAction.Permissions',
                oldValue: '""',
                newValue: JSON.stringify(
                  `[] => [[Id: 1, PrincipalId: 2, Scope: ${rec.scopes.join(' ')}, CreatedDateTime: ]]; `,
                ),
              },
            ],
          },
        ],
      },
    }),
};
