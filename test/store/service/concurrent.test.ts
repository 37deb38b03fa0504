import { setTimeout as sleep } from 'node:timers/promises';
import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import type { Usage } from '../../../src/core/usage.js';
import { replayChunks } from '../../../src/store/chunk-ends.js';
import { claimChunk, commitChunk, undoneChunks } from '../../../src/store/claims.js';
import { removeInstance } from '../../../src/store/instances.js';
import { commitBatch } from '../../../src/store/intake.js';
import { createMonth, ensureMonths, monthPartitions } from '../../../src/store/partitions.js';
import { applyRetention } from '../../../src/store/retention.js';
import { beginCollecting, syncSources } from '../../../src/store/sources.js';
import type { Db } from '../../../src/store/tables.js';
import type { ChunkResult } from '../../../src/store/types.js';
import { random } from '../../helpers/random.js';
import { clear, dumpAll, noon, push } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../helpers/databases.js';
import { chunk, usage } from '../helpers/results.js';

const owners = Array.from({ length: 8 }, (_, n) => `00000000-0000-4000-8000-00000000000${n}`);
const clock = { now: noon };

await describeOnDatabases('workers at the same time', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const result = (roll: () => number, rows: number): ChunkResult =>
    chunk('x', {
      source: 'proxy',
      evidence: [],
      candidates: [],
      usage: Array.from({ length: rows }, () =>
        usage({
          service: `s${Math.floor(roll() * 4)}`,
          actor: { kind: 'user', id: `u${Math.floor(roll() * 6)}`, group: '' },
          day: `2026-10-0${1 + Math.floor(roll() * 3)}`,
          events: 1 + Math.floor(roll() * 5),
          attempts: 0,
          bytesOut: Math.floor(roll() * 1000),
          bytesIn: 1,
          spend: roll() < 0.2 ? new Map([['EUR', Math.floor(roll() * 100)]]) : new Map(),
        }),
      ),
    });
  const sums = async (): Promise<unknown> =>
    (
      await sql`select service, actor, day, sum(events)::text as events, sum(bytes_out)::text as bytes_out,
        sum(coalesce((spend->>'EUR')::numeric, 0))::text as eur from usage group by 1, 2, 3 order by 1, 2, 3`.execute(
        db,
      )
    ).rows;
  /** What the rows add up to, by hand. */
  const added = (rows: readonly Usage[]): unknown => {
    const total = new Map<string, [number, number, number]>();
    for (const row of rows) {
      const key = `${row.service} ${row.actor.id} ${row.day}`;
      const [events, bytes, eur] = total.get(key) ?? [0, 0, 0];
      total.set(key, [events + row.events, bytes + row.bytesOut, eur + (row.spend.get('EUR') ?? 0)]);
    }
    return [...total]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, [events, bytes, eur]]) => {
        const [service, actor, day] = key.split(' ');
        return { service, actor, day, events: String(events), bytes_out: String(bytes), eur: String(eur) };
      });
  };

  it('F19 two at one chunk, 300 times: one has it, the other leaves no trace', async () => {
    await sql`insert into chunk (key, source, sha256, received_at)
      select 'proxy/' || n, 'proxy', '', ${noon} from generate_series(1, 300) n`.execute(db);
    const { rows } = await sql<{ id: number }>`select id from chunk order by id`.execute(db);
    for (const { id } of rows) {
      const claims = await Promise.all([0, 1].map((n) => claimChunk(db, id, owners[n] ?? '', noon)));
      const won = claims.filter((claim) => claim !== undefined);
      expect(won).toHaveLength(1);
      expect(won[0]).toMatchObject({ fence: 1, attempts: 0 });
    }
    const { rows: left } = await sql`select fence, attempts, count(*)::int as n from chunk group by 1, 2`.execute(db);
    expect(left).toEqual([{ fence: 1, attempts: 0, n: 300 }]);
  });

  it('eight save chunks over the same rows, with a collection that finds gaps beside them: none fails, the sums are exact', async () => {
    const roll = random(11);
    await syncSources(db, [{ id: 'proxy', kind: 'push', expectEvery: undefined }], noon);
    const all: Usage[] = [];
    const work = await Promise.all(
      Array.from({ length: 64 }, async () => {
        const given = result(roll, 30);
        all.push(...given.usage);
        return { id: await push({ db, clock }, 'x'), given };
      }),
    );
    let going = true;
    const gaps = (async () => {
      for (let n = 0; going; n++) {
        const begun = await beginCollecting(db, 'proxy', noon);
        await commitBatch(
          db,
          { source: 'proxy', fence: begun?.fence ?? 0 },
          { chunks: [], cursor: new Map([['n', String(n)]]), gaps: [{ at: noon, why: 'lost', lines: 1 }] },
          noon,
        );
        await sleep(1);
      }
    })();
    await Promise.all(
      owners.map(async (owner) => {
        for (let next = work.shift(); next !== undefined; next = work.shift()) {
          const claim = await claimChunk(db, next.id, owner, noon);
          if (claim === undefined) throw new Error('not claimed');
          expect(await commitChunk(db, claim, next.given)).toBe('done');
        }
      }),
    );
    going = false;
    await gaps;
    expect(await sums()).toEqual(added(all));
    const { rows } = await sql`select sum(events)::text as n from usage_day`.execute(db);
    expect(rows).toEqual([{ n: String(all.reduce((sum, row) => sum + row.events, 0)) }]);
  });

  it('chunks are scanned again while others are saved: the sums are those of the last results', async () => {
    const roll = random(5);
    const last = new Map<number, ChunkResult>();
    const save = async (id: number, owner: string, change: Partial<ChunkResult> = {}): Promise<void> => {
      const claim = await claimChunk(db, id, owner, noon);
      if (claim === undefined) throw new Error(`chunk ${id} not claimed`);
      const given = { ...result(roll, 10), ...change };
      last.set(id, given);
      expect(await commitChunk(db, claim, given)).toBe('done');
    };
    for (let n = 0; n < 12; n++) await save(await push({ db, clock }, 'x'), owners[0] ?? '');
    for (let round = 0; round < 2; round++) {
      const again = await replayChunks(db, { source: 'proxy' });
      expect(again).toHaveLength(12 + round * 8);
      const fresh = await Promise.all(Array.from({ length: 8 }, () => push({ db, clock }, 'x')));
      const ids = [...again, ...fresh].sort(() => roll() - 0.5);
      await Promise.all(
        owners.slice(0, 4).map(async (owner) => {
          for (let id = ids.shift(); id !== undefined; id = ids.shift()) await save(id, owner);
        }),
      );
      expect(await sums()).toEqual(added([...last.values()].flatMap((given) => given.usage)));
    }
    expect(await undoneChunks(db, noon, 10)).toEqual([]);
    const hours = await sql`select sum(hits)::int as hits, sum(chunks)::int as chunks from source_hour`.execute(db);
    const hits = [...last.values()].flatMap((given) => given.usage).reduce((sum, row) => sum + row.events, 0);
    expect(hours.rows).toEqual([{ hits, chunks: last.size }]);
  });

  it('F3 a process died with chunks in work: they are free again, and one more try is on their account', async () => {
    const [id = 0, other = 0] = [await push({ db, clock }, 'x'), await push({ db, clock }, 'x')];
    await sql`insert into instance (id, role, host, pid, version, started_at)
      values (${owners[0]}, 'work', 'h', 1, '0', 1), (${owners[1]}, 'work', 'h', 2, '0', 1)`.execute(db);
    await claimChunk(db, id, owners[0] ?? '', noon);
    await claimChunk(db, other, owners[1] ?? '', noon);
    // Its beat moved meanwhile: it lives.
    expect(await removeInstance(db, owners[0] ?? '', { died: true, seenBeat: 7 })).toEqual([]);
    expect(await removeInstance(db, owners[0] ?? '', { died: true, seenBeat: 0 })).toEqual([id]);
    expect(await undoneChunks(db, noon, 10)).toEqual([id]);
    const again = await claimChunk(db, id, owners[1] ?? '', noon);
    expect(again).toMatchObject({ fence: 2, attempts: 1 });
    expect(await removeInstance(db, owners[1] ?? '', { died: false })).toEqual([id, other]);
    const { rows } = await sql`select attempts from chunk order by id`.execute(db);
    expect(rows).toEqual([{ attempts: 1 }, { attempts: 0 }]);
  });

  it('months are made once by many at the same time; rows move there, empty old ones go, and savers never wait in a circle', async () => {
    const days = ['2026-01', '2026-02', '2026-03'].map((month) => `${month}-05`);
    for (const day of ['2031-07-09', '2025-02-03'])
      await sql`
      insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence, events, attempts,
        bytes_out, bytes_in, received_at) values (${day}, 's', 'user', 'u', '', 'proxy', 'unknown', 'visit', 'high', 1, 0, 0, 0, 1)`.execute(
        db,
      );
    const one = await server.database();
    await Promise.all([...owners.map(() => ensureMonths(one, days)), ...owners.map(() => createMonth(one, '2026-02'))]);
    expect(await monthPartitions(one)).toEqual(['usage_2026_01', 'usage_2026_02', 'usage_2026_03']);
    const before = await dumpAll(db);
    await Promise.all(owners.map(() => createMonth(db, '2031-07')));
    expect(await dumpAll(db)).toEqual(before);
    const { rows } = await sql`select count(*)::int as n from usage_2031_07`.execute(db);
    expect(rows).toEqual([{ n: 1 }]);

    const roll = random(2);
    let going = true;
    const dropping = (async () => {
      while (going) {
        await createMonth(db, '2025-03');
        await applyRetention(db, {
          input: 1,
          usage: noon - 1,
          evidence: 1,
          quarantine: 1,
          history: undefined,
          pushKeys: 1,
        });
      }
    })();
    for (let n = 0; n < 20; n++) {
      const claim = await claimChunk(db, await push({ db, clock }, 'x'), owners[0] ?? '', noon);
      if (claim === undefined) throw new Error('not claimed');
      await commitChunk(db, claim, { ...result(roll, 5), usage: [usage({ day: '2025-03-07' })] });
    }
    going = false;
    await dropping;
    const { rows: kept } = await sql`select events::int from usage where day = '2025-03-07'`.execute(db);
    expect(kept).toEqual([{ events: 60 }]);
    await applyRetention(db, {
      input: 1,
      usage: noon + 1,
      evidence: 1,
      quarantine: 1,
      history: undefined,
      pushKeys: 1,
    });
    expect((await monthPartitions(db)).filter((name) => name < 'usage_2026')).toEqual([]);
  });
});
