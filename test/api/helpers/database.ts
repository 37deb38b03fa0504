import { chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { KyselyPlugin } from 'kysely';
import { afterAll, beforeAll } from 'vitest';
import { openStore, type Store } from '../../../src/store/db.js';
import type { Db } from '../../../src/store/tables.js';

/** One embedded database for the tests of a file that are about HTTP and not about SQL. */
export function oneDatabase(): () => Db {
  let store: Store | undefined;
  let folder = '';
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), 'halflight-api-db-'));
    chmodSync(folder, 0o755);
    store = await openStore({ dataDir: join(folder, 'data') });
  });
  afterAll(async () => {
    await store?.close();
    rmSync(folder, { recursive: true, force: true });
  });
  return () => {
    if (store === undefined) throw new Error('the database is not open yet');
    return store.db;
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
