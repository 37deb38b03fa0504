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
  const category = services.get(service)?.category;
  const approved = entries.filter((entry) => ['sanctioned', 'conditional'].includes(stateOf(entry, asOf).verdict));
  const ids = approved.flatMap((entry) => entry.services).filter((id) => services.get(id)?.category === category);
  return [...new Set(ids)].filter((id) => id !== service);
}
