import { sql } from 'kysely';
import type { AccountKind, Strength } from '../core/hit.js';
import type { Provenance } from '../core/provenance.js';
import type { Db } from './tables.js';

/** Use of one service by one person, together for each kind of account and proof. */
export interface PersonUse {
  /** Id of the person. */
  person: string;
  service: string;
  accountKind: AccountKind;
  strength: Strength;
  provenance: Provenance;
  /** The last day. */
  day: string;
  events: number;
}

/** What people did from one day to another, both inclusive; of persons alone, and only what went through. */
export async function loadPersonUse(db: Db, from: string, to: string): Promise<PersonUse[]> {
  const { rows } = await sql<PersonUse>`
    select actor as person, service, account_kind as "accountKind", strength, provenance, max(day) as day,
      sum(events) as events
    from usage
    where actor_kind = 'person' and day between ${from}::date and ${to}::date and events > 0
    group by actor, service, account_kind, strength, provenance
    order by actor, service, account_kind, strength, provenance`.execute(db);
  return rows;
}

/** What is kept of mails, by pseudonym. */
export async function loadNudges(db: Db): Promise<Map<string, { service: string; day: string }[]>> {
  const byPerson = new Map<string, { service: string; day: string }[]>();
  for (const { person, service, day } of await db.selectFrom('nudge').selectAll().execute()) {
    const list = byPerson.get(person) ?? [];
    byPerson.set(person, list);
    list.push({ service, day });
  }
  return byPerson;
}

/** Keeps that a person is written to. False: it was kept before. Part of the caller's transaction, which holds the lock. */
export async function addNudge(trx: Db, nudge: { person: string; service: string; day: string }): Promise<boolean> {
  const row = await trx
    .insertInto('nudge')
    .values(nudge)
    .onConflict((conflict) => conflict.columns(['person', 'service']).doNothing())
    .returning('person')
    .executeTakeFirst();
  return row !== undefined;
}

/** Makes those who decide on mails wait for each other, until the end of the transaction. */
export const lockNudges = async (trx: Db): Promise<void> => {
  await sql`select pg_advisory_xact_lock(hashtext('halflight nudges'))`.execute(trx);
};

/** Deletes what is kept of mails of before a day. @returns rows */
export async function forgetNudges(db: Db, before: string): Promise<number> {
  const { numDeletedRows } = await db.deleteFrom('nudge').where('day', '<', before).executeTakeFirst();
  return Number(numDeletedRows);
}
