import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { sql } from 'kysely';
import type { Db } from './tables.js';

/** A process of the service that lives, or lived until recently. */
export interface Instance {
  id: string;
  role: string;
  host: string;
  pid: number;
  version: string;
  /** Grows while the process lives. */
  beat: number;
  startedAt: number;
}

/** Makes this process known. Its id owns the leases that it takes. */
export async function registerInstance(db: Db, role: string, version: string, now: number): Promise<string> {
  const id = randomUUID();
  await db
    .insertInto('instance')
    .values({ id, role, host: hostname(), pid: process.pid, version, started_at: now })
    .execute();
  return id;
}

/** Shows that the process lives. False: others took it for dead and released its leases; it must begin anew. */
export async function beat(db: Db, id: string): Promise<boolean> {
  const result = await db
    .updateTable('instance')
    .set((eb) => ({ beat: eb('beat', '+', 1) }))
    .where('id', '=', id)
    .executeTakeFirst();
  return result.numUpdatedRows > 0n;
}

export async function loadInstances(db: Db): Promise<Instance[]> {
  const rows = await db.selectFrom('instance').selectAll().orderBy('started_at').execute();
  return rows.map(({ started_at, ...row }) => ({ ...row, startedAt: started_at }));
}

/**
 * Takes a process for gone and releases what it had in work; unless its beat moved since `seenBeat`. Chunks that it was at
 * have one more attempt on their account, as one of them may be what ended it; after a clean stop (`died` false) not.
 * @returns the chunks that are free again
 */
export async function removeInstance(
  db: Db,
  id: string,
  { died, seenBeat }: { died: boolean; seenBeat?: number | undefined },
): Promise<number[]> {
  return db.transaction().execute(async (trx) => {
    let gone = trx.deleteFrom('instance').where('id', '=', id);
    if (seenBeat !== undefined) gone = gone.where('beat', '=', seenBeat);
    if ((await gone.executeTakeFirst()).numDeletedRows === 0n) return [];
    const { rows } = await sql<{ id: number }>`
      update chunk set lease_owner = null, attempts = attempts + ${died ? 1 : 0},
        error = case when ${died} then 'the process that worked on it ended' else error end
      where lease_owner = ${id} and state = 'pending' returning id`.execute(trx);
    // In work is only what waits and was taken: of that there is an index.
    await sql`
      update outbox set lease_owner = null where lease_owner = ${id} and state = 'pending' and attempts > 0`.execute(
      trx,
    );
    return rows.map((row) => row.id);
  });
}
