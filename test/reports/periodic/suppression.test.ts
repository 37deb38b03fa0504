import fc from 'fast-check';
import { beforeAll, describe, expect, it } from 'vitest';
import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import { groupsOf } from '../../../src/reports/periodic/load.js';
import { makeReport } from '../../../src/reports/periodic/make.js';
import { periodOf } from '../../../src/reports/periodic/period.js';
import type { Db } from '../../../src/store/tables.js';
import { clear } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { ask, at, members, type Planted, plant } from './planted.js';

const runs = Number(process.env.SUPPRESSION_RUNS ?? 2);
const services = ['chat', 'draw', 'code', 'talk', 'sing'];
const days = ['2026-10-14', '2026-11-03', '2026-11-10', '2026-11-15', '2026-11-16', '2026-11-19', '2026-11-22'];
const periods = ['2026-W46', '2026-W47', '2026-10', '2026-W45'].map((id) => periodOf(id, '2026-11-26') ?? ask().period);

/** A group of so many members, and what each of some of them did. */
const someGroup = (least: number, most: number) =>
  fc.record({
    size: fc.integer({ min: least, max: most }),
    use: fc.array(
      fc.record({
        who: fc.nat(20),
        service: fc.constantFrom(...services),
        day: fc.constantFrom(...days),
        events: fc.nat(9),
        attempts: fc.nat(2),
      }),
      { maxLength: 25 },
    ),
  });
type Group = { size: number; use: { who: number; service: string; day: string; events: number; attempts: number }[] };

const rowsOf = (name: string, { size, use }: Group): Planted[] =>
  use
    .filter(({ events, attempts }) => events + attempts > 0)
    .map(({ who, ...row }) => ({ ...row, who: `${name}-${(who % Math.max(1, size)) + 1}`, group: name }));

/** Every number that stands under a head that counts people, and every figure. */
function peopleCounts({ blocks }: ReportDocument): string[] {
  return blocks.flatMap((block) => {
    if (block.kind === 'figures')
      return block.items.filter(({ label }) => /people|person|actor/.test(label)).map(({ value }) => value);
    if (block.kind === 'bars') return block.bars.map(({ text }) => text);
    if (block.kind !== 'table') return [];
    const counting = block.columns.flatMap(({ key }, at) => (/people/.test(key) ? [at] : []));
    return block.rows.flatMap((row) => counting.map((at) => `${row[at]?.text}=${row[at]?.value}`));
  });
}

await describeOnDatabases('what managers can learn from their reports, all periods and groups together', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });

  /** All reports for managers there are: of each group and each period. */
  const allReports = async (
    groups: Record<string, Group>,
    planted: Record<string, Group>,
  ): Promise<Map<string, ReportDocument>> => {
    await clear(db);
    const people = Object.entries(groups).flatMap(([name, { size }]) => members(name, name, size));
    // The log is there on all days, whoever is in it.
    await plant(db, 'the log', [], { first: at('2026-10-01'), last: at('2026-11-22', 23) });
    for (const [name, group] of Object.entries(planted)) await plant(db, name, rowsOf(name, group));
    const reports = new Map<string, ReportDocument>();
    for (const group of Object.keys(groups))
      for (const period of periods)
        reports.set(
          `${group} ${period.id}`,
          (await makeReport(db, ask({ role: 'manager', group }, { people, period }))).document,
        );
    return reports;
  };

  it('nothing of a group of fewer than five: whatever it does, every report stays the same to the byte', async () => {
    await fc.assert(
      fc.asyncProperty(
        someGroup(5, 8),
        someGroup(5, 6),
        someGroup(1, 4),
        someGroup(1, 4),
        async (big, other, small, twin) => {
          const groups = { big, other, small };
          const with_ = await allReports(groups, groups);
          const without = await allReports(groups, { big, other });
          const changed = await allReports(groups, { big, other, small: { ...twin, size: small.size } });
          expect(JSON.stringify([...with_])).toBe(JSON.stringify([...without]));
          expect(JSON.stringify([...with_])).toBe(JSON.stringify([...changed]));
          for (const [name, { blocks }] of with_) if (name.startsWith('small ')) expect(blocks).toEqual([]);
        },
      ),
      { seed: 514, numRuns: runs },
    );
  }, 120_000);

  it('no count of one to four people of a group that is large enough, and nothing that adds up', async () => {
    await fc.assert(
      fc.asyncProperty(someGroup(5, 9), someGroup(5, 9), async (one, two) => {
        for (const document of (await allReports({ one, two }, { one, two })).values()) {
          for (const shown of peopleCounts(document)) expect(shown).not.toMatch(/^[1-4](?:\D|$)|=[1-4]$/);
          const columns = document.blocks.flatMap((block) =>
            block.kind === 'table' ? block.columns.map(({ key }) => key) : [],
          );
          for (const key of ['events', 'attempts', 'bytes', 'actor', 'risk']) expect(columns).not.toContain(key);
          expect(document.blocks.some((block) => block.kind === 'bars')).toBe(false);
        }
      }),
      { seed: 515, numRuns: runs },
    );
  }, 120_000);
});

describe('groups in the reports of the others', () => {
  it('no group under five is told, none can be reckoned from the sum, and none from the period before', () => {
    const group = fc.record({ people: fc.integer({ min: 0, max: 12 }), before: fc.integer({ min: 0, max: 12 }) });
    fc.assert(
      fc.property(fc.array(group, { maxLength: 8 }), (counts) => {
        const of = (key: 'people' | 'before') =>
          counts
            .map((row, n) => ({ group: `g${n}`, people: row[key], services: ['chat'] }))
            .filter(({ people }) => people > 0);
        const shown = groupsOf(of('people'), of('before'));
        const alone = shown.filter(({ group: name }) => name !== 'other');
        for (const row of alone) {
          expect(row.people).toBeGreaterThanOrEqual(5);
          if (row.before !== undefined) expect(row.before).toBeGreaterThanOrEqual(5);
        }
        const sum = (rows: readonly { people: number }[]): number =>
          rows.reduce((total, { people }) => total + people, 0);
        const hidden = sum(of('people')) - sum(alone);
        // What is left is nobody, or five at least, or all there is.
        expect(hidden === 0 || hidden >= 5 || alone.length === 0).toBe(true);
        const before = alone.reduce((total, row) => total + (row.before ?? 0), 0);
        const hiddenBefore = sum(of('before')) - before;
        expect(hiddenBefore === 0 || hiddenBefore >= 5 || before === 0).toBe(true);
      }),
      { seed: 516, numRuns: 2000 },
    );
  });
});
