import { isDeepStrictEqual } from 'node:util';
import type { Service } from '../catalog/schema.js';
import type { InventoryEntry } from '../core/register.js';
import { foldName } from './decide.js';

/**
 * The used services whose findings a change of the inventory can touch: those that an added, removed or changed entry names or named. With
 * the catalog also those beside them: people who use another service of the same category may bypass a tool that was just approved, and
 * the reason of an unregistered service names the entries of its vendor. The order of the entries does not matter.
 */
export function affected(
  before: readonly InventoryEntry[],
  after: readonly InventoryEntry[],
  used: ReadonlySet<string>,
  services: ReadonlyMap<string, Service> = new Map(),
): Set<string> {
  const changed = changedEntries(before, after);
  const named = new Set(changed.flatMap((entry) => entry.services));
  const categories = new Set([...named].map((id) => services.get(id)?.category));
  const vendors = new Set(changed.map((entry) => foldName(entry.vendor ?? '')));
  const touches = (id: string): boolean => {
    if (named.has(id)) return true;
    const service = services.get(id);
    return service !== undefined && (categories.has(service.category) || vendors.has(foldName(service.vendor.name)));
  };
  return new Set([...used].filter(touches));
}

/** Old and new form of every entry that is not the same in both. An id stands once in an inventory. */
function changedEntries(before: readonly InventoryEntry[], after: readonly InventoryEntry[]): InventoryEntry[] {
  const old = new Map(before.map((entry) => [entry.id, entry]));
  const fresh = new Map(after.map((entry) => [entry.id, entry]));
  return [
    ...before.filter((entry) => !isDeepStrictEqual(entry, fresh.get(entry.id))),
    ...after.filter((entry) => !isDeepStrictEqual(entry, old.get(entry.id))),
  ];
}

/** Services that a new catalog defines otherwise than the old one: added, removed or changed. What they match may differ too. */
export function changedServices(
  before: ReadonlyMap<string, Service>,
  after: ReadonlyMap<string, Service>,
): Set<string> {
  const ids = new Set([...before.keys(), ...after.keys()]);
  return new Set([...ids].filter((id) => !isDeepStrictEqual(before.get(id), after.get(id))));
}
