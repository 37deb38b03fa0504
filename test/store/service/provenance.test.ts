import { sql } from 'kysely';
import { expect, it } from 'vitest';
import { saveChunk } from '../../../src/store/chunks.js';
import { loadEvidence } from '../../../src/store/evidence.js';
import { loadUse } from '../../../src/store/findings.js';
import { migrate, migrateTo } from '../../../src/store/migrate.js';
import { createMonth } from '../../../src/store/partitions.js';
import { loadUsage } from '../../../src/store/usage.js';
import { describeOnDatabases } from '../helpers/databases.js';
import { chunk, dump, evidence, noon, usage } from '../helpers/results.js';

await describeOnDatabases('provenance in the database', (server) => {
  it('what was kept before it was known counts as observed, and goes on being added to', async () => {
    const db = await server.emptyDatabase();
    await migrateTo(db, '2026-11-26-0003-collected-records');
    await createMonth(db, '2026-10');
    const key = `'2026-10-05', 'chatgpt'`;
    await sql`${sql.raw(`insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence, events,
      attempts, bytes_out, bytes_in, received_at) values (${key}, 'user', 'ada', '', 'squid', 'unknown', 'visit', 'high', 2, 0, 0, 0, 1)`)}`.execute(
      db,
    );
    await sql`${sql.raw(`insert into usage_day (day, service, source, account_kind, strength, events, attempts, bytes_out, bytes_in, received_at)
      values (${key}, 'squid', 'unknown', 'visit', 2, 0, 0, 0, 1)`)}`.execute(db);
    await sql`${sql.raw(`insert into usage_service_day (day, service, events, attempts, bytes_out, bytes_in) values (${key}, 2, 0, 0, 0)`)}`.execute(
      db,
    );
    await sql`insert into finding (id, service, state, verdict, risk, updated_at, body)
      values ('chatgpt/unknown', 'chatgpt', 'open', 'unregistered', 40, 1, '{"id": "chatgpt/unknown", "people": 2}')`.execute(
      db,
    );
    await migrate(db);
    expect((await loadUsage(db)).map(({ provenance, events }) => [provenance, events])).toEqual([['observed', 2]]);
    const { rows } = await sql`select body from finding`.execute(db);
    expect(rows).toEqual([
      {
        body: {
          id: 'chatgpt/unknown',
          people: 2,
          provenance: 'observed',
          claimedOnly: false,
          unverified: { actors: 0, events: 0, attempts: 0 },
        },
      },
    ]);
    await saveChunk(db, chunk('more', { usage: [usage(), usage({ provenance: 'claimed' })] }));
    expect((await loadUsage(db)).map(({ provenance, events }) => [provenance, events])).toEqual([
      ['claimed', 3],
      ['observed', 5],
    ]);
  });

  it('one actor has a row for each, and a replay that finds other provenance puts exactly the old ones out', async () => {
    const db = await server.database();
    const rows = (...worth: ('observed' | 'reported' | 'claimed' | 'unauthenticated')[]) =>
      worth.map((provenance) => usage({ provenance }));
    await saveChunk(db, chunk('a', { usage: rows('observed', 'claimed'), evidence: [evidence()] }));
    const before = await dump(db);
    await saveChunk(
      db,
      chunk('b', {
        usage: rows('reported', 'claimed'),
        evidence: [evidence({ provenance: 'claimed', line: 2, time: noon + 1 })],
      }),
    );
    const use = async () => (await loadUse(db, ['chatgpt'])).map(({ provenance, events }) => [provenance, events]);
    expect(await use()).toEqual([
      ['claimed', 6],
      ['observed', 3],
      ['reported', 3],
    ]);
    expect((await loadEvidence(db)).map(({ provenance }) => provenance)).toEqual(['observed', 'claimed']);
    await saveChunk(db, chunk('b', { usage: rows('unauthenticated'), evidence: [], catalogHash: 'catalog-2' }));
    expect(await use()).toEqual([
      ['claimed', 3],
      ['observed', 3],
      ['unauthenticated', 3],
    ]);
    await saveChunk(db, chunk('b', { usage: [], uses: [], evidence: [], candidates: [], catalogHash: 'catalog-3' }));
    const after = await dump(db);
    for (const table of ['usage', 'usage_day', 'usage_service_day']) expect(after[table], table).toEqual(before[table]);
  });
});
