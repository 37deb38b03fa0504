import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { ReportDocument } from '../../../src/reports/blocks/block.js';
import type { Audience } from '../../../src/reports/periodic/facts.js';
import { makeReport } from '../../../src/reports/periodic/make.js';
import { instantsOf, periodOf } from '../../../src/reports/periodic/period.js';
import { writersOf } from '../../../src/reports/writers.js';
import { type Member, notePeople, peopleBefore, peopleText } from '../../../src/store/person-history.js';
import type { Db } from '../../../src/store/tables.js';
import { clear } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { ask, at, members, plant } from './planted.js';

// In week 47 (16 to 22 November) six of Engineering and five of Sales use chat. What the directory says of people changes behind it.
const before = [...members('eng', 'Engineering', 6), ...members('sales', 'Sales', 5)];
const changed = (of: (member: Member) => Member | undefined): Member[] => before.flatMap((one) => of(one) ?? []);
const changes: [what: string, people: Member[]][] = [
  ['one moves', changed((one) => (one.id === 'eng-1' ? { ...one, group: 'Sales' } : one))],
  ['a whole group moves', changed((one) => ({ ...one, group: 'Sales' }))],
  ['a group has another name', changed((one) => (one.group === 'Sales' ? { ...one, group: 'Revenue' } : one))],
  ['one has another name', changed((one) => (one.id === 'eng-1' ? { ...one, name: 'Jane Roe' } : one))],
  ['one is disabled', changed((one) => (one.id === 'sales-1' ? { ...one, disabled: true } : one))],
  ['two are listed no more', changed((one) => (one.id.endsWith('-1') ? undefined : one))],
  ['all are gone', []],
  ['others come', [...before, ...members('new', 'Engineering', 3), ...members('hr', 'People', 9)]],
  // Who did something before anybody knew the name is in a group since then; later moves change nothing of that.
  ['ids swap their groups', changed((one) => ({ ...one, group: one.group === 'Sales' ? 'Engineering' : 'Sales' }))],
];
const audiences: Audience[] = [
  { role: 'admin', group: undefined, names: true },
  { role: 'security', group: undefined, names: false },
  { role: 'auditor', group: undefined, names: false },
  { role: 'manager', group: 'Engineering', names: false },
  { role: 'manager', group: 'Sales', names: false },
  { role: 'manager', group: 'Revenue', names: false },
];

await describeOnDatabases('reports of before, when people have moved', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(async () => {
    await clear(db);
    await notePeople(db, peopleText(before), at('2026-11-01'));
    await use('week 47', '2026-11-18', before);
  });

  const use = (name: string, day: string, people: readonly Member[]): Promise<void> =>
    plant(
      db,
      name,
      people.flatMap(({ id, group }) => ['chat', 'draw'].map((service) => ({ day, service, who: id, group }))),
    );
  const report = async (audience: Partial<Audience>, id = '2026-W47') => {
    const period = periodOf(id, '2026-12-31') ?? ask().period;
    return makeReport(db, async (snapshot) =>
      ask(audience, { period, people: await peopleBefore(snapshot, instantsOf(period, 'UTC').end) }),
    );
  };
  const documents = async (): Promise<ReportDocument[]> => {
    const all: ReportDocument[] = [];
    for (const audience of audiences) all.push((await report(audience)).document);
    return all;
  };
  const files = async (document: ReportDocument): Promise<string[]> => {
    const all: string[] = [];
    for (const writer of (await writersOf()).values())
      all.push(Buffer.from(await writer.write(document)).toString('base64'));
    return all;
  };
  const groups = async (id: string): Promise<string[]> =>
    (await report({}, id)).facts.groups.map(({ group, people }) => `${group} ${people}`);

  it('are the same to the byte, in every format and for every role, whatever the directory says now', async () => {
    const first = await documents();
    expect(JSON.stringify(first[0])).toContain('Name of eng 1');
    const written = await files(first[0] as ReportDocument);
    for (const [n, [what, people]] of changes.entries()) {
      await notePeople(db, peopleText(people), at('2026-11-24') + n);
      expect(JSON.stringify(await documents()) === JSON.stringify(first), what).toBe(true);
    }
    expect(await files((await documents())[0] as ReportDocument)).toEqual(written);
  });

  it('are the same when what people did is read again by the directory of now', async () => {
    const first = await report({ role: 'manager', group: 'Engineering' });
    await clear(db);
    await notePeople(db, peopleText(before), at('2026-11-01'));
    const moved = changes[8]?.[1] ?? [];
    await notePeople(db, peopleText(moved), at('2026-11-24'));
    await use('week 47', '2026-11-18', moved);
    expect((await report({ role: 'manager', group: 'Engineering' })).hash).toBe(first.hash);
  });

  it('while those of later periods know where people are now', async () => {
    const moved = changes[0]?.[1] ?? [];
    await notePeople(db, peopleText(moved), at('2026-11-24'));
    // A log that names people by the directory of before: the report goes by the end of its period.
    await use('week 48', '2026-11-25', before);
    expect(await groups('2026-W47')).toEqual(['Engineering 6', 'Sales 5']);
    expect(await groups('2026-W48')).toEqual(['Engineering 5', 'Sales 6']);
    const sales = await report({ role: 'manager', group: 'Sales' }, '2026-W48');
    expect(sales.facts.members).toBe(6);
    expect(sales.facts.services.map(({ id, now, before: then }) => [id, now.people, then.people])).toEqual([
      ['chat', 6, 5],
      ['draw', 6, 5],
    ]);
  });

  it('of who came later are by the first group that is known, and nobody was a member before', async () => {
    const late = members('late', 'Engineering', 2);
    await notePeople(db, peopleText([...before, ...late]), at('2026-11-24'));
    await use('late', '2026-11-19', late);
    const manager = { role: 'manager', group: 'Engineering' } as const;
    const first = await report(manager);
    expect(first.facts.members).toBe(6);
    expect(first.facts.totals.now.people).toBe(8);
    await notePeople(db, peopleText([...before, ...members('late', 'Sales', 2)]), at('2026-11-30'));
    expect((await report(manager)).hash).toBe(first.hash);
  });
});
