import { sql } from 'kysely';
import type { Db } from '../tables.js';

/**
 * Runs queries that see the database at one moment, can change nothing, and are ended by the server when one takes longer than
 * `timeout` milliseconds.
 */
export function readOnly<T>(db: Db, timeout: number, work: (db: Db) => Promise<T>): Promise<T> {
  return db
    .transaction()
    .setAccessMode('read only')
    .setIsolationLevel('repeatable read')
    .execute(async (trx) => {
      await sql`select set_config('statement_timeout', ${String(timeout)}, true)`.execute(trx);
      return work(trx);
    });
}

/** Whether the database answers. @throws when it does not */
export async function ping(db: Db): Promise<void> {
  await sql`select 1`.execute(db);
}
