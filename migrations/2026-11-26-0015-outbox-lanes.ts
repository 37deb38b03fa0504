import { type Kysely, sql } from 'kysely';

// Frozen: a released step is never edited, the next change is the next file. It imports no application code, so that it
// means the same for ever. Runs on PostgreSQL 14 and later. Times are milliseconds since 1970.

/** A channel takes its deliveries in their order, however many wait in it or in others; and those that failed are few. */
export async function up(db: Kysely<unknown>): Promise<void> {
  await sql`create index outbox_lane on outbox (channel, id) where state = 'pending'`.execute(db);
  await sql`create index outbox_tried on outbox (channel, subject) where state = 'pending' and attempts > 0`.execute(
    db,
  );
  await sql`drop index outbox_pending`.execute(db);
}
