import { sql } from 'kysely';
import type { ChunkState } from '../chunk-tables.js';
import type { Db } from '../tables.js';

/**
 * Chunks by state. What is done is taken from the ledger, which has one row an hour, as there may be many millions of them; all
 * other states are few and have an index.
 */
export async function countChunks(db: Db): Promise<{ state: ChunkState; count: number }[]> {
  const { rows } = await sql<{ state: ChunkState; count: number }>`
    select state, count(*) as count from chunk where state <> 'done' group by state order by state`.execute(db);
  return rows;
}
