import { sql } from 'kysely';
import type { Db } from './tables.js';
import { undated } from './values.js';

// `usage` is one table a month, so that old months go by dropping a table. Months far from now, which only odd clocks and
// hostile records name, share the default partition with undated use: they never make hundreds of tables.

const yearsBack = 5;
const monthsAhead = 2;

/** Months for which a partition was seen, by database: a look into a set instead of a query for each chunk. A month that is dropped is long past; rows for it go to the default partition. */
const seen = new WeakMap<object, Set<string>>();

/** Makes partitions for the months of these days where they are missing. Not part of a caller's transaction: call it before. */
export async function ensureMonths(db: Db, days: Iterable<string>): Promise<void> {
  const known = seen.get(db) ?? new Set<string>();
  seen.set(db, known);
  const missing = new Set<string>();
  for (const day of days) {
    const month = day.slice(0, 7);
    if (day !== undated && !known.has(month)) missing.add(month);
  }
  for (const month of [...missing].sort()) {
    if (isNear(month)) await createMonth(db, month);
    known.add(month);
    if (known.size > 1000) known.clear();
  }
}

function isNear(month: string): boolean {
  const now = new Date();
  const index = (year: number, monthOfYear: number): number => year * 12 + monthOfYear;
  const at = index(Number(month.slice(0, 4)), Number(month.slice(5, 7)) - 1);
  const here = index(now.getUTCFullYear(), now.getUTCMonth());
  return at >= here - yearsBack * 12 && at <= here + monthsAhead;
}

/**
 * Makes the partition of a month `YYYY-MM` where it is missing. Rows that came before the month was near lie in the default
 * partition and move.
 */
export async function createMonth(db: Db, month: string): Promise<void> {
  const name = partitionOf(month);
  // Not to_regclass: its cache does not see what another transaction has just made.
  const exists = async (on: Db): Promise<boolean> =>
    (
      await sql`select from pg_class where relname = ${name} and relnamespace = current_schema()::regnamespace`.execute(
        on,
      )
    ).rows.length > 0;
  if (await exists(db)) return;
  const [from, to] = [`${month}-01`, `${nextMonth(month)}-01`];
  await db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('halflight partitions'))`.execute(trx);
    if (await exists(trx)) return;
    await sql`create table ${sql.table(name)} (like usage including defaults including constraints)`.execute(trx);
    await sql`lock table usage_default in access exclusive mode`.execute(trx);
    await sql`
      with moved as (delete from usage_default where day >= ${from}::date and day < ${to}::date returning *)
      insert into ${sql.table(name)} select * from moved`.execute(trx);
    await sql`alter table usage attach partition ${sql.table(name)}
      for values from (${sql.lit(from)}) to (${sql.lit(to)})`.execute(trx);
  });
}

const partitionOf = (month: string): string => `usage_${month.replace('-', '_')}`;

function nextMonth(month: string): string {
  const date = new Date(`${month}-01T00:00:00Z`);
  date.setUTCMonth(date.getUTCMonth() + 1);
  return date.toISOString().slice(0, 7);
}

/** Names of the month partitions there are, oldest first. */
export async function monthPartitions(db: Db): Promise<string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i
    join pg_class c on c.oid = i.inhrelid join pg_class p on p.oid = i.inhparent
    where p.relname = 'usage' and p.relnamespace = current_schema()::regnamespace and c.relname ~ '^usage_\\d{4}_\\d\\d$'
    order by c.relname`.execute(db);
  return rows.map((row) => row.name);
}
