import { type RawBuilder, sql } from 'kysely';
import { forgetLists } from './blocklists.js';
import { forgetGone } from './collected.js';
import { notHeld } from './holds.js';
import { monthPartitions } from './partitions.js';
import { forgetPeople } from './person-history.js';
import type { Db } from './tables.js';
import { deleteTraces, foldShares, lockShares, sameKey } from './traces.js';
import { lockUsageAlone } from './usage.js';

/** Before these instants (milliseconds since 1970) things are deleted; undefined: they are kept for ever. */
export interface RetentionCutoffs {
  /** Raw bytes of pushed data: after this a chunk cannot be scanned again. */
  input: number | undefined;
  usage: number | undefined;
  evidence: number | undefined;
  quarantine: number | undefined;
  history: number | undefined;
  /** Keys by which pushes that are sent again are known. */
  pushKeys: number;
}

/**
 * Deletes what is older than it may be, by the time of receipt: what a record says of its own time neither saves nor dooms it. What a
 * legal hold covers stays. In transactions of their own: done again after a kill it goes on.
 * @returns rows deleted by table, those that are not 0
 */
export async function applyRetention(db: Db, cutoffs: RetentionCutoffs): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  const note = (table: string, rows: bigint | undefined): void => {
    const more = Number(rows ?? 0n);
    if (more > 0) deleted[table] = (deleted[table] ?? 0) + more;
  };
  const chunkFree = notHeld({ source: sql`k.source`, firstDay: dayOfMs(sql`k.first`), lastDay: dayOfMs(sql`k.last`) });
  const oldChunk = (before: number): RawBuilder<boolean> => sql<boolean>`
    k.received_at < ${before} and k.state not in ('pending', 'split') and ${chunkFree}
      and not exists (select from chunk p where p.parent_id = k.id and p.state = 'pending')`;
  const ofOldChunks = async (table: 'chunk_input' | 'candidate', before: number): Promise<void> => {
    const { numAffectedRows } = await sql`
      delete from ${sql.table(table)} t using chunk k where k.id = t.chunk_id and ${oldChunk(before)}`.execute(db);
    note(table, numAffectedRows);
  };

  if (cutoffs.input !== undefined) {
    await ofOldChunks('chunk_input', cutoffs.input);
    // Parts of a divided chunk read the bytes of the whole.
    const { numAffectedRows } = await sql`
      delete from chunk_input t using chunk k
      where k.id = t.chunk_id and k.state = 'split' and k.received_at < ${cutoffs.input} and ${chunkFree}
        and not exists (select from chunk p where p.parent_id = k.id and p.state = 'pending')`.execute(db);
    note('chunk_input', numAffectedRows);
    await foldShares(db, oldChunk(cutoffs.input));
  }
  if (cutoffs.usage !== undefined) {
    const free = notHeld({
      service: sql`t.service`,
      source: sql`t.source`,
      actor: sql`t.actor`,
      firstDay: sql`t.day`,
      lastDay: sql`t.day`,
    });
    // A share of a number that is gone could not be taken out of it, however long its chunk could be scanned again.
    await foldShares(db, sql`k.received_at < ${cutoffs.usage}`);
    for (const [table, rows] of Object.entries(await deleteUsage(db, cutoffs.usage, free))) note(table, rows);
    const dayFree = notHeld({
      service: sql`t.service`,
      source: sql`t.source`,
      firstDay: sql`t.day`,
      lastDay: sql`t.day`,
    });
    note('usage_day', await deleteDays(db, sql`t.received_at < ${cutoffs.usage} and ${dayFree}`));
    // Kinds of use name no actor, so a hold on one keeps all of them.
    const useFree = notHeld({
      service: sql`t.service`,
      source: sql`k.source`,
      firstDay: sql`t.day`,
      lastDay: sql`t.day`,
    });
    const { numAffectedRows } = await sql`
      delete from chunk_use t using chunk k
      where k.id = t.chunk_id and k.received_at < ${cutoffs.usage} and k.state not in ('pending', 'split') and ${useFree}
        and not exists (select from chunk p where p.parent_id = k.id and p.state = 'pending')`.execute(db);
    note('chunk_use', numAffectedRows);
    // One that counts stays as long as the number that it is a part of.
    note(
      'expense',
      await deleteExpenses(
        db,
        sql`k.received_at < ${cutoffs.usage} and ${free}
      and not (t.counted and exists (select from usage u where ${sameKey('u', 't')}))`,
      ),
    );
    note('person_history', await forgetPeople(db, cutoffs.usage));
    await dropEmptyMonths(db, new Date(cutoffs.usage).toISOString().slice(0, 7));
  }
  if (cutoffs.evidence !== undefined) {
    const free = notHeld({
      service: sql`t.service`,
      source: sql`k.source`,
      actor: sql`t.actor`,
      firstDay: dayOfMs(sql`t.time`),
      lastDay: dayOfMs(sql`t.time`),
    });
    const { numAffectedRows } = await sql`
      delete from evidence t using chunk k
      where k.id = t.chunk_id and k.received_at < ${cutoffs.evidence} and ${free}`.execute(db);
    note('evidence', numAffectedRows);
    await ofOldChunks('candidate', cutoffs.evidence);
  }
  if (cutoffs.quarantine !== undefined) {
    const { numAffectedRows } = await sql`
      delete from quarantine t where t.at < ${cutoffs.quarantine} and ${notHeld({ source: sql`t.source` })}`.execute(
      db,
    );
    note('quarantine', numAffectedRows);
  }
  const keys = await db.deleteFrom('push_key').where('at', '<', cutoffs.pushKeys).executeTakeFirst();
  note('push_key', keys.numDeletedRows);
  if (cutoffs.history !== undefined) await deleteHistory(db, cutoffs.history, chunkFree, note);
  return deleted;
}

/** Deletes numbers, and what says how they came about. */
const deleteUsage = (db: Db, before: number, free: RawBuilder<boolean>): Promise<Record<string, bigint>> =>
  db.transaction().execute(async (trx) => {
    await lockShares(trx);
    const usage = await sql`delete from usage t where t.received_at < ${before} and ${free}`.execute(trx);
    return { usage: usage.numAffectedRows ?? 0n, usage_trace: await deleteTraces(trx, before) };
  });

/** Deletes payments of chunks `k`. Whether one counts is decided under the same lock. */
const deleteExpenses = (db: Db, old: RawBuilder<unknown>): Promise<bigint> =>
  db.transaction().execute(async (trx) => {
    await lockUsageAlone(trx);
    const { numAffectedRows } = await sql`
      delete from expense t using chunk k
      where k.id = t.chunk_id and k.state not in ('pending', 'split') and ${old}
        and not exists (select from chunk p where p.parent_id = k.id and p.state = 'pending')`.execute(trx);
    return numAffectedRows ?? 0n;
  });

/** Deletes rows of `usage_day`, and takes them out of the sum over it. */
const deleteDays = (db: Db, old: RawBuilder<unknown>): Promise<bigint> =>
  db.transaction().execute(async (trx) => {
    await sql`select pg_advisory_xact_lock(hashtext('halflight usage'))`.execute(trx);
    const { rows } = await sql<{ gone: number }>`
      with gone as (delete from usage_day t where ${old} returning *),
        less as (
          select day, service, sum(events) as events, sum(attempts) as attempts, sum(bytes_out) as bytes_out,
            sum(bytes_in) as bytes_in
          from gone group by day, service
        ),
        changed as (
          update usage_service_day u set events = u.events - l.events, attempts = u.attempts - l.attempts,
            bytes_out = greatest(0, u.bytes_out - l.bytes_out), bytes_in = greatest(0, u.bytes_in - l.bytes_in)
          from less l where u.day = l.day and u.service = l.service
        )
      select count(*) as gone from gone`.execute(trx);
    await sql`delete from usage_service_day where events <= 0 and attempts <= 0`.execute(trx);
    return BigInt(rows[0]?.gone ?? 0);
  });

async function deleteHistory(
  db: Db,
  before: number,
  chunkFree: RawBuilder<boolean>,
  note: (table: string, rows: bigint | undefined) => void,
): Promise<void> {
  // A chunk goes with all that hangs on it, so not before that may go; its parts go with it. As long as a number is kept it can be
  // told from which chunks it came.
  const without = (table: 'chunk_usage' | 'evidence' | 'expense'): RawBuilder<boolean> => sql<boolean>`
    not exists (select from ${sql.table(table)} t where t.chunk_id = k.id)
      and not exists (select from chunk p join ${sql.table(table)} t on t.chunk_id = p.id where p.parent_id = k.id)`;
  const chunks = await sql`
    delete from chunk k
    where k.received_at < ${before} and k.parent_id is null and k.state <> 'pending' and k.traced = 0 and ${chunkFree}
      and ${without('chunk_usage')} and ${without('evidence')} and ${without('expense')}
      and not exists (select from chunk p where p.parent_id = k.id and (p.state = 'pending' or p.traced > 0))`.execute(
    db,
  );
  note('chunk', chunks.numAffectedRows);
  const findings = await sql`
    delete from finding f
    where f.state = 'resolved' and f.updated_at < ${before} and ${notHeld({ service: sql`f.service` })}
      and not exists (select from usage_day u where u.service = f.service)`.execute(db);
  note('finding', findings.numAffectedRows);
  const hours = await db
    .deleteFrom('source_hour')
    .where('hour', '<', Math.floor(before / 3_600_000))
    .executeTakeFirst();
  note('source_hour', hours.numDeletedRows);
  const gaps =
    await sql`delete from source_gap t where t.at < ${before} and ${notHeld({ source: sql`t.source` })}`.execute(db);
  note('source_gap', gaps.numAffectedRows);
  for (const [table, rows] of Object.entries(await forgetGone(db, before))) note(table, BigInt(rows));
  // A browser that was silent for so long enrols anew.
  const devices = await sql`
    delete from device t where coalesce(greatest(t.last_at, t.revoked_at), t.enrolled_at) < ${before}
      and ${notHeld({ source: sql`t.source` })}`.execute(db);
  note('device', devices.numAffectedRows);
  const outbox = await db
    .deleteFrom('outbox')
    .where('state', '<>', 'pending')
    .where('done_at', '<', before)
    .executeTakeFirst();
  note('outbox', outbox.numDeletedRows);
  await deleteAlerts(db, before, note);
  const reports = await sql`
    delete from report t where t.at < ${before}
      and ${notHeld({ firstDay: sql`t.period_from`, lastDay: sql`t.period_to` })}`.execute(db);
  note('report', reports.numAffectedRows);
  for (const [table, rows] of Object.entries(await forgetLists(db, before))) note(table, BigInt(rows));
  // The newest slot of each job is the memory of its schedule.
  const runs = await sql`
    delete from job_run r where r.finished_at < ${before} and r.state in ('done', 'failed')
      and exists (select from job_run later where later.job = r.job and later.slot > r.slot)`.execute(db);
  note('job_run', runs.numAffectedRows);
}

/** Alerts that are over, with their history; and facts, of which the newest of each scope is what the next is compared with. */
async function deleteAlerts(
  db: Db,
  before: number,
  note: (table: string, rows: bigint | undefined) => void,
): Promise<void> {
  const alerts = await sql`
    delete from alert a where a.state = 'resolved' and a.changed_at < ${before} and a.next_at is null
      and ${notHeld({ service: sql`a.service`, source: sql`a.source` })}`.execute(db);
  note('alert', alerts.numAffectedRows);
  const facts = await sql`
    delete from alert_fact f where f.at < ${before}
      and exists (select from alert_fact later where later.scope = f.scope and later.id > f.id)`.execute(db);
  note('alert_fact', facts.numAffectedRows);
}

/** Drops months that have nothing any more and will get nothing. */
async function dropEmptyMonths(db: Db, before: string): Promise<void> {
  for (const name of await monthPartitions(db)) {
    if (name.slice(-7).replace('_', '-') >= before) continue;
    if (await hasRows(db, name)) continue;
    await db.transaction().execute(async (trx) => {
      await sql`select pg_advisory_xact_lock(hashtext('halflight partitions'))`.execute(trx);
      // The whole before its part, as who saves locks them: else they could wait for each other.
      await sql`lock table only usage in access exclusive mode`.execute(trx);
      await sql`lock table ${sql.table(name)} in access exclusive mode`.execute(trx);
      if (!(await hasRows(trx, name))) await sql`drop table ${sql.table(name)}`.execute(trx);
    });
  }
}

const hasRows = async (db: Db, table: string): Promise<boolean> =>
  (await sql`select 1 from ${sql.table(table)} limit 1`.execute(db)).rows.length > 0;

// Within what PostgreSQL has dates for, whatever a record says.
const dayOfMs = (ms: RawBuilder<unknown>): RawBuilder<unknown> =>
  sql`(to_timestamp(least(greatest(${ms}, -62135596800000), 253402300799000) / 1000.0) at time zone 'UTC')::date`;
