import { type Kysely, sql } from 'kysely';
import { isConnectionError } from './errors.js';
import type { Db, Tables } from './tables.js';

// The schedule's memory: a job runs once for each of its slots, whoever notices the slot and however often.

/** Notes that a slot is due. False: it was noted before. */
export async function noteSlot(db: Db, job: string, slot: number): Promise<boolean> {
  const row = await db
    .insertInto('job_run')
    .values({ job, slot, state: 'queued' })
    .onConflict((conflict) => conflict.columns(['job', 'slot']).doNothing())
    .returning('job')
    .executeTakeFirst();
  return row !== undefined;
}

/** Notes where the schedule of a job begins: a slot that counts as done. */
export async function noteBeginning(db: Db, job: string, slot: number, now: number): Promise<void> {
  await db
    .insertInto('job_run')
    .values({ job, slot, state: 'done', finished_at: now, outcome: 'the schedule begins here' })
    .onConflict((conflict) => conflict.columns(['job', 'slot']).doNothing())
    .execute();
}

/** The last slot of a job that was noted, up to `upTo`; undefined: none. */
export async function lastSlot(db: Db, job: string, upTo: number): Promise<number | undefined> {
  const row = await db
    .selectFrom('job_run')
    .select((eb) => eb.fn.max('slot').as('slot'))
    .where('job', '=', job)
    .where('slot', '<=', upTo)
    .executeTakeFirst();
  return row?.slot ?? undefined;
}

/** A run that came to its end. */
export interface FinishedRun {
  outcome: string;
  /** Milliseconds since 1970. */
  at: number;
}

/** The newest run of a job that came to its end, or of those whose outcome begins with a text; undefined: there is none. */
export async function lastFinished(db: Db, job: string, beginning = ''): Promise<FinishedRun | undefined> {
  const row = await db
    .selectFrom('job_run')
    .select(['outcome', 'finished_at'])
    .where('job', '=', job)
    .where('state', 'in', ['done', 'failed'])
    .where('finished_at', 'is not', null)
    .where((eb) => eb(eb.fn('left', ['outcome', eb.val(beginning.length)]), '=', beginning))
    .orderBy('slot', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row && { outcome: row.outcome ?? '', at: row.finished_at ?? 0 };
}

/** Slots that were noted and never finished. */
export async function unfinishedSlots(db: Db): Promise<{ job: string; slot: number }[]> {
  return db
    .selectFrom('job_run')
    .select(['job', 'slot'])
    .where('state', 'in', ['queued', 'running'])
    .orderBy('slot')
    .execute();
}

/** What became of `exclusively`. */
export type Ran<T> = { ran: true; value: T } | { ran: false };

/**
 * Runs work while holding a lock that only one process can hold; where another holds it nothing is run. The lock is bound to
 * a connection of its own: it goes with the process that dies.
 */
export async function exclusively<T>(db: Db, name: string, work: () => Promise<T>): Promise<Ran<T>> {
  return db.connection().execute(async (connection) => {
    if (!(await tryLock(connection, name))) return { ran: false };
    try {
      return { ran: true, value: await work() };
    } finally {
      await sql`select pg_advisory_unlock(hashtextextended(${name}, 0))`.execute(connection).catch(() => {});
    }
  });
}

async function tryLock(connection: Kysely<Tables>, name: string): Promise<boolean> {
  const { rows } = await sql<{ held: boolean }>`
    select pg_try_advisory_lock(hashtextextended(${name}, 0)) as held`.execute(connection);
  return rows[0]?.held === true;
}

/**
 * Runs a slot of a job, unless it is done or at work elsewhere. A slot whose process died is run again: jobs bear that.
 * @param also done in the transaction that keeps the outcome
 * @returns what the work returned, or `skipped`
 */
export async function runSlot(
  db: Db,
  { job, slot }: { job: string; slot: number },
  work: () => Promise<string>,
  now: () => number,
  also?: (trx: Db) => Promise<void>,
): Promise<'skipped' | 'done' | 'failed'> {
  const ran = await exclusively(db, `job ${job}`, async () => {
    const row = await db
      .updateTable('job_run')
      .set((eb) => ({ state: 'running', started_at: now(), attempts: eb('attempts', '+', 1) }))
      .where('job', '=', job)
      .where('slot', '=', slot)
      .where('state', 'in', ['queued', 'running'])
      .returning('attempts')
      .executeTakeFirst();
    if (row === undefined) return 'skipped';
    const settle = (state: 'done' | 'failed' | 'queued', outcome: string) =>
      db.transaction().execute(async (trx) => {
        await trx
          .updateTable('job_run')
          .set({ state, outcome: outcome.slice(0, 500), finished_at: now() })
          .where('job', '=', job)
          .where('slot', '=', slot)
          .execute();
        await also?.(trx);
      });
    try {
      await settle('done', await work());
      return 'done';
    } catch (error) {
      // A few tries, as a server may have been away. That the database was away says nothing about the job and never ends it.
      const last = row.attempts >= maxAttempts && !isConnectionError(error);
      await settle(last ? 'failed' : 'queued', error instanceof Error ? error.message : String(error));
      throw error;
    }
  });
  return ran.ran ? ran.value : 'skipped';
}

const maxAttempts = 5;

/**
 * Tries to lead: while the returned promise is pending this process holds the lock. `lead` is called once it does and should
 * return when its signal is aborted, which happens when the connection, and with it the lock, is lost.
 * @returns false where another process leads
 */
export async function leadWhile(
  db: Db,
  name: string,
  signal: AbortSignal,
  lead: (signal: AbortSignal) => Promise<void>,
  checkEvery = 2000,
): Promise<boolean> {
  const ran = await db.connection().execute(async (connection) => {
    if (!(await tryLock(connection, name))) return false;
    const lost = new AbortController();
    const stop = AbortSignal.any([signal, lost.signal]);
    const check = setInterval(() => {
      sql`select 1`.execute(connection).catch(() => lost.abort());
    }, checkEvery);
    try {
      await lead(stop);
    } finally {
      clearInterval(check);
      await sql`select pg_advisory_unlock(hashtextextended(${name}, 0))`.execute(connection).catch(() => {});
    }
    return true;
  });
  return ran;
}

/** Tries of a job in a row that failed since one succeeded, and what the last one said. */
export async function jobStanding(db: Db, job: string): Promise<{ failures: number; outcome: string | null }> {
  const { rows } = await sql<{ failures: number; outcome: string | null }>`
    with later as (
      select * from job_run where job = ${job} and state <> 'done'
        and slot > coalesce((select max(slot) from job_run where job = ${job} and state = 'done'), -1)
    )
    select coalesce(sum(attempts), 0)::bigint as failures,
      (select outcome from later where outcome is not null order by slot desc limit 1) as outcome
    from later`.execute(db);
  return rows[0] ?? { failures: 0, outcome: null };
}
