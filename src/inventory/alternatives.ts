import type { Service } from '../catalog/schema.js';
import type { InventoryEntry } from '../core/register.js';
import { stateOf } from './decide.js';

/** Approved tools of the same category, as of a day: whether people of their groups use this one instead is a signal. */
export function alternativesOf(
  service: string,
  entries: readonly InventoryEntry[],
  services: ReadonlyMap<string, Service>,
  asOf: string,
): string[] {
  const approved = approvedByCategory(entries, services, asOf).get(services.get(service)?.category);
  return [...(approved ?? [])].filter((id) => id !== service);
}

/** Approved tools of each category, as of a day; of undefined: those that the catalog does not know. For who asks of many services. */
export function approvedByCategory(
  entries: readonly InventoryEntry[],
  services: ReadonlyMap<string, Service>,
  asOf: string,
): Map<Service['category'] | undefined, Set<string>> {
  const approved = new Map<Service['category'] | undefined, Set<string>>();
  for (const entry of entries) {
    if (!['sanctioned', 'conditional'].includes(stateOf(entry, asOf).verdict)) continue;
    for (const id of entry.services) {
      const category = services.get(id)?.category;
      approved.set(category, (approved.get(category) ?? new Set()).add(id));
    }
  }
  return approved;
}
