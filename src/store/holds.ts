import { type RawBuilder, sql } from 'kysely';
import { appendAudit } from './audit.js';
import type { Db } from './tables.js';

/** What must not be deleted, whatever its age. Absent parts mean all; days are `YYYY-MM-DD`, both inclusive. */
export interface HoldScope {
  service?: string | undefined;
  source?: string | undefined;
  /** Id of an actor, as kept in the roll-up. */
  actor?: string | undefined;
  from?: string | undefined;
  to?: string | undefined;
}

export interface LegalHold {
  id: number;
  scope: HoldScope;
  reason: string;
  who: string;
  at: number;
}

/** Sets a legal hold: retention leaves alone what it covers. */
export async function setHold(db: Db, hold: Omit<LegalHold, 'id'>): Promise<number> {
  return db.transaction().execute(async (trx) => {
    const { id } = await trx
      .insertInto('legal_hold')
      .values({ ...hold, scope: JSON.stringify(hold.scope) as unknown as Record<string, unknown> })
      .returning('id')
      .executeTakeFirstOrThrow();
    await appendAudit(trx, {
      at: hold.at,
      who: hold.who,
      action: 'hold.set',
      subject: String(id),
      details: { scope: hold.scope, reason: hold.reason },
    });
    return id;
  });
}

/** Ends a legal hold. False: there is none with this id that still holds. */
export async function releaseHold(db: Db, id: number, who: string, at: number): Promise<boolean> {
  return db.transaction().execute(async (trx) => {
    const result = await trx
      .updateTable('legal_hold')
      .set({ released_at: at, released_by: who })
      .where('id', '=', id)
      .where('released_at', 'is', null)
      .executeTakeFirst();
    if (result.numUpdatedRows === 0n) return false;
    await appendAudit(trx, { at, who, action: 'hold.released', subject: String(id), details: {} });
    return true;
  });
}

export async function loadHolds(db: Db): Promise<LegalHold[]> {
  const rows = await db.selectFrom('legal_hold').selectAll().where('released_at', 'is', null).orderBy('id').execute();
  return rows.map(({ id, scope, reason, who, at }) => ({ id, scope: scope as HoldScope, reason, who, at }));
}

/**
 * A condition that is true where no hold covers the row. Give what the row knows as SQL; what it cannot know is taken as covered, so
 * that a hold keeps too much rather than too little.
 */
export function notHeld(row: {
  service?: RawBuilder<unknown>;
  source?: RawBuilder<unknown>;
  actor?: RawBuilder<unknown>;
  firstDay?: RawBuilder<unknown>;
  lastDay?: RawBuilder<unknown>;
}): RawBuilder<boolean> {
  const covers = [sql`h.released_at is null`];
  for (const name of ['service', 'source', 'actor'] as const) {
    const value = row[name];
    if (value !== undefined)
      covers.push(sql`(h.scope->>${sql.lit(name)} is null or h.scope->>${sql.lit(name)} = ${value})`);
  }
  if (row.lastDay !== undefined)
    covers.push(
      sql`(h.scope->>'from' is null or ${row.lastDay} is null or (h.scope->>'from')::date <= ${row.lastDay})`,
    );
  if (row.firstDay !== undefined)
    covers.push(sql`(h.scope->>'to' is null or ${row.firstDay} is null or (h.scope->>'to')::date >= ${row.firstDay})`);
  return sql<boolean>`not exists (select from legal_hold h where ${sql.join(covers, sql` and `)})`;
}
