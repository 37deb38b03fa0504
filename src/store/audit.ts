import { sql } from 'kysely';
import { type ChainRecord, chainBeginning, chainHash } from '../core/audit-chain.js';
import { walkAudit } from './audit-walk.js';
import type { Db } from './tables.js';
import { text } from './values.js';

// The append-only log of what people and the service decide. Each record holds the hash of the one before it, so that a change,
// a gap or another order shows. The database refuses changes; the chain shows what got around that, and checkpoints
// (checkpoints.ts) what got around the chain.

/** Something that was decided or done. */
export interface AuditRecord {
  /** Milliseconds since 1970. For people: the order is that of `seq`. */
  at: number;
  /** Who: `cli:USER`, `token:ID`, `service`. */
  who: string;
  /** `token.created`, `configuration.changed`, `hold.set`, `replay.started` ... */
  action: string;
  /** What it was done to. */
  subject: string;
  /** More about it: plain JSON without secrets and without names of people from logs. */
  details: Readonly<Record<string, unknown>>;
}

/** Appends within the caller's transaction, or in one of its own. Writers wait for each other until their commits. */
export const appendAudit = (db: Db, record: AuditRecord): Promise<void> => appendAudits(db, [record]);

/** Appends several, in their order, under one lock. */
export async function appendAudits(db: Db, records: readonly AuditRecord[]): Promise<void> {
  if (records.length === 0) return;
  if (!db.isTransaction) {
    await db.transaction().execute((trx) => appendAudits(trx, records));
    return;
  }
  await sql`select pg_advisory_xact_lock(hashtext('halflight audit'))`.execute(db);
  const last = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  let [seq, previous] = [last?.seq ?? 0, last?.hash ?? chainBeginning];
  const rows: ChainRecord[] = [];
  for (const record of records) {
    const row = {
      seq: ++seq,
      at: Math.round(record.at),
      who: text(record.who),
      action: text(record.action),
      subject: text(record.subject),
      details: text(JSON.stringify(record.details)),
      previous,
    };
    previous = chainHash(row);
    rows.push({ ...row, hash: previous });
  }
  await db.insertInto('audit').values(rows).execute();
}

/** Whether the log has a record of this action on this subject. */
export async function wasSaid(db: Db, action: string, subject: string): Promise<boolean> {
  const row = await db
    .selectFrom('audit')
    .select('seq')
    .where('action', '=', action)
    .where('subject', '=', subject)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** A text of the details of the newest record of this action on this subject; undefined: there is none. */
export async function lastDetail(
  db: Db,
  { action, subject, name }: { action: string; subject: string; name: string },
): Promise<string | undefined> {
  const row = await db
    .selectFrom('audit')
    .select('details')
    .where('action', '=', action)
    .where('subject', '=', subject)
    .orderBy('seq', 'desc')
    .limit(1)
    .executeTakeFirst();
  const value = row && (JSON.parse(row.details) as Record<string, unknown>)[name];
  return typeof value === 'string' ? value : undefined;
}

/** Records after `after`, oldest first. */
export async function loadAudit(
  db: Db,
  { after = 0, limit = 1000 }: { after?: number; limit?: number } = {},
): Promise<ChainRecord[]> {
  return db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute();
}

/** Walks the whole chain. `badSeq`: the first record that does not fit. */
export async function verifyAudit(db: Db): Promise<{ records: number; badSeq: number | undefined; head: string }> {
  const { records, bad, head } = await walkAudit(db);
  return { records, badSeq: bad === undefined ? undefined : bad.index + 1, head };
}
