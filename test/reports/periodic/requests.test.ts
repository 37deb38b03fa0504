import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { InventoryEntry } from '../../../src/core/register.js';
import type { TableBlock } from '../../../src/reports/blocks/block.js';
import { makeReport } from '../../../src/reports/periodic/make.js';
import { inventoryOn } from '../../../src/reports/periodic/registers.js';
import { setBaseInventory } from '../../../src/store/inventory.js';
import type { Db } from '../../../src/store/tables.js';
import { clear } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { approved, ask, at, plant } from './planted.js';

const entry = (id: string, change: Partial<InventoryEntry>): InventoryEntry => {
  const { approval_date: _, review_date: __, ...rest } = approved;
  return { ...rest, id, name: `The ${id}`, services: [id], status: 'in-review', ...change };
};

await describeOnDatabases('requests in the weekly report', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  it('say how long each has waited, against what was promised, and how many got their answer in time', async () => {
    let loads = 0;
    const load = (day: string, entries: InventoryEntry[]): Promise<unknown> =>
      db
        .transaction()
        .execute((trx) =>
          setBaseInventory(
            trx,
            { hash: `h${++loads}`, entries, origin: 'import', name: 'x.yaml', who: 'cli:ada', why: '' },
            at(day),
          ),
        );
    // Week 47 is 16 to 22 November; the promise is 5, 14 and 30 days by tier.
    const old = entry('old', { risk_tier: 2, approvers: [] });
    const code = entry('code', { risk_tier: 1 });
    const draw = entry('draw', { status: 'requested' });
    await load('2026-11-02', [old]);
    await load('2026-11-09', [old, code, entry('talk', { risk_tier: 1 })]);
    await load('2026-11-12', [old, code, { ...approved, id: 'talk', services: ['talk'] }]);
    await load('2026-11-20', [old, { ...code, status: 'denied' }, draw]);
    await load('2026-11-24', [old, { ...code, status: 'denied' }, { ...draw, status: 'approved' }]);
    await plant(db, 'week 46', [{ day: '2026-11-10', service: 'chat', who: 'a', group: 'Engineering' }]);
    await plant(db, 'week 47', [{ day: '2026-11-18', service: 'draw', who: 'a', group: 'Engineering' }]);
    const { document } = await makeReport(db, ask({}, { inventoryOn: (day) => inventoryOn(db, day, 'UTC') }));
    const rowsOf = (id: string): string[][] =>
      (document.blocks.find((block) => block.kind === 'table' && block.id === id) as TableBlock).rows.map((row) =>
        row.map(({ text }) => text),
      );
    expect(rowsOf('waiting')).toEqual([
      ['The old', '2', '2026-11-02', '20', '2026-11-16', 'nobody is named', 'late by 6 days'],
      ['The draw', '\u2013', '2026-11-20', '2', '2026-12-04', 'ciso', '12 days left, and used already'],
    ]);
    expect(rowsOf('overdue')).toEqual([
      ['The old', 'request', '2026-11-16 (6 days)', 'ada', 'Decide: it has waited since 2026-11-02.'],
    ]);
    // Now old (ran out on the 16th) and code (answered on the 20th, promised by the 14th, which was told last week); before: talk in time, code not.
    expect(rowsOf('measures').at(-1)).toEqual([
      '0 of 1 request were answered within the promised time.',
      '0 % (0/1)',
      '50 % (1/2)',
    ]);
  });
});
