import { sql } from 'kysely';
import type { Notice } from '../core/notice.js';
import { type AuditRecord, appendAudits } from './audit.js';
import type { Db } from './tables.js';
import { json, text, time } from './values.js';

// Everything that leaves the house waits here first, written in the transaction that made it news. Deliveries of one subject
// on one channel go in their order; other subjects are not held up by them.

/** No delivery waits longer: what is due later was put off before the clock went back. */
const longestWaitMs = 2 * 3_600_000;

/** Of `outbox o`: no older delivery of its subject on its channel waits. */
const isFirst = sql`not exists (
  select from outbox earlier
  where earlier.state = 'pending' and earlier.channel = o.channel and earlier.subject = o.subject and earlier.id < o.id
)`;

/** A delivery in work. */
export interface OutboxItem {
  id: number;
  channel: string;
  notice: Notice;
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

/** Takes due deliveries: of each subject on a channel only the oldest. */
export async function takeDeliveries(db: Db, owner: string, now: number, limit: number): Promise<OutboxItem[]> {
  const { rows } = await sql<{ id: number; channel: string; notice: Notice; attempts: number }>`
    update outbox set lease_owner = ${owner}, attempts = attempts + 1
    where id in (
      select o.id from outbox o
      where o.state = 'pending' and o.lease_owner is null and (o.next_at <= ${now} or o.next_at > ${now + longestWaitMs})
        and ${isFirst}
      order by o.id limit ${limit} for update skip locked
    )
    returning id, channel, notice, attempts`.execute(db);
  return rows.sort((a, b) => a.id - b.id);
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
    const records: AuditRecord[] = [];
    for (const { id, outcome } of settled) {
      const why = outcome.why === undefined ? null : text(outcome.why).slice(0, 500);
      const row = await trx
        .updateTable('outbox')
        .set(
          'nextAt' in outcome
            ? { lease_owner: null, next_at: time(outcome.nextAt) ?? 0, why }
            : { lease_owner: null, state: outcome.state, done_at: outcome.now, why },
        )
        .where('id', '=', id)
        .where('lease_owner', '=', owner)
        .returning(['notice_id', 'channel', 'subject', 'attempts', sql<string>`notice->>'kind'`.as('kind')])
        .executeTakeFirst();
      if (row === undefined || 'nextAt' in outcome) continue;
      const { notice_id, channel, subject, attempts, kind } = row;
      records.push({
        at: outcome.now,
        who: 'service',
        action: `notice.${outcome.state}`,
        subject: notice_id,
        details: { channel, kind, about: subject, attempts, ...(why !== null && { why }) },
      });
    }
    await appendAudits(trx, records);
  });
}

/** Ends a delivery and keeps nothing of it. */
export async function forgetDelivery(db: Db, id: number, owner: string): Promise<void> {
  await db.deleteFrom('outbox').where('id', '=', id).where('lease_owner', '=', owner).execute();
}

/** When the next delivery is due, behind none of its subject; undefined: none waits. */
export async function nextDelivery(db: Db, now: number): Promise<number | undefined> {
  const { rows } = await sql<{ at: number | null }>`
    select min(case when o.next_at > ${now + longestWaitMs} then ${now}::bigint else o.next_at end) as at
    from outbox o where o.state = 'pending' and o.lease_owner is null and ${isFirst}`.execute(db);
  return rows[0]?.at ?? undefined;
}

/** Deliveries by channel and state: for metrics and `doctor`. */
export async function countDeliveries(db: Db): Promise<{ channel: string; state: string; count: number }[]> {
  const { rows } = await sql<{ channel: string; state: string; count: number }>`
    select channel, state, count(*) as count from outbox group by channel, state order by channel, state`.execute(db);
  return rows;
}
