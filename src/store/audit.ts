import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { Db } from './tables.js';
import { text } from './values.js';

// The append-only log of what people and the service decide. Each record holds the hash of the one before it, so that a change,
// a gap or another order shows. The database refuses changes; the chain shows what got around that.

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

/** Hash of the record before the first. */
const beginning = '0'.repeat(64);

/** The hash of a record: SHA-256 over a JSON array of all that it holds and the hash before it. */
export function auditHash(record: {
  seq: number;
  at: number;
  who: string;
  action: string;
  subject: string;
  details: string;
  previous: string;
}): string {
  const { seq, at, who, action, subject, details, previous } = record;
  return createHash('sha256')
    .update(JSON.stringify([seq, at, who, action, subject, details, previous]))
    .digest('hex');
}

/** Appends within the caller's transaction, or in one of its own. Writers wait for each other until their commits. */
export async function appendAudit(db: Db, record: AuditRecord): Promise<void> {
  if (!db.isTransaction) {
    await db.transaction().execute((trx) => appendAudit(trx, record));
    return;
  }
  await sql`select pg_advisory_xact_lock(hashtext('halflight audit'))`.execute(db);
  const last = await db.selectFrom('audit').select(['seq', 'hash']).orderBy('seq', 'desc').limit(1).executeTakeFirst();
  const row = {
    seq: (last?.seq ?? 0) + 1,
    at: Math.round(record.at),
    who: text(record.who),
    action: text(record.action),
    subject: text(record.subject),
    details: text(JSON.stringify(record.details)),
    previous: last?.hash ?? beginning,
  };
  await db
    .insertInto('audit')
    .values({ ...row, hash: auditHash(row) })
    .execute();
}

/** Records after `after`, oldest first. */
export async function loadAudit(
  db: Db,
  { after = 0, limit = 1000 }: { after?: number; limit?: number } = {},
): Promise<(Omit<AuditRecord, 'details'> & { seq: number; details: string; previous: string; hash: string })[]> {
  return db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(limit).execute();
}

/** Walks the whole chain. `badSeq`: the first record that does not fit. */
export async function verifyAudit(db: Db): Promise<{ records: number; badSeq: number | undefined; head: string }> {
  let [seq, previous] = [0, beginning];
  for (;;) {
    // Numbers as text: somebody who changes them may write one that no number here can hold.
    const { rows: found } = await sql<Record<keyof Parameters<typeof auditHash>[0] | 'hash', string>>`
      select seq::text, at::text, who, action, subject, details, previous, hash from audit
      where audit.seq > ${seq} order by audit.seq limit 5000`.execute(db);
    const rows = found.map((row) => ({ ...row, seq: Number(row.seq), at: Number(row.at) }));
    for (const row of rows) {
      if (row.seq !== seq + 1 || row.previous !== previous || row.hash !== auditHash(row))
        return { records: seq, badSeq: seq + 1, head: previous };
      [seq, previous] = [row.seq, row.hash];
    }
    if (rows.length === 0) return { records: seq, badSeq: undefined, head: previous };
  }
}
