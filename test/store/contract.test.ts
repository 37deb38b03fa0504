import { sql } from 'kysely';
import { beforeEach, expect, test } from 'vitest';
import { loadCandidates } from '../../src/store/candidates.js';
import { hasChunk, loadCoverage, saveChunk } from '../../src/store/chunks.js';
import { loadEvidence } from '../../src/store/evidence.js';
import { checkSchema, migrate } from '../../src/store/migrate.js';
import type { Db } from '../../src/store/tables.js';
import { loadUsage } from '../../src/store/usage.js';
import { loadUses } from '../../src/store/uses.js';
import { describeOnDatabases } from './helpers/databases.js';
import { candidate, chunk, dump, evidence, noon, usage } from './helpers/results.js';

await describeOnDatabases('the tables', (server) => {
  test('come up from empty, and again without change', async () => {
    const db = await server.emptyDatabase();
    await expect(checkSchema(db)).rejects.toThrow('run "halflight migrate" first');
    await migrate(db);
    await checkSchema(db);
    const before = await schemaOf(db);
    await migrate(db);
    expect(await schemaOf(db)).toEqual(before);
  });

  test('come up once when several processes start together', async () => {
    const db = await server.emptyDatabase();
    await Promise.all([migrate(db), migrate(db), migrate(db)]);
    await checkSchema(db);
  });

  test('of a newer program are refused in words, and left alone', async () => {
    const db = await server.database();
    await sql`insert into kysely_migration (name, timestamp) values ('2999-01-01-0001-later', '')`.execute(db);
    await expect(migrate(db)).rejects.toThrow(/newer Halflight .*2999-01-01-0001-later.* install that version/);
    await expect(checkSchema(db)).rejects.toThrow('newer Halflight');
  });

  test('compare text by bytes, whatever the locale of the server', async () => {
    const { rows } = await sql<{ name: string }>`
      select column_name as name from information_schema.columns
      where table_schema = 'public' and data_type = 'text' and collation_name is distinct from 'C'`.execute(
      await server.database(),
    );
    expect(rows).toEqual([]);
  });
});

await describeOnDatabases('the results of a chunk', (server) => {
  let db: Db;
  beforeEach(async () => {
    db = await server.database();
  });

  test('come back as they were saved', async () => {
    const spend = new Map([
      ['EUR', 4200],
      ['USD', -100],
    ]);
    const person = { kind: 'person', id: 'p-17', group: 'Research' } as const;
    const saved = chunk('a', {
      usage: [usage(), usage({ actor: person, strength: 'payment', accountKind: 'personal', spend, first: undefined })],
      evidence: [evidence(), evidence({ line: 2, actor: person, attempt: true, time: undefined })],
    });
    expect(await saveChunk(db, saved)).toBe('saved');
    const [person17, ada] = await loadUsage(db);
    expect([ada, person17]).toEqual([...saved.usage]);
    expect(await loadEvidence(db)).toEqual(saved.evidence);
    expect(await loadCandidates(db)).toEqual([{ ...candidate(), file: 'proxy/access.log', chunks: 1 }]);
    expect(await loadUses(db)).toEqual(saved.uses.map((use) => ({ ...use, day: '' })));
    const { usage: _u, uses: _s, evidence: _e, candidates: _c, expenses: _x, ...coverage } = saved;
    const hits = saved.usage.reduce((sum, row) => sum + row.events + row.attempts, 0);
    expect(await loadCoverage(db)).toEqual([{ ...coverage, hits }]);
  });

  test('saved twice are the same as once', async () => {
    await saveChunk(db, chunk('a'));
    const before = await dump(db);
    expect(await saveChunk(db, chunk('a', { name: 'a copy.log.gz', scannedAt: noon + 1 }))).toBe('known');
    expect(await dump(db)).toEqual(before);
  });

  test('are known by source, bytes and catalog', async () => {
    const { source, sha256 } = chunk('a');
    expect(await hasChunk(db, { source, sha256 }, 'catalog-1')).toBe(false);
    await saveChunk(db, chunk('a'));
    expect(await hasChunk(db, { source, sha256 }, 'catalog-1')).toBe(true);
    expect(await hasChunk(db, { source, sha256 }, 'catalog-2')).toBe(false);
    expect(await hasChunk(db, { source: 'zeek', sha256 }, 'catalog-1')).toBe(false);
  });

  test('are replaced as a whole under another catalog, and no other chunk is touched', async () => {
    await saveChunk(db, chunk('other'));
    const other = await dump(db);
    await saveChunk(db, chunk('a', { usage: [usage(), usage({ service: 'claude' })], rejects: new Map([['odd', 1]]) }));
    const replay = chunk('a', {
      catalogHash: 'catalog-2',
      usage: [usage({ service: 'gemini' })],
      evidence: [],
      candidates: [],
      rejects: new Map(),
      rejected: 0,
      skipped: 4,
    });
    expect(await saveChunk(db, replay)).toBe('replaced');
    expect((await loadUsage(db)).map((row) => [row.service, row.events])).toEqual([
      ['chatgpt', 3],
      ['gemini', 3],
    ]);
    const after = await dump(db);
    expect(after.chunk).toHaveLength(2);
    for (const table of ['chunk_reject_count', 'evidence', 'candidate']) expect(after[table]).toEqual(other[table]);
  });

  test('are neither lost nor doubled when two writers save the same chunks at once', async () => {
    const names = ['a', 'b', 'c', 'd', 'e', 'f'];
    const outcomes = await Promise.all(
      // The second writer goes the other way round, and both touch the same roll-up rows.
      [...names, ...names.toReversed()].map((name) => saveChunk(db, chunk(name))),
    );
    expect(outcomes.toSorted()).toEqual([...names.map(() => 'known'), ...names.map(() => 'saved')]);
    expect((await loadUsage(db)).map((row) => row.events)).toEqual([18]);
    expect(await loadCoverage(db)).toHaveLength(6);
  });

  test('end under one catalog when two replay under different ones at once', async () => {
    await Promise.all(
      Array.from({ length: 12 }, (_, i) => saveChunk(db, chunk('a', { catalogHash: `catalog-${i % 3}` }))),
    );
    expect((await loadUsage(db)).map((row) => row.events)).toEqual([3]);
    expect(await loadEvidence(db)).toHaveLength(1);
  });

  test('that do not add up are refused, and nothing of them stays', async () => {
    await expect(saveChunk(db, chunk('a', { skipped: 99 }))).rejects.toThrow('chunk_records_are_accounted_for');
    expect(Object.values(await dump(db)).flat()).toEqual([]);
  });

  test('keep the first record where one line shows a service twice', async () => {
    await saveChunk(db, chunk('a', { evidence: [evidence(), evidence({ sample: 'second' })] }));
    expect((await loadEvidence(db)).map((row) => row.sample)).toEqual(['GET https://chatgpt.com/']);
  });

  test('may be many rows, and may be none', async () => {
    const many = Array.from({ length: 4500 }, (_, i) => usage({ actor: { kind: 'user', id: `u${i}`, group: '' } }));
    const lines = Array.from({ length: 4500 }, (_, i) => evidence({ line: i + 1 }));
    const hosts = Array.from({ length: 4500 }, (_, i) => candidate({ subject: `h${i}.example` }));
    await saveChunk(db, chunk('a', { usage: many, evidence: lines, candidates: hosts }));
    await saveChunk(db, chunk('b', { usage: [], evidence: [], candidates: [] }));
    expect(await loadUsage(db)).toHaveLength(4500);
    expect(await loadEvidence(db)).toHaveLength(4500);
    expect(await loadCandidates(db)).toHaveLength(4500);
  });

  test('hold hostile text in every field', async () => {
    const odd = `nul\0 lone\ud800 low\udc00 pair\u{1f600} quote'"\\{},;-- %s $1 \u202e`;
    const clean = odd.replaceAll('\0', '\ufffd').replace('\ud800', '\ufffd').replace('\udc00 ', '\ufffd ');
    const actor = { kind: 'user', id: odd, group: odd } as const;
    const hostile = chunk('a', {
      source: odd,
      name: odd,
      format: odd,
      catalogHash: odd,
      rejects: new Map([
        [odd, 2],
        [clean, 3],
      ]),
      usage: [usage({ service: odd, actor, source: odd, spend: new Map([[odd, 5]]) })],
      evidence: [evidence({ service: odd, actor, signature: odd, reason: odd, sha256: odd, sample: odd })],
      candidates: [
        candidate({
          subject: odd,
          reasons: [{ rule: odd, points: 50, why: odd }],
          traces: [odd],
          who: [{ kind: 'user', id: odd, events: 1 }],
          sample: odd,
        }),
      ],
    });
    expect(await saveChunk(db, hostile)).toBe('saved');
    expect(await saveChunk(db, hostile)).toBe('known');
    expect(await hasChunk(db, hostile, odd)).toBe(true);
    const [row] = await loadUsage(db);
    expect(row).toMatchObject({ service: clean, actor: { id: clean, group: clean }, source: clean });
    expect(row?.spend).toEqual(new Map([[clean, 5]]));
    expect((await loadEvidence(db, { service: odd }))[0]).toMatchObject({
      service: clean,
      file: clean,
      signature: clean,
      reason: clean,
      sha256: clean,
      sample: clean,
    });
    expect((await loadCandidates(db))[0]).toMatchObject({
      subject: clean,
      reasons: [{ rule: clean, points: 50, why: clean }],
      traces: [clean],
      who: [{ kind: 'user', id: clean, events: 1 }],
      sample: clean,
    });
    expect((await loadCoverage(db))[0]).toMatchObject({ name: clean, format: clean, source: clean });
    expect((await loadCoverage(db))[0]?.rejects).toEqual(new Map([[clean, 5]]));
  });

  test('hold absurd lengths and numbers', async () => {
    const long = 'x\u{1f600}'.repeat(50_000);
    const actor = { kind: 'user', id: long, group: long } as const;
    const absurd = {
      events: Number.MAX_VALUE,
      attempts: Number.NaN,
      bytesOut: -5,
      bytesIn: 2 ** 60,
      first: Number.NaN,
      last: 1e300,
    };
    const rows = [usage({ day: '2026-02-31', actor, service: long, ...absurd }), usage({ day: 'x', ...absurd })];
    await saveChunk(
      db,
      chunk('a', {
        source: long,
        rejects: new Map([[long, 1]]),
        usage: [...rows, ...rows],
        evidence: [evidence({ service: long, sample: long, time: Number.POSITIVE_INFINITY })],
        candidates: [candidate({ subject: long, events: 1e300 })],
      }),
    );
    expect((await loadUsage(db)).map((row) => [row.day, row.events, row.attempts, row.bytesOut, row.first])).toEqual(
      [0, 1].map(() => ['', Number.MAX_SAFE_INTEGER, 0, 0, undefined]),
    );
    expect(await loadEvidence(db, { service: long })).toHaveLength(1);
    expect((await loadCandidates(db))[0]?.subject).toBe(long);
  });
});

await describeOnDatabases('over several chunks', (server) => {
  let db: Db;
  beforeEach(async () => {
    db = await server.database();
  });

  test('usage is added up: sums, best confidence, first and last, spend by currency', async () => {
    const euro = new Map([['EUR', 1000]]);
    await saveChunk(db, chunk('a', { usage: [usage({ confidence: 'low', spend: euro })] }));
    const later = usage({
      confidence: 'medium',
      first: undefined,
      last: noon + 99_000,
      spend: new Map([
        ['EUR', 500],
        ['USD', 7],
      ]),
    });
    await saveChunk(db, chunk('b', { usage: [later, usage({ strength: 'transfer' })] }));
    const [transfer, visit] = await loadUsage(db);
    expect(transfer).toEqual(usage({ strength: 'transfer' }));
    const sum = { events: 6, attempts: 2, bytesOut: 200, bytesIn: 4000, last: noon + 99_000 };
    const spend = new Map([
      ['EUR', 1500],
      ['USD', 7],
    ]);
    expect(visit).toEqual(usage({ confidence: 'medium', spend, ...sum }));
  });

  test('usage is cut to days, both inclusive; a bound leaves undated rows out', async () => {
    const days = ['', '2026-10-04', '2026-10-05', '2026-10-06'];
    await saveChunk(db, chunk('a', { usage: days.toReversed().map((day) => usage({ day })) }));
    const found = async (range: { from?: string; to?: string }) => (await loadUsage(db, range)).map((row) => row.day);
    expect(await found({})).toEqual(days);
    expect(await found({ from: '', to: '' })).toEqual(days);
    expect(await found({ from: '2026-10-05' })).toEqual(['2026-10-05', '2026-10-06']);
    expect(await found({ from: '2026-10-04', to: '2026-10-05' })).toEqual(['2026-10-04', '2026-10-05']);
  });

  test('evidence comes in the order of time, whoever saved first', async () => {
    await saveChunk(
      db,
      chunk('b', { evidence: [evidence({ line: 9, time: noon + 5 }), evidence({ time: undefined })] }),
    );
    await saveChunk(db, chunk('a', { evidence: [evidence({ line: 3 }), evidence({ line: 2, service: 'claude' })] }));
    expect((await loadEvidence(db)).map((row) => row.line)).toEqual([2, 3, 9, 1]);
    expect((await loadEvidence(db, { since: noon, until: noon + 5 })).map((row) => row.line)).toEqual([2, 3]);
    expect((await loadEvidence(db, { service: 'claude' })).map((row) => row.line)).toEqual([2]);
  });

  test('candidates are merged, shown by their earliest record, the best first', async () => {
    const path = { rule: 'api-path', points: 60, why: 'a path' };
    const early = candidate({
      first: noon - 5,
      last: noon - 5,
      sample: 'early',
      score: 60,
      reasons: [path],
      traces: ['api.new-ai.example'],
      who: [{ kind: 'user', id: 'eve', events: 4 }],
      line: 1,
      actors: 1,
    });
    await saveChunk(
      db,
      chunk('a', {
        candidates: [
          candidate(),
          candidate({ subject: 'big.example', score: 90, reasons: [{ rule: 'sdk', points: 90, why: 'an SDK' }] }),
        ],
      }),
    );
    await saveChunk(db, chunk('b', { name: 'earlier.log', candidates: [early] }));
    const [merged, big] = await loadCandidates(db);
    expect(big?.subject).toBe('big.example');
    expect(merged).toEqual({
      ...candidate(),
      score: 100,
      reasons: [path, ...candidate().reasons],
      traces: ['api.new-ai.example', 'new-ai.example'],
      who: [
        { kind: 'user', id: 'eve', events: 4 },
        { kind: 'user', id: 'ada', events: 3 },
        { kind: 'user', id: 'bob', events: 1 },
      ],
      sample: 'early',
      line: 1,
      file: 'earlier.log',
      events: 8,
      bytesOut: 200,
      bytesIn: 1800,
      actors: 3,
      first: noon - 5,
      chunks: 2,
    });
    expect((await loadCandidates(db, { until: noon })).map((row) => row.events)).toEqual([4]);
    expect((await loadCandidates(db, { kind: 'host', subject: 'big.example' })).map((row) => row.score)).toEqual([90]);
  });
});

/** Columns and indexes, for comparing. */
async function schemaOf(db: Db): Promise<unknown> {
  const { rows } = await sql`
    select table_name as t, column_name || ' ' || data_type as d from information_schema.columns where table_schema = 'public'
    union all select tablename, indexdef from pg_indexes where schemaname = 'public' order by 1, 2`.execute(db);
  return rows;
}
