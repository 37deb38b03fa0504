import { beforeAll, expect, it } from 'vitest';
import { findingsOn } from '../../../src/reports/periodic/findings.js';
import type { Db } from '../../../src/store/tables.js';
import { clear } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { approved, ask, catalog, type Planted, plant } from './planted.js';

// Chat is approved for all. Five of Engineering use it, of whom two use code as well; talk is used by one of Sales, where nobody has chat.
const on = (service: string, group: string, people: readonly number[]): Planted[] =>
  people.flatMap((n) =>
    ['2026-11-02', '2026-11-10', '2026-11-18'].map((day) => ({
      day,
      service,
      who: `${group}-${n}`,
      group,
      attempts: n % 2,
    })),
  );
const rows = [
  ...on('chat', 'Engineering', [1, 2, 3, 4, 5]),
  ...on('code', 'Engineering', [4, 5, 6]),
  ...on('talk', 'Sales', [1]),
  ...on('draw', 'Sales', [1, 2]),
  ...on('unlisted', 'Sales', [3]),
];
const judging = {
  catalog,
  entries: [approved, { ...approved, id: 'unlisted-too', services: ['unlisted-too'] }],
  zone: 'UTC',
  window: 90,
  quiet: 30,
};

await describeOnDatabases('findings of a report, judged some services together', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
    await clear(db);
    await plant(db, 'everything', rows);
  });
  const found = (batchRows: number, group?: string) =>
    findingsOn(db, ask().period.to, { ...judging, group }, batchRows);

  it.each([undefined, 'Engineering', 'Sales'])('are the same in batches of any size, of group %s', async (group) => {
    const together = await found(1_000_000, group);
    for (const batchRows of [1, 10, 18]) expect(await found(batchRows, group)).toEqual(together);
    expect(together.findings.length).toBeGreaterThan(1);
  });

  it('count nothing twice, and know who of a group is on the approved tool', async () => {
    const { findings } = await found(1_000_000);
    const counts = findings.map(({ service, people, events, attempts }) => [service, people, events, attempts]);
    expect(counts.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1))).toEqual([
      ['chat', 5, 15, 9],
      ['code', 3, 9, 3],
      ['draw', 2, 6, 3],
      ['talk', 1, 3, 3],
      ['unlisted', 1, 3, 3],
    ]);
    const bypass = findings.flatMap(({ service, signals }) =>
      signals.filter(({ name }) => name === 'bypass').map(({ numbers }) => [service, numbers]),
    );
    expect(Object.fromEntries(bypass)).toEqual({
      code: { people: 3, instead: 1, alsoOnApproved: 2, onApproved: 5, groups: 1 },
      talk: { people: 1, instead: 1, alsoOnApproved: 0, onApproved: 0, groups: 1 },
    });
  });
});
