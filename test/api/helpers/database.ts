import type { KyselyPlugin } from 'kysely';
import { beforeAll } from 'vitest';
import type { Db } from '../../../src/store/tables.js';
import { testServer } from '../../store/helpers/databases.js';

/** One embedded database for the tests of a file that are about HTTP and not about SQL. */
export function oneDatabase(): () => Db {
  const server = testServer('embedded');
  let db: Db | undefined;
  beforeAll(async () => {
    db = await server.database();
  });
  return () => {
    if (db === undefined) throw new Error('the database is not open yet');
    return db;
  };
}

/** The same database, and how many queries went to it. */
export function counted(db: Db): { db: Db; queries(): number } {
  let queries = 0;
  const plugin: KyselyPlugin = {
    transformQuery: ({ node }) => {
      queries++;
      return node;
    },
    transformResult: async ({ result }) => result,
  };
  return { db: db.withPlugin(plugin), queries: () => queries };
}
