import { type RawBuilder, sql } from 'kysely';
import type { Db } from '../tables.js';
import type { Layout } from './tables.js';

const firstPage = 200;
const largestPage = 5000;
/** Rows are read until their texts are so long together, and one row at least. */
const pageBytes = 4 * 2 ** 20;

/**
 * All rows of a table as lines of JSON, in the order of its primary key: every value is the text in which PostgreSQL writes it, so that
 * no number, date or document changes on the way. Page by page behind the last key seen, each behind a savepoint: the locks of a
 * page go with it while the transaction keeps its view, so that whoever adds or drops a month of use waits for a page at most.
 */
export async function* rowPages(trx: Db, layout: Layout, filter: RawBuilder<unknown> = sql`true`) {
  const { name, columns, key } = layout;
  const typeOf = new Map(columns.map((column) => [column.name, column.type]));
  const keys = sql.join(key.map((column) => sql.ref(`t.${column}`)));
  const texts = sql.join(columns.map((column) => sql`${sql.ref(`t.${column.name}`)}::text as ${sql.ref(column.name)}`));
  let after: RawBuilder<unknown> = sql`true`;
  let limit = firstPage;
  for (;;) {
    await sql`savepoint page`.execute(trx);
    const { rows } = await sql<{ line: string }>`
      select line from (
        select line, n, sum(octet_length(line)) over (order by n) - octet_length(line) as before from (
          select (select row_to_json(r)::text from (select ${texts}) r) as line, row_number() over (order by ${keys}) as n
          from ${sql.table(name)} t where ${after} and ${filter} order by ${keys} limit ${limit}
        ) lines
      ) measured where before < ${pageBytes} order by n`.execute(trx);
    await sql`rollback to savepoint page`.execute(trx);
    const last = rows.at(-1);
    if (last === undefined) return;
    yield rows.map((row) => row.line);
    const values = JSON.parse(last.line) as Record<string, string>;
    const bound = sql.join(key.map((column) => sql`${values[column]}::text::${sql.raw(typeOf.get(column) ?? 'text')}`));
    after = sql`(${keys}) > (${bound})`;
    // Long rows make small pages, so that the server does not read what is then cut off.
    limit = rows.length < limit ? Math.max(1, rows.length) : Math.min(limit * 2, largestPage);
  }
}
