import { sql } from 'kysely';
import type { Db } from '../tables.js';

// The view of a transaction holds for rows, and not for whole tables that are dropped, as retention does with old months.

/** A table as it was once met. */
export interface Place {
  name: string;
  oid: string;
}

/** The tables of these names that there are. */
export async function placesOf(trx: Db, names: readonly string[]): Promise<Place[]> {
  const { rows } = await sql<Place>`
    select relname as name, oid::text as oid from pg_class
    where relnamespace = current_schema()::regnamespace and relname = any(${names}::text[])`.execute(trx);
  return rows;
}

/** A table that is no longer what it was. `to_regclass` sees what others did since, as a query of pg_class here would not. */
export async function firstGone(trx: Db, places: readonly Place[]): Promise<string | undefined> {
  const { rows } = await sql<{ name: string }>`
    select name from unnest(${places.map(({ name }) => name)}::text[], ${places.map(({ oid }) => oid)}::oid[]) as p (name, oid)
    where to_regclass(quote_ident(name))::oid is distinct from p.oid limit 1`.execute(trx);
  return rows[0]?.name;
}
