import { sql } from 'kysely';
import type { Db } from '../tables.js';

/** How deliveries of a channel went, as far as the outbox still has them. Times are milliseconds since 1970; null: never. */
export interface ChannelHealth {
  channel: string;
  lastSent: number | null;
  /** Notices that wait, and of these those that were tried in vain. */
  waiting: number;
  failing: number;
  /** Why the last try of one that waits failed. */
  failingWhy: string | null;
  lastRefused: number | null;
  refusedWhy: string | null;
}

// A mail to a person waits for its hour, and says so in the same place.
const inVain = sql`state = 'pending' and why is not null and notice->>'kind' <> 'nudge'`;

/** Of each channel with a delivery, in the order of their ids. */
export async function loadChannelHealth(db: Db): Promise<ChannelHealth[]> {
  const { rows } = await sql<ChannelHealth>`
    select channel,
      max(done_at) filter (where state = 'sent') as "lastSent",
      count(*) filter (where state = 'pending') as waiting,
      count(*) filter (where ${inVain}) as failing,
      (array_agg(why order by id desc) filter (where ${inVain}))[1] as "failingWhy",
      max(done_at) filter (where state = 'refused') as "lastRefused",
      (array_agg(why order by done_at desc nulls last, id desc) filter (where state = 'refused'))[1] as "refusedWhy"
    from outbox group by channel order by channel collate "C"`.execute(db);
  return rows;
}
