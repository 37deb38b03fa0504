import { beforeAll, beforeEach, expect, it } from 'vitest';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { reResolve } from '../../src/jobs/people/re-resolve.js';
import { syncRegisters } from '../../src/jobs/sync-registers.js';
import { readPeople } from '../../src/people/read-people.js';
import { replayChunks } from '../../src/store/chunk-ends.js';
import { keepState } from '../../src/store/collected.js';
import { applyRetention } from '../../src/store/retention.js';
import type { Db } from '../../src/store/tables.js';
import { loadUsage } from '../../src/store/usage.js';
import { loadUses } from '../../src/store/uses.js';
import { service } from '../helpers/service.js';
import { dated, workbookOf } from '../helpers/xlsx.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { clear, dayMs, noon, push, type TestService, testService } from './helpers.js';

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

  const csv = (...lines: readonly string[]): string =>
    `${header.join(',')}\n${lines.map((line) => `${line}\n`).join('')}`;
  const take = async (text: string | Buffer, key?: string): Promise<number> => {
    const id = await push(made, text, 'proxy', key);
    await ingest(made.context, id);
    return id;
  };
  const september = '2026-09-05,ada,CHATCO SUBSCRIPTION,20.00,USD';
  const october = '2026-10-05,ada,CHATCO SUBSCRIPTION,20.00,USD';
  const coffee = '2026-10-06,bob,DRAWCO STUDIO,4.50,USD';

  it('that stand in two exports count once, whichever came first and in whatever form', async () => {
    await take(csv(september, october));
    await take(csv(october, coffee));
    await take(
      workbookOf({
        sheets: [
          {
            name: 'All',
            rows: [
              header,
              [dated(46301), 'Bob', 'drawco studio', 4.5, 'USD'],
              [dated(46300), 'ADA', 'CHATCO Subscription', 20, 'USD'],
            ],
          },
        ],
      }),
    );
    expect(await paid()).toEqual([
      '2026-09-05 chat ada 1 USD 2000',
      '2026-10-05 chat ada 1 USD 2000',
      '2026-10-06 draw bob 1 USD 450',
    ]);
    expect(await loadUses(db)).toMatchObject([
      { service: 'chat', events: 2 },
      { service: 'draw', events: 1 },
    ]);
  });

  it('by the number of an employee are of the person, of the people file or of a directory; nobody has a number that two have', async () => {
    const people = (numbers: readonly (readonly [string, string])[]) =>
      db.transaction().execute((trx) =>
        keepState(
          trx,
          'proxy',
          {
            kind: 'person',
            run: '1',
            items: numbers.map(([name, employeeId]) => ({
              id: name,
              body: { id: name, emails: [`${name}@acme.example`], employeeId },
            })),
            complete: true,
          },
          noon,
        ),
      );
    await people([
      ['max', '0012'],
      ['eve', '77'],
      ['eva', '77'],
    ]);
    const file = readPeople('employee id,email\n4711,jane@acme.example\n', 'people.csv').people;
    await syncRegisters(made.context, { people: file, inventory: undefined });
    const row = (number: string): string => `2026-10-05,${number},DRAWCO STUDIO,4.50,USD\n`;
    await take(`Date,Employee Number,Merchant,Amount,Currency\n${['4711', '0012', '77', '99'].map(row).join('')}`);
    await reResolve(made.context, new AbortController().signal);
    expect((await loadUsage(db)).map(({ actor }) => `${actor.kind} ${actor.id}`)).toEqual([
      'person 4711',
      'person max@acme.example',
      'user 77',
      'user 99',
    ]);
  });

  it('given back lower what was spent, also to nothing, and a yen has no hundredths', async () => {
    await take(
      csv(
        '2026-10-05,ada,CHATCO SUBSCRIPTION,20.00,USD',
        '2026-10-05,ada,CHATCO SUBSCRIPTION,-5.00,USD',
        '2026-10-06,bob,DRAWCO STUDIO,3000,JPY',
        '2026-10-06,bob,DRAWCO STUDIO,(3000),JPY',
        '2026-10-07,bob,DRAWCO STUDIO,1.250,KWD',
      ),
    );
    expect((await paid()).map((row) => row.replace(/ \d+ (?=[A-Z]{3} )/, ' '))).toEqual([
      '2026-10-05 chat ada USD 1500',
      '2026-10-06 draw bob JPY 0',
      '2026-10-07 draw bob KWD 1250',
    ]);
  });

  it('that are equal in one file are as many as it has, also where it came in pieces', async () => {
    await take(csv(coffee, coffee));
    await take(csv(coffee));
    expect(await paid()).toEqual(['2026-10-06 draw bob 2 USD 900']);
    await take(csv(coffee, coffee), 'stream-7:0-120');
    await take(csv(coffee), 'stream-7:120-180');
    expect(await paid()).toEqual(['2026-10-06 draw bob 3 USD 1350']);
  });

  it('with a transaction id are known by it: another writing of merchant and person is the same, another id is another', async () => {
    const head = 'Transaction ID,Date,Cardholder,Merchant,Amount,Currency\n';
    await take(`${head}TX-100001,2026-10-06,bob,DRAWCO STUDIO,4.50,USD\n`);
    await take(
      `${head}tx-100001,2026-10-06,cy,DRAWCO STUDIO 44,4.50,USD\nTX-100002,2026-10-06,bob,DRAWCO STUDIO,4.50,USD\n`,
    );
    expect((await paid()).map((row) => row.replace(/ (bob|cy) /, ' x '))).toEqual(['2026-10-06 draw x 2 USD 900']);
  });

  it('count for the export that knows who paid', async () => {
    const head = 'Transaction ID,Date,Cost Center,Employee,Merchant,Amount,Currency\n';
    await take(`${head}TX-100001,2026-10-06,CC9,,DRAWCO STUDIO,4.50,USD\n`);
    await take(`${head}TX-100001,2026-10-06,CC9,bob,DRAWCO STUDIO,4.50,USD\n`);
    await take(`${head}TX-100001,2026-10-06,CC1,,DRAWCO STUDIO,4.50,USD\n`);
    expect(await paid()).toEqual(['2026-10-06 draw bob 1 USD 450']);
  });

  it('a replay under another catalog changes nothing else', async () => {
    const head = 'Transaction ID,Date,Employee,Merchant,Amount,Currency\n';
    await take(
      `${head}TX-100001,2026-10-06,ada,CHATCO SUBSCRIPTION,4.50,USD\nTX-100002,2026-10-06,ada,DRAWCO STUDIO,5,USD\n`,
    );
    await take(`${head}TX-100001,2026-10-06,bob,CHATCO SUBSCRIPTION,4.50,USD\n`);
    const before = await paid();
    expect(before).toEqual(['2026-10-06 chat ada 1 USD 450', '2026-10-06 draw ada 1 USD 500']);
    const replay = async (all: typeof services): Promise<string[]> => {
      made = await testService(db, { services: all });
      for (const id of await replayChunks(db, {})) await ingest(made.context, id);
      return paid();
    };
    expect(await replay(services.slice(0, 1))).toEqual(['2026-10-06 chat ada 1 USD 450']);
    expect(await replay(services)).toEqual(before);
    expect(await replay(services)).toEqual(before);
  });

  it('that are taken over at the same time neither count twice nor wait for each other for ever', async () => {
    const ids = await Promise.all(
      Array.from({ length: 6 }, (_, n) =>
        push(made, csv(september, october, coffee, ...(n % 2 === 0 ? [coffee] : []))),
      ),
    );
    await Promise.all(ids.map((id) => ingest(made.context, id)));
    expect(await paid()).toEqual([
      '2026-09-05 chat ada 1 USD 2000',
      '2026-10-05 chat ada 1 USD 2000',
      '2026-10-06 draw bob 2 USD 900',
    ]);
  });

  it('stay known when the share of their chunk is long gone, and go with the rest of the use', async () => {
    await take(csv(october));
    made.clock.now += 40 * dayMs;
    const none = {
      input: undefined,
      usage: undefined,
      evidence: undefined,
      quarantine: undefined,
      history: undefined,
      pushKeys: 0,
    };
    await applyRetention(db, { ...none, input: made.clock.now - 30 * dayMs });
    await take(csv(october, coffee));
    expect(await paid()).toEqual(['2026-10-05 chat ada 1 USD 2000', '2026-10-06 draw bob 1 USD 450']);
    await applyRetention(db, { ...none, usage: made.clock.now + 1 });
    expect(await paid()).toEqual([]);
    expect(await db.selectFrom('expense').selectAll().execute()).toEqual([]);
  });
});
