import { sql } from 'kysely';
import { loadSources, type SourceStatus } from '../sources.js';
import type { Db } from '../tables.js';

/** Pieces of input of a source that wait to be scanned. */
export interface Waiting {
  chunks: number;
  /** Receipt of the oldest, milliseconds since 1970. */
  oldest: number;
}

/** What waits, by source; sources of which nothing waits are not in it. */
export async function loadWaiting(db: Db): Promise<Map<string, Waiting>> {
  const { rows } = await sql<{ source: string; chunks: number; oldest: number }>`
    select source, count(*) as chunks, min(received_at) as oldest from chunk where state = 'pending' group by source`.execute(
    db,
  );
  return new Map(rows.map(({ source, chunks, oldest }) => [source, { chunks, oldest }]));
}

/** One source as it was seen; undefined: never. */
export async function loadSource(db: Db, id: string): Promise<SourceStatus | undefined> {
  return (await loadSources(db)).find((source) => source.id === id);
}
