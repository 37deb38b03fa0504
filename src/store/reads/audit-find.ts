import type { ChainRecord } from '../../core/audit-chain.js';
import type { Db } from '../tables.js';

/** Which records; absent parts mean all. Times in milliseconds since 1970, `until` exclusive. */
export interface AuditFilter {
  since?: number | undefined;
  until?: number | undefined;
  /** The action, or the beginning of it before a full stop: `hold` finds `hold.set`. */
  action?: string | undefined;
  subject?: string | undefined;
}

/** Records behind number `after` that the filter lets through, oldest first. */
export async function findAudit(
  db: Db,
  { since, until, action, subject }: AuditFilter,
  { after = 0, limit = 1000 }: { after?: number; limit?: number } = {},
): Promise<ChainRecord[]> {
  let query = db.selectFrom('audit').selectAll().where('seq', '>', after).orderBy('seq').limit(limit);
  if (since !== undefined) query = query.where('at', '>=', since);
  if (until !== undefined) query = query.where('at', '<', until);
  if (subject !== undefined) query = query.where('subject', '=', subject);
  if (action !== undefined)
    query = query.where((eb) =>
      eb.or([eb('action', '=', action), eb.and([eb('action', '>', `${action}.`), eb('action', '<', `${action}/`)])]),
    );
  return query.execute();
}
