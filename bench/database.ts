import { randomBytes } from 'node:crypto';
import { sql } from 'kysely';
import { openDb, openStore, type Store } from '../src/store/db.js';

export const defaultUrl = 'postgres://root@127.0.0.1:5432/postgres';

/** Gives work a database of its own with the tables of Halflight, and drops it behind. `url`: any database of the server. */
export async function withDatabase(url: string, work: (store: Store) => Promise<void>): Promise<void> {
  const name = `halflight_bench_${process.pid}_${randomBytes(4).toString('hex')}`;
  const admin = openDb({ connectionString: url });
  try {
    await sql`create database ${sql.id(name)}`.execute(admin);
    const own = new URL(url);
    own.pathname = `/${name}`;
    const store = await openStore({ url: own.href });
    try {
      await work(store);
    } finally {
      await store.close();
    }
  } finally {
    await sql`drop database if exists ${sql.id(name)} with (force)`.execute(admin);
    await admin.destroy();
  }
}
