import { ocsfBase } from '../../../core/ocsf.js';
import type { InventoryEntry } from '../../../core/register.js';

const tiers = { 1: 'low', 2: 'medium', 3: 'high' } as const;

/**
 * An entry of the register as an OCSF event of class Cloud Resources Inventory Info (5023): an AI system is a resource of the organisation
 * at a provider. Device Inventory Info (5001) and Software Inventory Info (5020) require a device, which a service has not.
 */
export function entryEvent(entry: InventoryEntry, at: number): Record<string, unknown> {
  const provider = entry.provider ?? entry.vendor ?? 'Unknown';
  return {
    ...ocsfBase('resources', {
      activity: { activity_id: 2, activity_name: 'Collect' },
      time: at,
      severity: 'informational',
      message: `${entry.name}: ${entry.status}`,
      metadata: { uid: `${entry.id}@${at}`, correlation_uid: entry.id },
    }),
    cloud: {
      provider,
      ...(entry.hosting_location !== undefined && { region: entry.hosting_location }),
    },
    resources: [
      {
        uid: entry.id,
        name: entry.name,
        type: entry.kind ?? 'AI system',
        labels: [...entry.services],
        ...(entry.risk_tier !== undefined && { criticality: tiers[entry.risk_tier] }),
        ...(entry.business_owner !== undefined && { owner: { name: entry.business_owner } }),
        data: entry,
      },
    ],
  };
}
