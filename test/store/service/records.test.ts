import { sql } from 'kysely';
import { beforeAll, beforeEach, expect, it } from 'vitest';
import { appendAudit, loadAudit, verifyAudit } from '../../../src/store/audit.js';
import { endChunk, quarantineChunk, replayChunks, splitChunk } from '../../../src/store/chunk-ends.js';
import { claimChunk, commitChunk, keepResults } from '../../../src/store/claims.js';
import { releaseHold, setHold } from '../../../src/store/holds.js';
import { loadTotals } from '../../../src/store/ledger.js';
import { loadRegister, saveRegister } from '../../../src/store/registers.js';
import { applyRetention, type RetentionCutoffs } from '../../../src/store/retention.js';
import type { Db } from '../../../src/store/tables.js';
import { json } from '../../../src/store/values.js';
import { random } from '../../helpers/random.js';
import { clear, dayMs, noon, push } from '../../jobs/helpers.js';
import { describeOnDatabases } from '../helpers/databases.js';
import { candidate, chunk, evidence, usage } from '../helpers/results.js';

const me = '00000000-0000-4000-8000-000000000001';

await describeOnDatabases('what the service keeps', (server) => {
  let db: Db;
  beforeAll(async () => {
    db = await server.database();
  });
  beforeEach(() => clear(db));

  const claimed = async (id: number) => {
    const claim = await claimChunk(db, id, me, noon);
    if (claim === undefined) throw new Error(`chunk ${id} not claimed`);
    return claim;
  };
  const everything = (before: number): RetentionCutoffs => ({
    input: before,
    usage: before,
    evidence: before,
    quarantine: before,
    history: before,
    pushKeys: before,
  });
  const countOf = async (table: string): Promise<number> =>
    (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db)).rows[0]?.n ?? -1;

  it('received is always landed, rejected and quarantined together, whatever is done in whatever order', async () => {
    const roll = random(7);
    const split: number[] = [];
    for (let step = 0; step < 150; step++) {
      const kind = roll();
      if (kind < 0.15) await replayChunks(db, { source: 'proxy' });
      const { rows } = await sql<{
        id: number;
      }>`select id from chunk where state = 'pending' order by md5(id || 'x' || ${step}) limit 1`.execute(db);
      const claim = await claimed(rows[0]?.id ?? (await push({ db, clock: { now: noon + step * 1_000_000 } }, 'x')));
      const [withEvents, skipped, rejected] = [0, 1, 2].map(() => Math.floor(roll() * 6)) as [number, number, number];
      if (kind < 0.6 || (kind < 0.8 && claim.part !== undefined))
        await commitChunk(
          db,
          claim,
          chunk('x', {
            source: 'proxy',
            records: withEvents + skipped + rejected,
            withEvents,
            skipped,
            rejected,
            usage: withEvents === 0 ? [] : [usage({ source: 'proxy', events: withEvents, attempts: 0 })],
          }),
        );
      else if (kind < 0.8)
        split.push(
          ...(await splitChunk(
            db,
            claim,
            [
              { from: 0, to: 1 },
              { from: 1, to: 2 },
            ],
            noon,
          )),
        );
      else if (kind < 0.9)
        await quarantineChunk(db, claim, { reason: 'r', sealed: Buffer.from('x'), records: 1, now: noon });
      else if (claim.replaces) await keepResults(db, claim, 'w');
      else await endChunk(db, claim, { state: 'lost', why: 'w', now: noon });

      const [total] = await loadTotals(db);
      if (total === undefined) continue;
      expect(total.received).toBe(total.landed + total.rejected + total.quarantined);
      const { rows: kept } = await sql`
        select coalesce(sum(records), 0)::int as received, coalesce(sum(hits), 0)::int as hits,
          (select count(*)::int from quarantine) as quarantined, (select coalesce(sum(events), 0)::int from usage) as used from chunk`.execute(
        db,
      );
      const { received, hits, quarantined } = total;
      expect(kept).toEqual([{ received, hits, quarantined, used: hits }]);
    }
    expect(split.length).toBeGreaterThan(4);
  });

  it('a chunk whose share went with time is not counted twice when it is to be scanned again', async () => {
    const id = await push({ db, clock: { now: noon - 50 * dayMs } }, 'x');
    await commitChunk(db, await claimed(id), chunk('x', { source: 'proxy' }));
    // Its bytes are in a folder, where they still can be had.
    await sql`update chunk set place = '{"path": "x"}'`.execute(db);
    expect(await replayChunks(db, {})).toEqual([id]);
    await sql`delete from chunk_usage`.execute(db);
    // It was marked before its share went.
    expect(
      await commitChunk(db, await claimed(id), chunk('x', { source: 'proxy', usage: [usage({ events: 9 })] })),
    ).toBe('done');
    expect(await replayChunks(db, {})).toEqual([]);
    const used = async () => (await sql`select sum(events)::int as n from usage`.execute(db)).rows;
    expect(await used()).toEqual([{ n: 3 }]);
    // Nor where reading it again ends the reader.
    await sql`update chunk set state = 'pending'`.execute(db);
    expect(await splitChunk(db, await claimed(id), [{ from: 0, to: 5 }], noon)).toEqual([]);
    await sql`update chunk set state = 'pending'`.execute(db);
    const record = { reason: 'r', sealed: Buffer.from('x'), records: 1, now: noon };
    expect(await quarantineChunk(db, await claimed(id), record)).toBe(false);
    const { rows } = await sql`select state, hits from chunk`.execute(db);
    expect(rows).toEqual([{ state: 'done', hits: 4 }]);
    expect(await used()).toEqual([{ n: 3 }]);
  });

  it('A32 times of fifty years back and ahead: each hit is on one day, and what is kept goes by receipt', async () => {
    const roll = random(32);
    const days = new Map<string, number>();
    for (let n = 0; n < 40; n++) {
      const received = noon - (n % 2) * 100 * dayMs;
      const at = noon + Math.round((roll() - 0.5) * 100 * 365 * dayMs);
      const day = new Date(at).toISOString().slice(0, 10);
      const one = usage({ day, source: 'proxy', service: `s${n % 2}`, events: 1, attempts: 0, first: at, last: at });
      const id = await push({ db, clock: { now: received } }, 'x');
      await commitChunk(
        db,
        await claimed(id),
        chunk('x', { source: 'proxy', usage: [one], evidence: [evidence({ time: at })], first: at, last: at }),
      );
      days.set(`s${n % 2} ${day}`, (days.get(`s${n % 2} ${day}`) ?? 0) + 1);
    }
    const { rows } = await sql<{ key: string; n: number }>`
      select service || ' ' || day as key, sum(events)::int as n from usage group by 1`.execute(db);
    expect(new Map(rows.map(({ key, n }) => [key, n]))).toEqual(days);
    // Records with times beyond what a date can be, and a hold that compares days.
    await sql`update chunk set first = ${-Number.MAX_SAFE_INTEGER}, last = ${Number.MAX_SAFE_INTEGER} where id = 1`.execute(
      db,
    );
    await setHold(db, { scope: { from: '1900-01-01', to: '1900-01-02' }, reason: 'r', who: 'cli:t', at: noon });
    await applyRetention(db, everything(noon - 50 * dayMs));
    const { rows: left } = await sql`select distinct service from usage`.execute(db);
    expect(left).toEqual([{ service: 's0' }]);
    expect(await countOf('usage')).toBe([...days.keys()].filter((key) => key.startsWith('s0')).length);
  });

  for (const [what, scope, kept] of [
    ['nothing', undefined, []],
    ['a service', { service: 'chatgpt' }, ['chatgpt ada proxy']],
    ['an actor', { actor: 'bob' }, ['claude bob proxy']],
    ['a source', { source: 'other' }, ['claude ada other']],
    ['days', { from: '2026-10-05', to: '2026-10-05' }, ['chatgpt ada proxy', 'claude ada other', 'claude bob proxy']],
    ['other days', { from: '2026-10-06' }, []],
    ['everything', {}, ['chatgpt ada proxy', 'claude ada other', 'claude bob proxy']],
  ] as const)
    it(`a legal hold on ${what} keeps that and nothing else, until it is released`, async () => {
      for (const [service, actor, source] of [
        ['chatgpt', 'ada', 'proxy'],
        ['claude', 'bob', 'proxy'],
        ['claude', 'ada', 'other'],
      ] as const) {
        const who = { kind: 'user', id: actor, group: '' } as const;
        await commitChunk(
          db,
          await claimed(await push({ db, clock: { now: noon - 50 * dayMs } }, 'x', source)),
          chunk('x', {
            source,
            usage: [usage({ service, source, actor: who })],
            uses: [{ service, day: '2026-10-05', accountKind: 'unknown', kind: 'web', model: '', events: 1 }],
            evidence: [evidence({ service, actor: who })],
            candidates: [candidate()],
          }),
        );
      }
      const hold =
        scope === undefined ? undefined : await setHold(db, { scope, reason: 'case 7', who: 'cli:t', at: noon });
      await applyRetention(db, everything(noon));
      const rowsOf = async (table: string, source: string): Promise<unknown[]> =>
        (
          await sql<{ row: string }>`select t.service || ' ' || t.actor || ' ' || ${sql.raw(source)} as row
            from ${sql.table(table)} t ${sql.raw(table === 'evidence' ? 'join chunk k on k.id = t.chunk_id' : '')} order by 1`.execute(
            db,
          )
        ).rows.map(({ row }) => row);
      expect(await rowsOf('usage', 't.source')).toEqual(kept);
      expect(await rowsOf('evidence', 'k.source')).toEqual(kept);
      // Kinds of use name no actor: a hold on one keeps those of all.
      const { rows: uses } = await sql<{ row: string }>`
        select u.service || ' ' || k.source as row from chunk_use u join chunk k on k.id = u.chunk_id order by 1`.execute(
        db,
      );
      const whole: readonly string[] =
        what === 'an actor' ? ['chatgpt ada proxy', 'claude ada other', 'claude bob proxy'] : kept;
      expect(uses.map(({ row }) => row)).toEqual(whole.map((row) => row.replace(/ (?:ada|bob) /, ' ')));
      if (hold === undefined) return;
      expect(await releaseHold(db, hold, 'cli:t', noon)).toBe(true);
      expect(await releaseHold(db, hold, 'cli:t', noon)).toBe(false);
      await applyRetention(db, everything(noon));
      for (const table of [
        'usage',
        'usage_day',
        'evidence',
        'candidate',
        'chunk_use',
        'chunk_usage',
        'chunk_input',
        'chunk',
      ])
        expect(await countOf(table), table).toBe(0);
      expect((await loadAudit(db)).map((row) => row.action)).toEqual(['hold.set', 'hold.released']);
    });

  it('no change to the audit log goes unseen: 300 of them are found, each at the first record that it touches', async () => {
    for (let n = 1; n <= 60; n++)
      await appendAudit(db, { at: noon + n, who: 'cli:ada', action: 'test.done', subject: `s${n}`, details: { n } });
    expect(await verifyAudit(db)).toMatchObject({ records: 60, badSeq: undefined });
    await expect(sql`update audit set who = 'x'`.execute(db)).rejects.toThrow('append-only');
    await expect(sql`delete from audit`.execute(db)).rejects.toThrow('append-only');
    const roll = random(25);
    for (let n = 0; n < 300; n++) {
      const seq = 1 + Math.floor(roll() * 59);
      const deed = n % 9;
      const bad = await db
        .transaction()
        .execute(async (trx) => {
          // Somebody with all rights over the database.
          await sql`alter table audit disable trigger user`.execute(trx);
          if (deed === 0) await sql`update audit set who = 'cli:eve' where seq = ${seq}`.execute(trx);
          if (deed === 1) await sql`update audit set details = details || ' ' where seq = ${seq}`.execute(trx);
          if (deed === 2) await sql`update audit set at = at + 1 where seq = ${seq}`.execute(trx);
          if (deed === 3) await sql`update audit set at = 9223372036854775807 where seq = ${seq}`.execute(trx);
          if (deed === 4) await sql`delete from audit where seq = ${seq}`.execute(trx);
          if (deed === 5) await sql`update audit set seq = 9223372036854775807 where seq = ${seq}`.execute(trx);
          if (deed === 6) await sql`update audit set hash = md5(hash) where seq = ${seq}`.execute(trx);
          if (deed === 7)
            await sql`update audit set subject = '', action = action || subject where seq = ${seq}`.execute(trx);
          if (deed === 8) {
            await sql`update audit set seq = -1 where seq = ${seq}`.execute(trx);
            await sql`update audit set seq = ${seq} where seq = ${seq + 1}`.execute(trx);
            await sql`update audit set seq = ${seq + 1} where seq = -1`.execute(trx);
          }
          const { badSeq } = await verifyAudit(trx);
          throw Object.assign(new Error('taken back'), { badSeq });
        })
        .catch((error: { badSeq?: number }) => error.badSeq);
      expect(bad, `deed ${deed} at ${seq}`).toBe(seq);
    }
    expect(await verifyAudit(db)).toMatchObject({ records: 60, badSeq: undefined });
  });

  it('audit records are in one row behind each other, however many write at once', async () => {
    await Promise.all(
      Array.from({ length: 40 }, (_, n) =>
        appendAudit(db, { at: noon, who: 'service', action: 'a', subject: String(n), details: {} }),
      ),
    );
    expect(await verifyAudit(db)).toMatchObject({ records: 40, badSeq: undefined });
  });

  it('texts that look like escapes, and such that no database holds, are kept in JSON', async () => {
    const odd = {
      'a\u0000': '\\u0000',
      b: '\u0000\\\u0000',
      c: ['\ud800', '\\ud800', '\ud83d\ude00', '\udc00x'],
      d: 'C:\\users\\u0041',
    };
    expect(JSON.parse(json(odd))).toEqual({
      'a\ufffd': '\\u0000',
      b: '\ufffd\\\ufffd',
      c: ['\ufffd', '\\ud800', '\ud83d\ude00', '\ufffdx'],
      d: 'C:\\users\\u0041',
    });
    expect(await saveRegister(db, 'inventory', { hash: 'h', body: [odd] }, noon)).toBe(true);
    expect(await saveRegister(db, 'inventory', { hash: 'h', body: [odd] }, noon)).toBe(false);
    expect(await loadRegister(db, 'inventory')).toMatchObject({ hash: 'h', body: [JSON.parse(json(odd))] });
    expect(await loadRegister(db, 'inventory', 'h')).toBeUndefined();
  });
});
