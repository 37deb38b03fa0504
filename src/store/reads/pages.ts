import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../tables.js';

let cursors = 0;

/**
 * The rows of a query, page by page, as a cursor of the server gives them: memory holds one page, however many there are. Part of a
 * transaction.
 */
export async function* cursorPages<T>(trx: Db, query: RawBuilder<T>, size = 2000): AsyncGenerator<T[]> {
  const name = sql.raw(`halflight_page_${++cursors}`);
  await sql`declare ${name} no scroll cursor for ${query}`.execute(trx);
  try {
    for (;;) {
      const { rows } = await sql<T>`fetch ${sql.raw(String(size))} from ${name}`.execute(trx);
      if (rows.length > 0) yield rows;
      if (rows.length < size) return;
    }
  } finally {
    // In a transaction that failed nothing can be closed, and nothing needs to be.
    await sql`close ${name}`.execute(trx).catch(() => {});
  }
}
