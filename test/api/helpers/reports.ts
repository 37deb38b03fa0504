import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import { reportId, saveReport } from '../../../src/store/reports.js';
import type { Db } from '../../../src/store/tables.js';
import { noon } from './seed.js';

const key = { list: 'board', group: '', period: '2026-W40' };
/** The id of the report that `keepReport` keeps. */
export const reportOfSeed = reportId(key, 1);

const document: ReportDocument = {
  title: 'Weekly AI report',
  subtitle: 'Week 40 of 2026',
  about: [{ label: 'Period', value: '2026-W40' }],
  at: noon,
  answer: 'Nobody used <script>alert(1)</script>.',
  blocks: [],
};

/** Keeps a report of a list, as the service does. @returns its id */
export async function keepReport(db: Db, { list = key.list, names = false } = {}): Promise<string> {
  const about = {
    from: '2026-09-28',
    to: '2026-10-04',
    edition: 1,
    catalogHash: 'c',
    inventoryHash: 'i',
    hash: 'h',
    at: noon,
  };
  const { id } = await db
    .transaction()
    .execute((trx) => saveReport(trx, { ...key, ...about, list, names, role: 'admin' }, JSON.stringify(document)));
  return id;
}
