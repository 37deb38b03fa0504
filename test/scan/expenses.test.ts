import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import fc from 'fast-check';
import { afterAll, describe, expect, it } from 'vitest';
import type { Event } from '../../src/core/event.js';
import { countedOnce, type Expense } from '../../src/core/expense.js';
import { expenseIdentity } from '../../src/scan/expense-identity.js';
import { scan } from '../../src/scan/scan.js';
import { findInputs, type NotRead } from '../../src/scan/walk.js';
import { ownCatalog, scanOptions } from '../helpers/scan.js';
import { dated, workbookOf } from '../helpers/xlsx.js';
import { usage } from '../store/helpers/results.js';

const folder = mkdtempSync(join(tmpdir(), 'halflight-expenses-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const options = await scanOptions(ownCatalog());

/** Scans files in the order of their names. */
async function scanAll(files: Readonly<Record<string, string | Buffer>>) {
  const inside = mkdtempSync(join(folder, 'scan-'));
  for (const [name, content] of Object.entries(files)) writeFileSync(join(inside, name), content);
  const notRead: NotRead[] = [];
  return scan(
    findInputs([inside], new Set(), (problem) => notRead.push(problem)),
    notRead,
    options,
  );
}

const header = 'Transaction Date,Employee,Merchant,Amount,Currency\n';
const openai = 'OPENAI *CHATGPT SUBSCR';
const line = (day: string, who = 'jane', amount = '20.00'): string => `${day},${who},${openai},${amount},USD\n`;

describe('an expense that stands in two exports of one scan', () => {
  it('counts once in use, money, kinds of use and hits, and the report says how many did', async () => {
    const result = await scanAll({
      'q3.csv': header + line('2026-09-05') + line('2026-10-05'),
      'q4.csv': header + line('2026-10-05') + line('2026-11-05'),
      'same.xlsx': workbookOf({
        sheets: [{ name: 'S', rows: [header.trim().split(','), [dated(46300), 'Jane', openai, 20, 'USD']] }],
      }),
    });
    expect(result.usage.map(({ day, events, spend }) => [day, events, [...spend]])).toEqual([
      ['2026-09-05', 1, [['USD', 2000]]],
      ['2026-10-05', 1, [['USD', 2000]]],
      ['2026-11-05', 1, [['USD', 2000]]],
    ]);
    expect(result).toMatchObject({ hits: 3, repeated: 2 });
    expect(result.uses.reduce((sum, { events }) => sum + events, 0)).toBe(3);
    expect(result.inputs.map(({ hits }) => hits)).toEqual([2, 2, 1]);
  });

  it('is two where one file has it twice, and a refund is a payment of its own', async () => {
    const result = await scanAll({
      'a.csv': header + line('2026-10-05') + line('2026-10-05') + line('2026-10-05', 'jane', '-20.00'),
      'b.csv': header + line('2026-10-05') + line('2026-10-05', 'jane', '-20.00'),
    });
    expect(result.usage).toMatchObject([{ events: 3, spend: new Map([['USD', 2000]]) }]);
    expect(result.repeated).toBe(2);
  });

  it('of another person, day or amount is another', async () => {
    const result = await scanAll({
      'a.csv': header + line('2026-10-05'),
      'b.csv': header + line('2026-10-05', 'joe') + line('2026-10-06') + line('2026-10-05', 'jane', '25.00'),
    });
    expect(result.usage.reduce((sum, { events }) => sum + events, 0)).toBe(4);
    expect(result.repeated).toBe(0);
  });
});

describe('what tells one payment from another', () => {
  const event = (change: Partial<Event>): Event => ({
    kind: 'expense',
    action: 'allowed',
    line: 1,
    vendor_format: 'expense-csv',
    merchant: openai,
    amount: 2000,
    currency: 'USD',
    user: 'Doe, Jane',
    ...change,
  });
  const identity = (change: Partial<Event>, day = '2026-10-05'): string | undefined =>
    expenseIdentity(event(change), day, false, 0);

  it('writing does not, the cost centre only where nobody else is named', () => {
    expect(identity({ user: 'jane doe', merchant: ' openai * chatgpt  subscr ' })).toBe(identity({}));
    expect(identity({ cost_centre: 'CC1' })).toBe(identity({}));
    expect(identity({ user: undefined as never, cost_centre: 'CC1' })).not.toBe(
      identity({ user: undefined as never, cost_centre: 'CC2' }),
    );
  });
  it('a transaction id does, but no number of a row', () => {
    expect(identity({ event_id: '000123456', merchant: 'x' })).toBe(identity({ event_id: '123456' }));
    expect(identity({ event_id: 'TX-1' })).not.toBe(identity({ event_id: 'TX-2' }));
    expect(identity({ event_id: '17' })).toBe(identity({}));
  });
  it('without day and id nothing is known again', () => {
    expect(identity({}, '')).toBeUndefined();
    expect(identity({ event_id: 'TX-1' }, '')).toBeDefined();
  });
  it('what anybody could have sent does not take the place of what was seen, however often it says so', () => {
    const of = (provenance: Expense['usage']['provenance'], count: number): Expense[] =>
      Array.from({ length: count }, () => ({ identity: 'a', use: 'account', usage: usage({ provenance }) }));
    const counted = countedOnce([of('claimed', 3), of('observed', 1), of('unauthenticated', 5)]);
    expect(counted.map((item) => item.usage.provenance)).toEqual(['observed']);
  });
  it('the order of files changes nothing of what counts', () => {
    const expense = fc.record({ identity: fc.constantFrom('a', 'b', 'c'), who: fc.constantFrom('ada', 'bob') }).map(
      ({ identity: id, who }): Expense => ({
        identity: id,
        use: 'account',
        usage: usage({ actor: { kind: who === 'ada' ? 'person' : 'cost-centre', id: who, group: '' } }),
      }),
    );
    const shown = (expenses: readonly Expense[]): string[] =>
      expenses.map(({ identity: id, usage: { actor } }) => `${id} ${actor.id}`).sort();
    fc.assert(
      fc.property(fc.array(fc.array(expense, { maxLength: 6 }), { maxLength: 4 }), (files) => {
        const counted = countedOnce(files);
        for (const id of ['a', 'b', 'c']) {
          const most = Math.max(0, ...files.map((file) => file.filter((item) => item.identity === id).length));
          expect(counted.filter((item) => item.identity === id)).toHaveLength(most);
        }
        expect(shown(countedOnce(files.toReversed())).length).toBe(counted.length);
      }),
      { seed: 3 },
    );
  });
});
