import { chainBeginning, chainHash } from '../../core/audit-chain.js';
import { loadAudit } from '../audit.js';
import type { Db } from '../tables.js';

/**
 * Walks the last `most` records of the audit chain: what the walk of a whole long chain would be too slow for. That the record before
 * them is the right one is taken on trust. `badSeq`: the first record that does not fit.
 */
export async function verifyAuditTail(
  db: Db,
  most: number,
): Promise<{ records: number; from: number; badSeq: number | undefined; head: string }> {
  const last = await db.selectFrom('audit').select('seq').orderBy('seq', 'desc').limit(1).executeTakeFirst();
  let seq = Math.max(0, (last?.seq ?? 0) - most);
  const from = seq + 1;
  let previous: string | undefined = seq === 0 ? chainBeginning : undefined;
  for (;;) {
    const rows = await loadAudit(db, { after: seq, limit: 5000 });
    for (const row of rows) {
      const fits = row.seq === seq + 1 && (previous === undefined || row.previous === previous);
      if (!fits || row.hash !== chainHash(row))
        return { records: seq - from + 1, from, badSeq: seq + 1, head: previous ?? '' };
      [seq, previous] = [row.seq, row.hash];
    }
    if (rows.length === 0) return { records: seq - from + 1, from, badSeq: undefined, head: previous ?? '' };
  }
}
