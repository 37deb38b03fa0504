import type { InventoryEntry } from '../../core/register.js';
import { lastCheckpoint } from '../../store/checkpoints.js';
import { inventoryAsOf } from '../../store/inventory.js';
import { firstInventory } from '../../store/reads/first-inventory.js';
import { loadRegister } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';

/** A register of AI systems and its version. */
export interface InventoryOfDay {
  hash: string;
  entries: readonly InventoryEntry[];
}

/**
 * The register of AI systems at the end of a day of the organisation's zone. Days before the first register was known are judged by this
 * first one: who reads old logs into a new installation would else find everything unregistered.
 */
export async function inventoryOn(db: Db, day: string, zone: string): Promise<InventoryOfDay> {
  const { base, hash, entries } = await inventoryAsOf(db, day, zone);
  if (base !== undefined || entries.length > 0) return { hash, entries };
  const first = await firstInventory(db);
  if (first !== undefined) return first;
  const kept = await loadRegister<InventoryEntry[]>(db, 'inventory');
  return { hash: kept?.hash ?? hash, entries: kept?.body ?? [] };
}

/** The last checkpoint of the audit log before an instant, in words; empty: none was made. */
export async function checkpointBefore(db: Db, before: number): Promise<string> {
  const checkpoint = await lastCheckpoint(db, before - 1);
  return checkpoint === undefined ? '' : `${checkpoint.size} records, root ${checkpoint.root}`;
}
