import type { RecordedDecision } from '../core/decision.js';
import type { DecisionTable } from './inventory-tables.js';
import type { Db } from './tables.js';
import { json, text } from './values.js';

// What people decided about entries of the register, in the table `decision`. It is append-only; the audit log has each one too.

/** Decisions, oldest first. `before`: only what was recorded before this instant, seconding too (milliseconds since 1970). */
export async function loadRecordedDecisions(
  db: Db,
  { before, entry }: { before?: number; entry?: string } = {},
): Promise<RecordedDecision[]> {
  let query = db.selectFrom('decision').selectAll().orderBy('id');
  if (before !== undefined) query = query.where('at', '<', before);
  if (entry !== undefined) query = query.where('entry', '=', entry);
  return (await query.execute()).map((row) => {
    const seconded = row.seconded_at !== null && (before === undefined || row.seconded_at < before);
    return {
      id: row.id,
      subject: row.subject,
      entry: row.entry,
      action: row.action,
      until: row.until ?? undefined,
      conditions: row.conditions,
      why: row.why,
      who: row.who,
      recordedBy: row.recorded_by,
      at: row.at,
      baseHash: row.base_hash ?? undefined,
      body: row.body,
      secondedBy: seconded ? (row.seconded_by ?? undefined) : undefined,
      secondedAt: seconded ? (row.seconded_at ?? undefined) : undefined,
    };
  });
}

/** Appends a decision; its number. The caller holds `lockInventory`. */
export async function insertDecision(
  trx: Db,
  decision: Omit<RecordedDecision, 'id' | 'secondedBy' | 'secondedAt'>,
): Promise<number> {
  const row = await trx
    .insertInto('decision')
    .values({
      subject: text(decision.subject),
      entry: text(decision.entry),
      action: decision.action,
      until: decision.until ?? null,
      conditions: json(decision.conditions) as unknown as DecisionTable['conditions'],
      why: text(decision.why),
      who: text(decision.who),
      recorded_by: text(decision.recordedBy),
      at: Math.round(decision.at),
      base_hash: decision.baseHash ?? null,
      body: json(decision.body) as unknown as DecisionTable['body'],
      seconded_by: null,
      seconded_at: null,
    })
    .returning('id')
    .executeTakeFirstOrThrow();
  return row.id;
}

/** Puts a second person behind a decision. False: there is one already, or no such decision. */
export async function markSeconded(trx: Db, id: number, who: string, at: number): Promise<boolean> {
  const { numUpdatedRows } = await trx
    .updateTable('decision')
    .set({ seconded_by: text(who), seconded_at: Math.round(at) })
    .where('id', '=', id)
    .where('seconded_by', 'is', null)
    .executeTakeFirst();
  return numUpdatedRows > 0n;
}
