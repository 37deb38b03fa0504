import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import { cursorPages, repeatedPages } from '../../../src/store/reads/pages.js';
import { readOnly } from '../../../src/store/reads/read-only.js';
import type { Db } from '../../../src/store/tables.js';
import { describeOnDatabases } from '../helpers/databases.js';

await describeOnDatabases('pages of a query', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  const numbers = (rows: number) => sql<{ n: number }>`select n from generate_series(1, ${rows}::int) n order by -n`;
  const all = async (pages: AsyncIterable<{ n: number }[]>): Promise<number[]> => {
    const found: number[] = [];
    for await (const page of pages) found.push(...page.map(({ n }) => n));
    return found;
  };
  const down = (rows: number): number[] => Array.from({ length: rows }, (_, i) => rows - i);
  const open = async (trx: Db): Promise<number> =>
    (await sql`select from pg_cursors where name like 'halflight_page_%'`.execute(trx)).rows.length;

  it.each([0, 1, 9, 10, 11, 100])('are all of %s rows, each time they are gone through', async (rows) => {
    await readOnly(db, 10_000, async (trx) => {
      expect(await all(cursorPages(trx, numbers(rows), 10))).toEqual(down(rows));
      const pages = repeatedPages(trx, numbers(rows), 10);
      for (let time = 0; time < 3; time++) expect(await all(pages())).toEqual(down(rows));
    });
  });

  it('begin anew behind who went away in the middle, and leave no cursor', async () => {
    await readOnly(db, 10_000, async (trx) => {
      const pages = repeatedPages(trx, numbers(100), 10);
      for await (const page of pages()) if (page[0]?.n === 80) break;
      expect(await all(pages())).toEqual(down(100));
      for await (const _page of cursorPages(trx, numbers(100), 10)) break;
      expect(await open(trx)).toBe(1);
    });
    expect(await open(db)).toBe(0);
  });
});
