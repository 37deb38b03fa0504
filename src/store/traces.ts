import { type RawBuilder, sql } from 'kysely';
import { faultPoint } from '../core/fault.js';
import type { Db } from './tables.js';

// What each chunk gave to each row of `usage` is kept as a row of `chunk_usage` while the chunk can be scanned again. Afterwards nothing
// takes it out of the sums any more, and all that is asked is which chunks made a number: so the shares of a row of `usage` are put
// together into few rows of text, a fifth of the size, which stay as long as the row does.

/** Shares that one transaction puts together. Who resolves people later waits for as long; savers of chunks do not wait. */
const sharesAtOnce = 500_000;

const key = [
  'day',
  'service',
  'actor_kind',
  'actor',
  'actor_group',
  'source',
  'account_kind',
  'strength',
  'provenance',
];
const names = (table: string): RawBuilder<unknown> => sql.join(key.map((name) => sql.ref(`${table}.${name}`)));
/** Whether rows of two tables are about the same number. */
export const sameKey = (a: string, b: string): RawBuilder<boolean> =>
  sql`${sql.join(
    key.map((name) => sql`${sql.ref(`${a}.${name}`)} = ${sql.ref(`${b}.${name}`)}`),
    sql` and `,
  )}`;

/** Holds off who puts shares together, deletes or moves them, for the rest of the transaction. Taken before `lockUsageAlone`. */
export const lockShares = (trx: Db): Promise<unknown> =>
  sql`select pg_advisory_xact_lock(hashtext('halflight shares'))`.execute(trx);

/**
 * Puts together the shares of chunks that cannot be scanned again. Chunks go as a whole and in transactions of their own: killed
 * anywhere, each share is in one form or the other.
 * @param old which chunks `k`
 * @returns how many shares
 */
export async function foldShares(db: Db, old: RawBuilder<unknown>, atOnce = sharesAtOnce): Promise<number> {
  // Chunks of one source and time together: they are about the same people, and the fewer rows they make.
  const { rows } = await sql<{ id: number; shares: number }>`
    select s.chunk_id as id, s.shares
    from (select chunk_id, count(*) as shares from chunk_usage group by chunk_id) s join chunk k on k.id = s.chunk_id
    where ${old} order by k.source, k.received_at, k.id`.execute(db);
  let folded = 0;
  for (let at = 0; at < rows.length; ) {
    const ids: number[] = [];
    for (let size = 0; at < rows.length; at++) {
      const next = rows[at];
      if (next === undefined || (ids.length > 0 && size + next.shares > atOnce)) break;
      ids.push(next.id);
      size += next.shares;
    }
    folded += await foldChunks(db, ids, old);
  }
  return folded;
}

const foldChunks = (db: Db, ids: readonly number[], old: RawBuilder<unknown>): Promise<number> =>
  db.transaction().execute(async (trx) => {
    await lockShares(trx);
    // Asked again, under lock: one may be marked for a replay by now.
    const { rows: held } = await sql<{ id: number }>`
      select k.id from chunk k where k.id = any(${ids}::bigint[]) and ${old} order by k.id for no key update of k`.execute(
      trx,
    );
    // Of numbers that are deleted already nothing is kept.
    const { rows } = await sql<{ gone: number }>`
      with gone as (
          delete from chunk_usage where chunk_id = any(${held.map(({ id }) => id)}::bigint[]) returning *
        ),
        share as (
          select g.chunk_id, k.received_at, ${names('g')}, ${sum('events')}, ${sum('attempts')}, ${sum('bytes_out')}, ${sum('bytes_in')},
            sum_spend(g.spend) filter (where g.spend <> '{}') as spend
          from gone g join chunk k on k.id = g.chunk_id
          where exists (select from usage u where ${sameKey('u', 'g')})
          group by g.chunk_id, k.received_at, ${names('g')}
        ),
        named as (
          update chunk k set traced = k.traced + n.times
          from (select chunk_id, count(*) as times from share group by chunk_id) n where k.id = n.chunk_id
        ),
        put as (
          insert into usage_trace (${sql.raw(key.join(', '))}, received_at, shares, spends)
          select ${names('s')}, max(s.received_at), string_agg(${packed('s')}, ';' order by s.chunk_id),
            jsonb_object_agg(s.chunk_id, s.spend) filter (where s.spend is not null)
          from share s group by ${names('s')} order by ${names('s')}
        )
      select count(*) as gone from gone`.execute(trx);
    await faultPoint('shares.folded');
    return rows[0]?.gone ?? 0;
  });

const sum = (name: string): RawBuilder<unknown> =>
  sql`least(sum(${sql.ref(`g.${name}`)}), ${sql.lit(Number.MAX_SAFE_INTEGER)})::bigint as ${sql.ref(name)}`;

const counts = ['events', 'attempts', 'bytes_out', 'bytes_in'];

/** A share as a piece of `usage_trace.shares`. */
const packed = (table: string): RawBuilder<unknown> =>
  sql`concat_ws(',', ${sql.ref(`${table}.chunk_id`)}, ${sql.join(
    counts.map((name) => sql`coalesce(nullif(${sql.ref(`${table}.${name}`)}, 0)::text, '')`),
  )})`;

/** The shares in rows of `usage_trace`, as a query: `chunk_id`, the key of `usage`, and what the chunk gave to it. */
export const unfolded = (where: RawBuilder<unknown>): RawBuilder<unknown> => sql`
  select s.chunk_id, ${names('t')}, s.events, s.attempts, s.bytes_out, s.bytes_in,
    coalesce(t.spends -> s.chunk_id::text, '{}') as spend
  from usage_trace t, lateral (
    select split_part(piece, ',', 1)::bigint as chunk_id, ${sql.join(
      counts.map(
        (name, i) =>
          sql`coalesce(nullif(split_part(piece, ',', ${sql.lit(i + 2)}), ''), '0')::bigint as ${sql.ref(name)}`,
      ),
    )}
    from string_to_table(t.shares, ';') piece
  ) s where ${where}`;

/** The chunks that rows of `usage_trace` name, as a query: `chunk_id`, once for each time. */
const chunksOf = (from: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`select split_part(piece, ',', 1)::bigint as chunk_id from ${from} t, string_to_table(t.shares, ';') piece`;

export const tracedChunks = (where: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`${chunksOf(sql`usage_trace`)} where ${where}`;

/**
 * Deletes what is kept of where numbers came from that are gone, in the transaction that deletes these: one that comes again must not be
 * explained by what was in the one of before. The caller holds `lockShares`.
 * @param before all that is gone was received before
 * @returns how many rows
 */
export async function deleteTraces(trx: Db, before: number): Promise<bigint> {
  const { rows } = await sql<{ gone: number }>`
    with gone as (
        delete from usage_trace t
        where t.received_at < ${before} and not exists (select from usage u where ${sameKey('u', 't')}) returning t.shares
      ),
      less as (
        update chunk k set traced = k.traced - n.times
        from (select chunk_id, count(*) as times from (${chunksOf(sql`gone`)}) c group by chunk_id) n where k.id = n.chunk_id
      )
    select count(*) as gone from gone`.execute(trx);
  return BigInt(rows[0]?.gone ?? 0);
}
