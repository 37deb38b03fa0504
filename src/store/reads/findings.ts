import type { FindingState, StoredFinding } from '../../core/finding-state.js';
import type { Db } from '../tables.js';

/** Place of a finding in the list: the list goes by risk, the highest first, then by id. */
export interface FindingPlace {
  risk: number;
  id: string;
}

/** Findings behind `after`, the riskiest first. */
export async function listFindings(
  db: Db,
  ask: {
    state?: FindingState | undefined;
    verdict?: string | undefined;
    after?: FindingPlace | undefined;
    limit: number;
  },
): Promise<StoredFinding[]> {
  const { after } = ask;
  let query = db.selectFrom('finding').select('body');
  if (ask.state !== undefined) query = query.where('state', '=', ask.state);
  if (ask.verdict !== undefined) query = query.where('verdict', '=', ask.verdict);
  if (after !== undefined)
    query = query
      .where('risk', '<=', after.risk)
      .where((eb) => eb.or([eb('risk', '<', after.risk), eb('id', '>', after.id)]));
  const rows = await query.orderBy('risk', 'desc').orderBy('id').limit(ask.limit).execute();
  return rows.map((row) => row.body);
}

export async function loadFinding(db: Db, id: string): Promise<StoredFinding | undefined> {
  return (await db.selectFrom('finding').select('body').where('id', '=', id).executeTakeFirst())?.body;
}
