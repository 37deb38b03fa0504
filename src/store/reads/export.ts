import { type RawBuilder, sql } from 'kysely';
import type { StoredFinding } from '../../core/finding-state.js';
import type { Usage } from '../../core/usage.js';
import { StoreError } from '../errors.js';
import { monthPartitions } from '../partitions.js';
import type { Db } from '../tables.js';
import { firstGone, placesOf } from '../transfer/places.js';
import { type UsageRow, usageOf } from '../usage.js';
import { undated } from '../values.js';

// Whole tables, page by page, for who hands them on. Run in a transaction of `readOnly`, so that all pages are of one moment.

/** Rows that are held at a time. */
const pageRows = 2000;

/** What is asked for; absent: everything. */
export interface ExportChoice {
  /** First day, `YYYY-MM-DD`. With a bound, undated rows are left out. */
  from?: string | undefined;
  /** The day after the last. */
  until?: string | undefined;
  service?: string | undefined;
}

const usageKey = [
  'service',
  'day',
  'actor_kind',
  'actor',
  'actor_group',
  'source',
  'account_kind',
  'strength',
  'provenance',
] as const satisfies readonly (keyof UsageRow)[];

/**
 * The roll-up in the order of its key: service, day, actor and the rest. Each page goes behind a savepoint: its locks go with it, so that
 * whoever adds or drops a month of use waits for a page at most.
 * @throws StoreError when retention dropped a month meanwhile: the view of a transaction does not hold for that
 */
export async function* usagePages(trx: Db, choice: ExportChoice = {}): AsyncGenerator<Usage[]> {
  const months = await placesOf(trx, await monthPartitions(trx));
  const key = sql.join(usageKey.map((name) => sql.ref(name)));
  const asked = sql.join([sql`true`, ...boundsOf(choice)], sql` and `);
  let after = sql`true`;
  for (;;) {
    await sql`savepoint page`.execute(trx);
    const { rows } = await sql<UsageRow>`
      select ${key}, confidence, events, attempts, bytes_out, bytes_in, spend, first, last
      from usage where ${asked} and ${after} order by ${key} limit ${pageRows}`.execute(trx);
    await sql`rollback to savepoint page`.execute(trx);
    if (rows.length > 0) yield rows.map(usageOf);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) break;
    const place = usageKey.map((name) => (name === 'day' ? sql`${last.day}::date` : sql`${last[name]}::text`));
    after = sql`(${key}) > (${sql.join(place)})`;
  }
  const gone = await firstGone(trx, months);
  if (gone !== undefined)
    throw new StoreError(`The table ${gone} was removed during the export, as its time was over: export again.`);
}

function boundsOf({ from, until, service }: ExportChoice): RawBuilder<unknown>[] {
  return [
    ...(from === undefined ? [] : [sql`day >= ${from}::date`]),
    ...(until === undefined ? [] : [sql`day < ${until}::date`]),
    ...(until === undefined || from !== undefined ? [] : [sql`day > ${undated}::date`]),
    ...(service === undefined ? [] : [sql`service = ${service}`]),
  ];
}

/** Findings by id. `since`, `until`: milliseconds since 1970; only those that were seen between them. */
export async function* findingPages(
  trx: Db,
  choice: { since?: number | undefined; until?: number | undefined; service?: string | undefined } = {},
): AsyncGenerator<StoredFinding[]> {
  let after = '';
  for (;;) {
    let query = trx.selectFrom('finding').select('body').where('id', '>', after);
    if (choice.service !== undefined) query = query.where('service', '=', choice.service);
    if (choice.since !== undefined) query = query.where('last_seen', '>=', choice.since);
    if (choice.until !== undefined) query = query.where('first_seen', '<', choice.until);
    const rows = await query.orderBy('id').limit(pageRows).execute();
    if (rows.length > 0) yield rows.map(({ body }) => body);
    const last = rows.at(-1);
    if (last === undefined || rows.length < pageRows) return;
    after = last.body.id;
  }
}

/**
 * Persons that used something, by group: what the size of a group is known by where no directory tells it. A group of them has at least so
 * many members.
 */
export async function countUsersByGroup(db: Db): Promise<Map<string, number>> {
  const { rows } = await sql<{ name: string; people: number }>`
    select actor_group as name, count(distinct actor) as people from usage
    where actor_kind = 'person' and actor_group <> '' group by actor_group`.execute(db);
  return new Map(rows.map(({ name, people }) => [name, people]));
}
