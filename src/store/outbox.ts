import { sql } from 'kysely';
import type { Notice } from '../core/notice.js';
import { type AuditRecord, appendAudits } from './audit.js';
import type { Db } from './tables.js';
import { json, text, time } from './values.js';

// Everything that leaves the house waits here first, written in the transaction that made it news. A channel delivers in the order
// of the rows, one after the other and one process at a time. What failed waits for its time, and with it what comes behind it
// about the same subject; the others of the channel pass.

/** No delivery waits longer: what is due later was put off before the clock went back. */
export const longestWaitMs = 2 * 3_600_000;

/** A delivery in work. */
export interface OutboxItem {
  id: number;
  channel: string;
  notice: Notice;
  subject: string;
  attempts: number;
}

/** Puts a notice in for each channel. The same notice again changes nothing. Part of the caller's transaction. */
export async function addNotice(db: Db, notice: Notice, channels: readonly string[], now: number): Promise<void> {
  for (const channel of channels) {
    await db
      .insertInto('outbox')
      .values({
        notice_id: notice.id,
        channel,
        subject: notice.subject,
        notice: json(notice) as unknown as Notice,
        next_at: now,
        created_at: now,
      })
      .onConflict((conflict) => conflict.columns(['notice_id', 'channel']).doNothing())
      .execute();
  }
}

/** Channels for which something waits: one look into an index for each, however much it is. */
export async function waitingChannels(db: Db): Promise<string[]> {
  const { rows } = await sql<{ channel: string }>`
    with recursive lane as (
      (select channel from outbox where state = 'pending' order by channel limit 1)
      union all
      select (select o.channel from outbox o where o.state = 'pending' and o.channel > lane.channel order by o.channel limit 1)
      from lane where lane.channel is not null
    )
    select channel from lane where channel is not null`.execute(db);
  return rows.map((row) => row.channel);
}

/**
 * Takes deliveries of a channel in their order. Nothing while another process is at the channel. What the same process took is taken again,
 * in its turn: a process asks when it is at nothing of the channel, so that it knows nothing of it, as the database went away before its
 * answer. `fresh`: only what was never tried.
 */
export async function takeDeliveries(
  db: Db,
  {
    channel,
    owner,
    now,
    limit,
    fresh = false,
  }: {
    channel: string;
    owner: string;
    now: number;
    limit: number;
    fresh?: boolean;
  },
): Promise<OutboxItem[]> {
  const ripe = sql`(next_at <= ${now} or next_at > ${now + longestWaitMs})`;
  return db.transaction().execute(async (trx) => {
    // Two that look at the same time would both find nobody at work.
    await sql`select pg_advisory_xact_lock(hashtext('halflight deliver'), hashtext(${channel}))`.execute(trx);
    const { rows: tried } = await sql<{ subject: string; owner: string | null; ripe: boolean }>`
      select subject, lease_owner as owner, ${ripe} as ripe from outbox
      where channel = ${channel} and state = 'pending' and attempts > 0`.execute(trx);
    if (tried.some((row) => row.owner !== null && row.owner !== owner)) return [];
    const held = tried.filter((row) => !row.ripe || fresh).map((row) => row.subject);
    const { rows } = await sql<OutboxItem>`
      update outbox set lease_owner = ${owner}, attempts = attempts + 1
      where id in (
        select id from outbox where channel = ${channel} and state = 'pending'
          and (lease_owner is null or lease_owner = ${owner}) and not subject = any(${held}::text[]) order by id limit ${limit}
      )
      returning id, channel, notice, subject, attempts`.execute(trx);
    return rows.sort((a, b) => a.id - b.id);
  });
}

/** What became of a delivery: sent, refused, or to be tried again at `nextAt`. */
export type DeliveryOutcome =
  | { state: 'sent' | 'refused'; why?: string | undefined; now: number }
  | { nextAt: number; why: string };

/** As `settleDeliveries`, of one. */
export const settleDelivery = (db: Db, id: number, owner: string, outcome: DeliveryOutcome): Promise<void> =>
  settleDeliveries(db, owner, [{ id, outcome }]);

/**
 * Ends deliveries, in one transaction with what the audit log says of those that are settled: one record each, as an alert that was sent
 * or refused is a fact that somebody will ask for. The lock of the log is taken once for all of them.
 */
export async function settleDeliveries(
  db: Db,
  owner: string,
  settled: readonly { id: number; outcome: DeliveryOutcome }[],
): Promise<void> {
  await db.transaction().execute(async (trx) => {
    const ends = settled.map(({ id, outcome }) => ({
      id,
      state: 'nextAt' in outcome ? 'pending' : outcome.state,
      next_at: 'nextAt' in outcome ? (time(outcome.nextAt) ?? 0) : null,
      done_at: 'nextAt' in outcome ? null : Math.round(outcome.now),
      why: outcome.why === undefined ? null : text(outcome.why).slice(0, 500),
    }));
    // All in one statement: a hundred thousand of their own, one behind the other, would take longer than sending.
    const { rows } = await sql<SettledRow>`
      update outbox o set lease_owner = null, state = e.state, next_at = coalesce(e.next_at, o.next_at), done_at = e.done_at, why = e.why
      from jsonb_to_recordset(${json(ends)}) as e (id bigint, state text, next_at bigint, done_at bigint, why text)
      where o.id = e.id and o.lease_owner = ${owner}
      returning o.id, o.notice_id, o.channel, o.subject, o.attempts, o.notice->>'kind' as kind`.execute(trx);
    const kept = new Map(rows.map((row) => [row.id, row]));
    const records: AuditRecord[] = [];
    for (const { id, state, done_at: at, why } of ends) {
      const row = kept.get(id);
      if (row === undefined || at === null) continue;
      const { notice_id, channel, subject, attempts, kind } = row;
      records.push({
        at,
        who: 'service',
        action: `notice.${state}`,
        subject: notice_id,
        details: { channel, kind, about: subject, attempts, ...(why !== null && { why }) },
      });
    }
    await appendAudits(trx, records);
  });
}

interface SettledRow {
  id: number;
  notice_id: string;
  channel: string;
  subject: string;
  attempts: number;
  kind: string;
}

/** Ends a delivery and keeps nothing of it. */
export async function forgetDelivery(db: Db, id: number, owner: string): Promise<void> {
  await db.deleteFrom('outbox').where('id', '=', id).where('lease_owner', '=', owner).execute();
}

/** Gives back deliveries that were taken and not tried. */
export async function giveBackDeliveries(db: Db, ids: readonly number[], owner: string): Promise<void> {
  await db
    .updateTable('outbox')
    .set((eb) => ({ lease_owner: null, attempts: eb('attempts', '-', 1) }))
    .where('id', 'in', ids)
    .where('lease_owner', '=', owner)
    .execute();
}

/** What failed on a channel is due at `at` at the latest: with the next try of the channel as a whole, so that the order is kept. */
export async function gatherDeliveries(db: Db, channel: string, at: number): Promise<void> {
  await sql`update outbox set next_at = ${at}
    where channel = ${channel} and state = 'pending' and attempts > 0 and lease_owner is null and next_at > ${at}`.execute(
    db,
  );
}

/** When the first of those that failed on a channel is due; undefined: none did. */
export async function nextDelivery(db: Db, channel: string): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`
    select min(next_at) as at from outbox
    where channel = ${channel} and state = 'pending' and attempts > 0 and lease_owner is null`.execute(db);
  return rows[0]?.at ?? undefined;
}

/**
 * Refuses what waits for a channel that is no longer there: the oldest `limit`, with a record of the audit log for each. Of the kind
 * `forget` nothing is kept.
 * @returns how many; 0: nothing waits any more, or only what is in work
 */
export async function refuseDeliveries(
  db: Db,
  channel: string,
  { why, now, limit, forget }: { why: string; now: number; limit: number; forget: string },
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const waiting = sql`select id from outbox where channel = ${channel} and state = 'pending' and lease_owner is null
      order by id limit ${limit} for update skip locked`;
    const { rows } = await sql<{ id: number; notice_id: string; subject: string; attempts: number; kind: string }>`
      update outbox set state = 'refused', done_at = ${now}, why = ${why}, attempts = attempts + 1
      where id in (${waiting}) returning id, notice_id, subject, attempts, notice->>'kind' as kind`.execute(trx);
    const forgotten = rows.filter(({ kind }) => kind === forget).map(({ id }) => id);
    if (forgotten.length > 0) await trx.deleteFrom('outbox').where('id', 'in', forgotten).execute();
    const kept = rows.filter(({ kind }) => kind !== forget).sort((a, b) => a.id - b.id);
    await appendAudits(
      trx,
      kept.map(({ notice_id, subject, attempts, kind }) => ({
        at: now,
        who: 'service',
        action: 'notice.refused',
        subject: notice_id,
        details: { channel, kind, about: subject, attempts, why },
      })),
    );
    return rows.length;
  });
}

/** Deliveries by channel and state: for metrics and `doctor`. */
export async function countDeliveries(db: Db): Promise<{ channel: string; state: string; count: number }[]> {
  const { rows } = await sql<{ channel: string; state: string; count: number }>`
    select channel, state, count(*) as count from outbox group by channel, state order by channel, state`.execute(db);
  return rows;
}
