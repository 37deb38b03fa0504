import type { InventoryEntry } from '../../core/register.js';
import type { Db } from '../tables.js';

/** The first register that was ever known, without decisions; undefined: none was. */
export async function firstInventory(
  db: Db,
): Promise<{ hash: string; entries: readonly InventoryEntry[] } | undefined> {
  const row = await db
    .selectFrom('inventory_load')
    .innerJoin('inventory_version', 'inventory_version.hash', 'inventory_load.hash')
    .select(['inventory_load.hash', 'body'])
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : { hash: row.hash, entries: row.body };
}
