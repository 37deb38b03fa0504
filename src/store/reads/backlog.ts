import { sql } from 'kysely';
import type { Db } from '../tables.js';

/** What waits, and what was set aside. Times are milliseconds since 1970; null: there is none. */
export interface Backlog {
  pending: number;
  oldestPending: number | null;
  /** Chunks whose bytes were gone before they were read. */
  lost: number;
  /** Records that ended their reader. */
  quarantined: number;
  waitingNotices: number;
  oldestNotice: number | null;
  refusedNotices: number;
  /** Why the last one was refused. */
  refusedWhy: string | null;
}

export async function loadBacklog(db: Db): Promise<Backlog> {
  const { rows } = await sql<Backlog>`
    select
      (select count(*) from chunk where state = 'pending') as pending,
      (select min(received_at) from chunk where state = 'pending') as "oldestPending",
      (select count(*) from chunk where state <> 'done' and state = 'lost') as lost,
      (select count(*) from quarantine) as quarantined,
      (select count(*) from outbox where state = 'pending') as "waitingNotices",
      (select min(created_at) from outbox where state = 'pending') as "oldestNotice",
      (select count(*) from outbox where state = 'refused') as "refusedNotices",
      (select why from outbox where state = 'refused' order by done_at desc nulls last, id desc limit 1) as "refusedWhy"`.execute(
    db,
  );
  const [backlog] = rows;
  if (backlog === undefined) throw new Error('the database gave no answer');
  return backlog;
}
