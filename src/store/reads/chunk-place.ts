import type { Db } from '../tables.js';

/** Where the bytes of a chunk are; undefined: kept in the database. */
export async function chunkPlace(db: Db, id: number): Promise<Record<string, unknown> | undefined> {
  const row = await db.selectFrom('chunk').select('place').where('id', '=', id).executeTakeFirst();
  return row?.place ?? undefined;
}

/** Why the last try of a chunk failed. */
export async function chunkError(db: Db, id: number): Promise<string | undefined> {
  const row = await db.selectFrom('chunk').select('error').where('id', '=', id).executeTakeFirst();
  return row?.error ?? undefined;
}
