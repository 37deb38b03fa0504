import { type RawBuilder, sql } from 'kysely';
import type { Expense } from '../core/expense.js';
import { batches } from './batches.js';
import type { Db } from './tables.js';
import { addToUsage, receiptOf, shareColumns, takeFromUsage } from './usage.js';
import { count, day, keyText, keyLengths as lengths, spend, text, time } from './values.js';

// A payment that stands in two exports counts once. Every payment to a service is kept with a hash that tells it from others. Of
// those with one hash the payments of one file count: of the file that is known best, among these the one that has most of them (two
// coffees of one day in one file are two), among equals the one that says best who paid. So neither the order of arrival nor a replay changes what counts.

/** A chunk may be a range of a stream, or some records of another chunk: what they are pieces of is one file. */
export const fileOf = (chunkKey: string): string => chunkKey.replace(/#\d+-\d+$/, '').replace(/:\d+-\d+$/, '');

/**
 * Adds a chunk's payments and decides anew which count. Part of a transaction that holds the lock of `lockUsageAlone`.
 * @returns services whose use changes by payments of other chunks
 */
export async function saveExpenses(trx: Db, chunkId: number, expenses: readonly Expense[]): Promise<string[]> {
  if (expenses.length === 0) return [];
  const { key } = await trx.selectFrom('chunk').select('key').where('id', '=', chunkId).executeTakeFirstOrThrow();
  for (const { from, rows } of batches(expenses)) {
    const usage = rows.map((row) => row.usage);
    await sql`
      insert into expense (chunk_id, position, identity, file, counted, ${shareColumns}, kind)
      select ${chunkId}, ${from} + u.n, u.identity, ${fileOf(key)}, false, u.day, u.service, u.actor_kind, u.actor,
        u.actor_group, u.source, u.account_kind, u.strength, u.provenance, u.confidence, u.events, u.attempts, u.bytes_out, u.bytes_in,
        u.spend::jsonb, u.first, u.last, u.kind
      from unnest(
        ${rows.map((e) => text(e.identity))}::text[],
        ${usage.map((u) => day(u.day))}::date[],
        ${usage.map((u) => keyText(u.service, lengths.service))}::text[],
        ${usage.map((u) => u.actor.kind)}::text[],
        ${usage.map((u) => keyText(u.actor.id, lengths.actor))}::text[],
        ${usage.map((u) => keyText(u.actor.group, lengths.group))}::text[],
        ${usage.map((u) => keyText(u.source, lengths.source))}::text[],
        ${usage.map((u) => u.accountKind)}::text[],
        ${usage.map((u) => u.strength)}::text[],
        ${usage.map((u) => u.provenance)}::text[],
        ${usage.map((u) => u.confidence)}::text[],
        ${usage.map((u) => count(u.events))}::bigint[],
        ${usage.map((u) => count(u.attempts))}::bigint[],
        ${usage.map((u) => count(u.bytesOut))}::bigint[],
        ${usage.map((u) => count(u.bytesIn))}::bigint[],
        ${usage.map((u) => spend(u.spend))}::text[],
        ${usage.map((u) => time(u.first))}::bigint[],
        ${usage.map((u) => time(u.last))}::bigint[],
        ${rows.map((e) => e.use)}::text[]
      ) with ordinality as u (identity, day, service, actor_kind, actor, actor_group, source, account_kind, strength,
        provenance, confidence, events, attempts, bytes_out, bytes_in, spend, first, last, kind, n)`.execute(trx);
  }
  return decide(trx, sql`select identity from expense where chunk_id = ${chunkId}`);
}

/**
 * Takes a chunk's payments out; those of other chunks that were the same count instead. Part of a transaction that holds the lock.
 * @returns services whose use changes
 */
export async function removeExpenses(trx: Db, chunkId: number): Promise<string[]> {
  const { rows } = await sql<{ identity: string; counted: boolean }>`
    select identity, counted from expense where chunk_id = ${chunkId}`.execute(trx);
  if (rows.length === 0) return [];
  const services = await takeFromUsage(
    trx,
    sql`with gone as (delete from expense where chunk_id = ${chunkId} returning *)
      insert into gone_usage select ${shareColumns} from gone where counted`,
    receiptOf(chunkId),
  );
  const identities = [...new Set(rows.map((row) => row.identity))];
  return [...services, ...(await decide(trx, sql`select unnest(${identities}::text[])`))];
}

/**
 * Decides anew which of the payments with these identities count, after something about them changed. Part of a transaction that holds
 * the lock of `lockUsageAlone`.
 * @returns services whose use changes
 */
export const decideExpenses = async (trx: Db, identities: readonly string[]): Promise<string[]> =>
  identities.length === 0 ? [] : decide(trx, sql`select unnest(${[...identities]}::text[])`);

/** Decides which of the payments with these identities count, and changes the sums by those that changed. */
async function decide(trx: Db, identities: RawBuilder<unknown>): Promise<string[]> {
  await sql`
    create temporary table if not exists turned_expense (chunk_id bigint, "position" integer, counts boolean)
      on commit delete rows`.execute(trx);
  await sql`truncate turned_expense`.execute(trx);
  await sql`
    with asked (identity) as (${identities}),
      files as (
        select identity, file, count(*) as n, max(${worth}) as worth, min(${rank}) as rank, min(actor) as who, min(source) as source
        from expense where identity in (select identity from asked) group by identity, file
      ),
      winner as (select distinct on (identity) identity, file from files order by identity, worth desc, n desc, rank, who, source, file)
    insert into turned_expense
      select e.chunk_id, e.position, not e.counted
      from expense e join winner w on w.identity = e.identity
      where e.counted <> (w.file = e.file)`.execute(trx);
  const turned = (counts: boolean): RawBuilder<unknown> =>
    sql`from expense e join turned_expense t on t.chunk_id = e.chunk_id and t.position = e.position and t.counts = ${sql.lit(counts)}`;
  const mark = (counts: boolean): Promise<unknown> =>
    sql`
      update expense e set counted = t.counts from turned_expense t
      where t.chunk_id = e.chunk_id and t.position = e.position and t.counts = ${sql.lit(counts)}`.execute(trx);
  // Marked before it is taken out, and before it is put in: the sums and the marks must agree when what remains is looked at.
  await mark(false);
  const less = await takeFromUsage(
    trx,
    sql`insert into gone_usage select ${shareColumns} ${turned(false)}`,
    sql`(select max(k.received_at) from chunk k join turned_expense t on t.chunk_id = k.id and not t.counts)`,
  );
  await mark(true);
  await addToUsage(
    trx,
    sql`select ${shareColumns}, (select received_at from chunk k where k.id = e.chunk_id) as received_at ${turned(true)}`,
  );
  const { rows } = await sql<{ service: string }>`select distinct e.service ${turned(true)} order by 1`.execute(trx);
  return [...less, ...rows.map((row) => row.service)];
}

/** How well it is known who sent it: as in core/provenance.ts. What anybody could have sent never takes the place of what was seen. */
const worth = sql.raw("array_position(array['unauthenticated', 'claimed', 'reported', 'observed'], provenance::text)");

/** How well an actor tells who paid: as in core/expense.ts. */
const rank = sql.raw(
  "array_position(array['person', 'user', 'workload', 'device', 'address', 'cost-centre', 'unknown'], actor_kind::text)",
);

/** Payments that another file holds too and that are not counted again. */
export async function countRepeated(db: Db): Promise<number> {
  const { rows } = await sql<{ n: number }>`select count(*) as n from expense where not counted`.execute(db);
  return Number(rows[0]?.n ?? 0);
}
