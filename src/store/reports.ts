import { createHash } from 'node:crypto';
import { sql } from 'kysely';
import type { ReportRole } from '../core/report-role.js';
import { appendAudit } from './audit.js';
import type { ReportTable } from './report-table.js';
import type { Db } from './tables.js';
import { text } from './values.js';

/** Which report: one of a list, for one period, and of one group where it is a manager's. */
export interface ReportKey {
  list: string;
  period: string;
  /** Empty where it is about no single group. */
  group: string;
}

/** A report as it is kept, without the document. */
export interface KeptReport extends ReportKey {
  id: string;
  role: ReportRole;
  names: boolean;
  from: string;
  to: string;
  edition: number;
  catalogHash: string;
  inventoryHash: string;
  hash: string;
  /** When it was made, milliseconds since 1970. */
  at: number;
}

const described = [
  'id',
  'list',
  'role',
  'actor_group',
  'names',
  'period',
  'period_from',
  'period_to',
  'edition',
  'catalog_hash',
  'inventory_hash',
  'hash',
  'at',
] as const;

const keptOf = (row: Pick<ReportTable, (typeof described)[number]>): KeptReport => ({
  id: row.id,
  list: row.list,
  role: row.role,
  group: row.actor_group,
  names: row.names,
  period: row.period,
  from: row.period_from,
  to: row.period_to,
  edition: row.edition,
  catalogHash: row.catalog_hash,
  inventoryHash: row.inventory_hash,
  hash: row.hash,
  at: row.at,
});

/** A name for files and addresses, of hexadecimal digits alone: nothing that a list or group is called gets into it. */
export const reportId = ({ list, period, group }: ReportKey, edition: number): string =>
  `r_${createHash('sha256')
    .update([list, period, group, String(edition)].join('\0'))
    .digest('hex')
    .slice(0, 32)}`;

/** The newest edition of a report; undefined: it was not made yet. */
export async function lastEdition(db: Db, { list, period, group }: ReportKey): Promise<KeptReport | undefined> {
  const row = await db
    .selectFrom('report')
    .select(described)
    .where('list', '=', list)
    .where('period', '=', period)
    .where('actor_group', '=', text(group))
    .orderBy('edition', 'desc')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : keptOf(row);
}

/** The newest edition of any list that was made like this: what the same report said before. */
export async function lastEditionLike(
  db: Db,
  { period, role, group, names }: Pick<KeptReport, 'period' | 'role' | 'group' | 'names'>,
): Promise<KeptReport | undefined> {
  const row = await db
    .selectFrom('report')
    .select(described)
    .where('period', '=', period)
    .where('role', '=', role)
    .where('actor_group', '=', text(group))
    .where('names', '=', names)
    .orderBy('edition', 'desc')
    .orderBy('at')
    .orderBy('id')
    .limit(1)
    .executeTakeFirst();
  return row === undefined ? undefined : keptOf(row);
}

/**
 * Keeps a report with its document and says so in the audit log, within the caller's transaction. False: this edition is there already.
 */
export async function saveReport(
  trx: Db,
  report: Omit<KeptReport, 'id'>,
  document: string,
): Promise<{ id: string; isNew: boolean }> {
  const id = reportId(report, report.edition);
  const row = await trx
    .insertInto('report')
    .values({
      id,
      list: report.list,
      role: report.role,
      actor_group: text(report.group),
      names: report.names,
      period: report.period,
      period_from: report.from,
      period_to: report.to,
      edition: report.edition,
      catalog_hash: report.catalogHash,
      inventory_hash: report.inventoryHash,
      document: text(document),
      hash: report.hash,
      at: report.at,
    })
    .onConflict((conflict) => conflict.doNothing())
    .returning('id')
    .executeTakeFirst();
  if (row === undefined) return { id, isNew: false };
  const { list, period, role, group, names, edition, hash, catalogHash, inventoryHash, at } = report;
  await appendAudit(trx, {
    at,
    who: 'service',
    action: names ? 'report.made_with_names' : 'report.made',
    subject: id,
    details: { list, period, role, group, edition, hash, catalog: catalogHash, inventory: inventoryHash },
  });
  return { id, isNew: true };
}

/** A kept report with its document, JSON text; undefined: there is none. */
export async function loadReport(db: Db, id: string): Promise<(KeptReport & { document: string }) | undefined> {
  const row = await db.selectFrom('report').selectAll().where('id', '=', id).executeTakeFirst();
  return row === undefined ? undefined : { ...keptOf(row), document: row.document };
}

/** Kept reports, the newest first; behind the one with this time and id. */
export async function listReports(
  db: Db,
  { limit, after, list }: { limit: number; after?: { at: number; id: string } | undefined; list?: string | undefined },
): Promise<KeptReport[]> {
  let query = db.selectFrom('report').select(described);
  if (list !== undefined) query = query.where('list', '=', list);
  if (after !== undefined)
    query = query.where('at', '<=', after.at).where((eb) => eb.or([eb('at', '<', after.at), eb('id', '>', after.id)]));
  return (await query.orderBy('at', 'desc').orderBy('id').limit(limit).execute()).map(keptOf);
}

/** The newest reports of a list that still may need a correction: those of these periods. */
export async function newestPeriods(db: Db, list: string, limit: number): Promise<string[]> {
  const { rows } = await sql<{ period: string }>`
    select period from report where list = ${list} group by period order by max(period_to) desc, period desc limit ${limit}`.execute(
    db,
  );
  return rows.map(({ period }) => period);
}

/** Pieces of input with records of days from `start` to `end` that came after an instant: late for who reported before. */
export async function lateInputs(
  db: Db,
  { start, end, since }: { start: number; end: number; since: number },
): Promise<{ chunks: number; records: number }> {
  const { rows } = await sql<{ chunks: number; records: number }>`
    select count(*) as chunks, coalesce(sum(records), 0)::bigint as records from chunk
    where state = 'done' and first < ${end} and last >= ${start} and greatest(received_at, scanned_at) > ${since}`.execute(
    db,
  );
  return rows[0] ?? { chunks: 0, records: 0 };
}
