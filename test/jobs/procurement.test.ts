import { beforeAll, beforeEach, expect, it } from 'vitest';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import type { Db } from '../../src/store/tables.js';
import { loadUsage } from '../../src/store/usage.js';
import { service } from '../helpers/service.js';
import { dated, workbookOf } from '../helpers/xlsx.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, push, type TestService, testService } from './helpers.js';

const services = [
  service({
    id: 'chat',
    hosts: ['chat.example'],
    merchants: [{ descriptor: 'CHATCO SUBSCRIPTION', account: 'personal' }],
  }),
  service({ id: 'draw', hosts: ['draw.example'], merchants: [{ descriptor: 'DRAWCO STUDIO' }] }),
];
const header = ['Transaction Date', 'Employee', 'Merchant', 'Amount', 'Currency'];

await describeOnDatabases('expenses', (server) => {
  let db: Db;
  let made: TestService;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(async () => {
    await clear(db);
    made = await testService(db, { services });
  });

  /** Day, service, actor, events and money of all use. */
  const paid = async (): Promise<string[]> =>
    (await loadUsage(db)).map(
      ({ day, service: id, actor, events, spend }) =>
        `${day} ${id} ${actor.id} ${events} ${[...spend].map(([currency, amount]) => `${currency} ${amount}`).join(' ')}`,
    );

  it('come in as a workbook, of which every sheet counts and a damaged one is a known gap', async () => {
    const sheet = (name: string, serial: number) => ({
      name,
      rows: [header, [dated(serial), 'ada', 'CHATCO SUBSCRIPTION 12', 20, 'USD'] as const],
    });
    const bytes = workbookOf({
      sheets: [sheet('September', 46270), sheet('October', 46300), sheet('Broken', 46301)],
      parts: { 'xl/worksheets/sheet3.xml': '<worksheet><sheetData><row><c' },
    });
    await ingest(made.context, await push(made, bytes));
    expect(await paid()).toEqual(['2026-09-05 chat ada 1 USD 2000', '2026-10-05 chat ada 1 USD 2000']);
    const chunk = await db.selectFrom('chunk').selectAll().executeTakeFirstOrThrow();
    expect(chunk).toMatchObject({ state: 'done', format: 'expense-csv', error: expect.stringContaining('Broken: ') });
  });
});
