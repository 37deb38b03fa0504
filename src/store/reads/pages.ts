import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../tables.js';

let cursors = 0;

/**
 * The rows of a query, page by page, as a cursor of the server gives them: memory holds one page, however many there are. Part of a
 * transaction.
 */
export async function* cursorPages<T>(trx: Db, query: RawBuilder<T>, size = 2000): AsyncGenerator<T[]> {
  const name = await openCursor(trx, query, 'no scroll');
  try {
    yield* fetched<T>(trx, name, size);
  } finally {
    // In a transaction that failed nothing can be closed, and nothing needs to be.
    await sql`close ${name}`.execute(trx).catch(() => {});
  }
}

/**
 * The same for who goes through the rows several times: the server joins and sorts them for the first time only, and keeps them on its disk
 * until the transaction ends. One after the other.
 */
export function repeatedPages<T>(trx: Db, query: RawBuilder<T>, size = 2000): () => AsyncGenerator<T[]> {
  let opened: RawBuilder<unknown> | undefined;
  return async function* () {
    if (opened === undefined) opened = await openCursor(trx, query, 'scroll');
    else await sql`move absolute 0 in ${opened}`.execute(trx);
    yield* fetched<T>(trx, opened, size);
  };
}

async function openCursor(
  trx: Db,
  query: RawBuilder<unknown>,
  scroll: 'scroll' | 'no scroll',
): Promise<RawBuilder<unknown>> {
  const name = sql.raw(`halflight_page_${++cursors}`);
  await sql`declare ${name} ${sql.raw(scroll)} cursor for ${query}`.execute(trx);
  return name;
}

async function* fetched<T>(trx: Db, cursor: RawBuilder<unknown>, size: number): AsyncGenerator<T[]> {
  for (;;) {
    const { rows } = await sql<T>`fetch ${sql.raw(String(size))} from ${cursor}`.execute(trx);
    if (rows.length > 0) yield rows;
    if (rows.length < size) return;
  }
}
