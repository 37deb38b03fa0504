import type { BadRecord } from '../../core/audit-walk.js';
import { appendAudit, wasSaid } from '../../store/audit.js';
import { addNotice } from '../../store/outbox.js';
import { badSentence, brokenNotice, type SignedSize } from './notices.js';
import type { CheckpointParts } from './parts.js';

/**
 * Tells outside, in the log of the service and in the audit log itself that the audit log is not what was signed. Done again it tells
 * nothing new.
 */
export async function reportBroken(
  { db, now, log, audit, alarm }: CheckpointParts,
  bad: BadRecord,
  known: SignedSize | undefined,
): Promise<void> {
  log.error({ record: bad.index + 1, why: bad.why, known: known?.size }, badSentence(bad));
  const at = now();
  const notice = brokenNotice(bad, known, at);
  await db.transaction().execute(async (trx) => {
    await addNotice(trx, notice, [...new Set([...alarm, ...audit.channels])], at);
    if (await wasSaid(trx, 'audit.broken', notice.id)) return;
    await appendAudit(trx, { at, who: 'service', action: 'audit.broken', subject: notice.id, details: notice.details });
  });
}
