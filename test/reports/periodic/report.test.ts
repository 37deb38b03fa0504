import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Block, ReportDocument, TableBlock } from '../../../src/reports/blocks/block.js';
import { asEdition, editionOf } from '../../../src/reports/periodic/edition.js';
import { documentHash, makeReport } from '../../../src/reports/periodic/make.js';
import { periodOf } from '../../../src/reports/periodic/period.js';
import { plainText } from '../../../src/reports/writers/common/plain.js';
import { writersOf } from '../../../src/reports/writers.js';
import { decideCandidate } from '../../../src/store/candidate-decisions.js';
import { saveReport } from '../../../src/store/reports.js';
import type { Db } from '../../../src/store/tables.js';
import { clear } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../../store/helpers/databases.js';
import { candidate } from '../../store/helpers/results.js';
import { attacks } from '../hostile.js';
import { ask, at, members, type Planted, plant } from './planted.js';

const rowsOf = (document: ReportDocument, id: string): string[][] => {
  const table = document.blocks.find((block): block is TableBlock => block.kind === 'table' && block.id === id);
  if (table === undefined) throw new Error(`no table ${id}`);
  return table.rows.map((row) => row.map((cell) => cell.text));
};
const figuresOf = (document: ReportDocument): Record<string, string> =>
  Object.fromEntries(
    document.blocks
      .filter((block): block is Extract<Block, { kind: 'figures' }> => block.kind === 'figures')
      .flatMap(({ items }) => items.map(({ label, value, note }) => [label, `${value}; ${note}`])),
  );
const ids = (document: ReportDocument): string[] =>
  document.blocks.flatMap((block) => (block.kind === 'heading' ? [block.id.replace('section-', '')] : []));

// Week 46 (9 to 15 November) and week 47 (16 to 22). By hand:
//   chat: 6 of Engineering and 5 of Sales before; the same 6 and 5 now, and Legal's two.
//   draw: 2 of Engineering before; 6 now (grown: three times as many, four more).
//   code: 3 of Sales before; nobody now (stopped). talk: 1 of Sales now, never before (new).
//   sing: only tried, by one of Legal, blocked 7 times.
// People now: 6 + 5 + 2 = 13; before: 6 + 5 = 11. Groups now: Engineering 6, Sales 5, Legal 2: Legal alone in "other" would be told by
// the sum, so the next smallest group joins it: Engineering 6, other 7. Before: Engineering 6, Sales 5.
const many = (
  prefix: string,
  group: string,
  count: number,
  rest: Pick<Planted, 'day' | 'service'> & Partial<Planted>,
): Planted[] => Array.from({ length: count }, (_, i) => ({ who: `${prefix}-${i + 1}`, group, ...rest }));
const weekBefore = [
  ...many('eng', 'Engineering', 6, { day: '2026-11-10', service: 'chat', events: 2 }),
  ...many('sales', 'Sales', 5, { day: '2026-11-11', service: 'chat' }),
  ...many('eng', 'Engineering', 2, { day: '2026-11-12', service: 'draw' }),
  ...many('sales', 'Sales', 3, { day: '2026-11-15', service: 'code' }),
];
const week = [
  ...many('eng', 'Engineering', 6, { day: '2026-11-16', service: 'chat', events: 3 }),
  ...many('sales', 'Sales', 5, { day: '2026-11-17', service: 'chat' }),
  ...many('legal', 'Legal', 2, { day: '2026-11-17', service: 'chat' }),
  ...many('eng', 'Engineering', 6, { day: '2026-11-18', service: 'draw', events: 4 }),
  ...many('sales', 'Sales', 1, { day: '2026-11-22', service: 'talk' }),
  ...many('legal', 'Legal', 1, { day: '2026-11-20', service: 'sing', events: 0, attempts: 7 }),
];
const people = [...members('eng', 'Engineering', 8), ...members('sales', 'Sales', 9), ...members('legal', 'Legal', 3)];

await describeOnDatabases('the weekly report', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(async () => {
    await clear(db);
    await plant(db, 'week 46', weekBefore);
    await plant(db, 'week 47', week, {
      candidates: [candidate({ subject: 'new-ai.example', first: at('2026-11-19'), last: at('2026-11-19') })],
    });
  });

  it('says what two weeks of planted use amount to', async () => {
    const { document } = await makeReport(db, ask({}, { people }));
    expect(document.title).toBe('Weekly AI report');
    expect(document.at).toBe(Date.parse('2026-11-23T00:00:00Z'));
    expect(document.answer).toBe(
      'In week 47 of 2026, 2026-11-16 to 2026-11-22, 13 people used 3 AI services, 1 of them for the first time; 3 findings call for action, first TALK AI (unregistered).',
    );
    expect(figuresOf(document)).toEqual({
      'services in use': '3; 3 the week before',
      'new services': '1; used for the first time',
      // code was used last week: its finding is not over yet. sing was only tried.
      'findings to act on': '3; of 5',
      'people using AI': '13; +2 against the week before',
    });
    // The rules of risk weigh a chat (talk) more than pictures (draw).
    expect(rowsOf(document, 'new-services')).toEqual([['TALK AI', 'talk Inc.', '2026-11-22', '1', 'unregistered']]);
    expect(rowsOf(document, 'grown-services')).toEqual([['DRAW AI', 'draw Inc.', '6', '2', 'unregistered']]);
    expect(rowsOf(document, 'stopped-services')).toEqual([['CODE AI', 'code Inc.', '2026-11-15', '3', '']]);
    expect(
      rowsOf(document, 'services').map(([name, , , verdict, now, before, events]) => [
        name,
        verdict,
        now,
        before,
        events,
      ]),
    ).toEqual([
      ['CHAT AI', 'sanctioned', '13', '11', '25'],
      ['DRAW AI', 'unregistered', '6', '2', '24'],
      ['TALK AI', 'unregistered', '1', '0', '1'],
    ]);
    expect(rowsOf(document, 'groups')).toEqual([
      ['Engineering', '6', '6', '2'],
      ['other', '7', '\u2013', '2'],
    ]);
    expect(rowsOf(document, 'decisions-due')).toEqual([
      ['Chat for all', 'approval', '2026-12-01', '9', 'Review it and set the next date.'],
    ]);
    expect(rowsOf(document, 'candidates')).toEqual([['new-ai.example', 'host', '50', '4', '2026-11-19', 'new']]);
    // Monday, Tuesday, Wednesday, Friday and Sunday have records, and one piece of input reaches over all of the week.
    expect(rowsOf(document, 'sources')).toEqual([
      ['proxy', 'files', '10', '7 of 7', '\u2013', '1 record could not be read'],
    ]);
    expect(document.about).toContainEqual({ label: 'Behind the figures', value: '10 records in 1 pieces of input' });
    // 2 of the 5 services seen in 90 days are no finding to be registered: sing was only tried; chat is registered.
    expect(rowsOf(document, 'measures')[0]).toEqual([
      '1 of 4 services seen is named in the inventory.',
      '25 % (1/4)',
      '33 % (1/3)',
    ]);
  });

  it('is the same report later: after data of later days, decisions of later, and from a new connection', async () => {
    const first = await makeReport(db, ask({}, { people }));
    await plant(db, 'week 48', [
      ...many('eng', 'Engineering', 8, { day: '2026-11-24', service: 'talk', events: 9 }),
      ...many('legal', 'Legal', 3, { day: '2026-11-25', service: 'sing' }),
    ]);
    await decideCandidate(db, {
      kind: 'host',
      subject: 'new-ai.example',
      action: 'dismissed',
      why: 'no AI',
      who: 'cli:ada',
      at: at('2026-11-25'),
    });
    await sql`insert into source (id, kind, since, last_data_at) values ('later', 'push', ${at('2026-11-24')}, null)`.execute(
      db,
    );
    const again = await makeReport(db, ask({}, { people }));
    expect(JSON.stringify(again.document)).toBe(JSON.stringify(first.document));
    expect(again.hash).toBe(first.hash);
    const writers = await writersOf();
    for (const [id, writer] of writers)
      expect(
        Buffer.from(await writer.write(again.document)).equals(Buffer.from(await writer.write(first.document))),
        id,
      ).toBe(true);
  });

  it('says that it is revised where a record of the period came late, and only then', async () => {
    const made = await makeReport(db, ask({}, { people }));
    const { period, versions } = made.facts;
    const kept = {
      list: 'board',
      period: period.id,
      group: '',
      role: 'admin' as const,
      names: false,
      from: period.from,
      to: period.to,
      edition: 1,
      catalogHash: versions.catalog,
      inventoryHash: versions.inventory,
      hash: made.hash,
      at: at('2026-11-23', 6),
    };
    await db.transaction().execute((trx) => saveReport(trx, kept, JSON.stringify(made.document)));
    const now = async (): Promise<ReportDocument> => asEdition(db, await makeReport(db, ask({}, { people })));
    expect(await now()).toEqual(made.document);
    await plant(db, 'late', many('sales', 'Sales', 2, { day: '2026-11-21', service: 'talk' }), {
      scannedAt: at('2026-11-24'),
    });
    const revised = await now();
    expect(revised.title).toBe('Weekly AI report (revised)');
    expect(revised.answer).toMatch(/^Revised, as data of this period came after its report was made\. In week 47/);
    expect(revised.about).toContainEqual({ label: 'Edition', value: '2, which corrects those before it' });
    expect(rowsOf(revised, 'new-services')).toEqual([['TALK AI', 'talk Inc.', '2026-11-21', '2', 'unregistered']]);
    expect(documentHash(revised)).toBe(
      documentHash(editionOf((await makeReport(db, ask({}, { people }))).document, 2)),
    );
  });

  it('goes by role: what a role may not see is not in it', async () => {
    const of = async (role: 'admin' | 'security' | 'auditor' | 'manager', names = false): Promise<ReportDocument> =>
      (await makeReport(db, ask({ role, names, group: role === 'manager' ? 'Engineering' : undefined }, { people })))
        .document;
    expect(ids(await of('admin'))).toEqual([
      'changes',
      'findings',
      'people',
      'signals',
      'overdue',
      'groups',
      'candidates',
      'decisions',
      'measures',
      'coverage',
      'services',
    ]);
    expect(ids(await of('security'))).toEqual([
      'changes',
      'findings',
      'people',
      'signals',
      'overdue',
      'groups',
      'candidates',
      'measures',
      'coverage',
      'services',
    ]);
    expect(ids(await of('auditor'))).toEqual([
      'changes',
      'findings',
      'overdue',
      'groups',
      'decisions',
      'measures',
      'coverage',
      'services',
    ]);
    expect(ids(await of('manager'))).toEqual(['changes', 'findings', 'decisions', 'coverage', 'services']);
    const who = (document: ReportDocument): string[] => rowsOf(document, 'people').map((row) => row[1] ?? '');
    expect(who(await of('admin')).every((name) => /^person-[a-z2-7]{8}$/.test(name))).toBe(true);
    expect(who(await of('admin', true))).toEqual([
      'Name of sales 1',
      'Name of eng 1',
      'Name of eng 2',
      'Name of eng 3',
      'Name of eng 4',
      'Name of eng 5',
    ]);
    const manager = await of('manager');
    expect(rowsOf(manager, 'services').map(([name, , , verdict, now, before]) => [name, verdict, now, before])).toEqual(
      [
        ['CHAT AI', 'sanctioned', '6', '6'],
        ['DRAW AI', 'unregistered', '6', 'fewer than 5'],
      ],
    );
    for (const word of ['TALK', 'SING', 'Sales', 'Legal', 'person-', 'Name of', '13 people', 'records'])
      expect(JSON.stringify(manager.blocks)).not.toContain(`"${word}`);
    for (const role of ['auditor', 'security', 'admin'] as const)
      expect(JSON.stringify(await of(role))).not.toMatch(/Name of|eng-1|Legal/);
  });

  it('of a group with fewer than five members nothing is said', async () => {
    const { document } = await makeReport(db, ask({ role: 'manager', group: 'Legal' }, { people }));
    expect(document.blocks).toEqual([]);
    expect(document.answer).toBe('This group has fewer than 5 members, so nothing is reported on it.');
  });

  it('takes silence of a source for no end of use, and a period without data for nothing known', async () => {
    await clear(db);
    await plant(db, 'week 46', weekBefore);
    await plant(db, 'other', many('eng', 'Engineering', 1, { day: '2026-11-18', service: 'chat' }), {
      source: 'dns',
      rowsAre: { source: 'dns' },
    });
    await sql`insert into source (id, kind, since, last_data_at) values ('proxy', 'folder', ${at('2026-11-01')}, ${at('2026-11-15')})`.execute(
      db,
    );
    const { document } = await makeReport(db, ask({}, { people }));
    expect(rowsOf(document, 'stopped-services').map(([name, , , , note]) => [name, note])).toEqual([
      ['CODE AI', 'Not known: nothing came from proxy, where it was seen.'],
      ['DRAW AI', 'Not known: nothing came from proxy, where it was seen.'],
    ]);
    expect(JSON.stringify(document.blocks)).toContain('Silent in the whole period: proxy.');
    expect(rowsOf(document, 'sources')).toContainEqual(['proxy', 'folder', '0', '0 of 7', '168 of 168', '']);
    const empty = await makeReport(db, ask({}, { period: periodOf('2026-W44', '2026-11-26') ?? ask().period }));
    expect(empty.document.answer).toBe(
      'In week 44 of 2026, 2026-10-26 to 2026-11-01, no data came from any source, so nothing can be said: no data is never no use.',
    );
  });

  it('A5 A6 a name of a group, a source or a candidate that is an attack is one line of text, whatever it is drawn as', async () => {
    await clear(db);
    const hostile = attacks.filter((text) => text !== '' && text.length < 1000 && !text.includes('\0'));
    await plant(
      db,
      'hostile',
      hostile.flatMap((text, n) => many(`p${n}`, text, 5, { day: '2026-11-18', service: 'chat' })),
      {
        candidates: hostile
          .slice(0, 20)
          .map((subject) => candidate({ subject, first: at('2026-11-18'), last: at('2026-11-18') })),
      },
    );
    for (const [n, text] of hostile.slice(0, 30).entries())
      await plant(db, `source ${n}`, many('q', 'x', 1, { day: '2026-11-18', service: 'draw' }), {
        source: text,
        rowsAre: { source: text },
      });
    const { document } = await makeReport(db, ask());
    const texts: string[] = [];
    JSON.stringify(document, (_key, value: unknown) => {
      if (typeof value === 'string') texts.push(value);
      return value;
    });
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that there is none is the point
    for (const text of texts) expect(text).not.toMatch(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\u202a-\u202e]/);
    expect(Math.max(...texts.map((text) => text.length))).toBeLessThanOrEqual(700);
    const page = new TextDecoder().decode(await (await writersOf()).get('html')?.write(document));
    for (const text of hostile) if (/<[a-z]/i.test(text)) expect(page.includes(text), text).toBe(false);
    const lines = plainText(document, 80, 15).split('\n');
    expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(80);
  });
});
