import { sql } from 'kysely';
import { beforeAll, expect, it } from 'vitest';
import type { Provenance } from '../../src/core/provenance.js';
import { saveChunk } from '../../src/store/chunks.js';
import { saveFinding } from '../../src/store/findings.js';
import { readOnly } from '../../src/store/reads/read-only.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { chunk, usage } from '../store/helpers/results.js';
import { bearer, startApi, type TestApi } from './helpers/api.js';
import { finding, noon, seed } from './helpers/seed.js';

await describeOnDatabases('a reader', (server) => {
  let api: TestApi;
  let db: Db;
  let ids: { done: number; waiting: number };
  beforeAll(async () => {
    db = await server.database();
    ids = await seed(db);
    api = await startApi(db, { now: () => noon });
  });
  const get = async (url: string) => {
    const answer = await api.app.inject({ url, headers: bearer(api.read) });
    return { status: answer.statusCode, body: answer.json() };
  };

  it('sees of each source whether its data come, and what is promised', async () => {
    const { status, body } = await get('/v1/sources');
    expect(status).toBe(200);
    expect(body.sources).toEqual([
      {
        id: 'firewall',
        kind: 'syslog',
        state: 'active',
        paused_why: null,
        health: 'failing',
        promise: 'counted best effort',
        since: '2026-10-01T08:00:00Z',
        last_data_at: null,
        last_event_at: null,
        last_run_at: null,
        lag_ms: null,
        silence_ms: null,
        expect_every_ms: null,
        waiting_chunks: 0,
        waiting_since: null,
        last_error: 'It does not listen.',
        last_error_at: '2026-10-05T12:00:00Z',
      },
      {
        id: 'proxy',
        kind: 'folder',
        state: 'active',
        paused_why: null,
        health: 'silent',
        promise: 'exact',
        since: '2026-10-01T08:00:00Z',
        last_data_at: '2026-10-05T10:00:00Z',
        last_event_at: '2026-10-05T09:00:00Z',
        last_run_at: '2026-10-05T11:00:00Z',
        lag_ms: 3_600_000,
        silence_ms: 7_200_000,
        expect_every_ms: 3_600_000,
        waiting_chunks: 1,
        waiting_since: '2026-10-05T11:30:00Z',
        last_error: null,
        last_error_at: null,
      },
    ]);
  });

  it('sees the last 48 hours of a source and its gaps', async () => {
    const { body } = await get('/v1/sources/proxy');
    expect(body.hours).toEqual([
      {
        hour: '2026-10-05T11:00:00Z',
        chunks: 1,
        bytes: 5000,
        received: 10,
        landed: 9,
        rejected: 1,
        quarantined: 0,
        refused: 0,
        missing: 4,
        hits: 12,
      },
    ]);
    expect(body.gaps).toEqual([{ at: '2026-10-05T11:00:00Z', why: 'The file was gone.', lines: 4, bytes: null }]);
    expect(await get('/v1/sources/none')).toMatchObject({
      status: 404,
      body: { detail: 'There is no source with this id: look it up in the list.' },
    });
  });

  it('pages through the chunks, newest first, and sees why records were rejected', async () => {
    const first = await get('/v1/chunks?limit=1');
    expect(first.body.chunks).toMatchObject([
      { id: ids.waiting, state: 'pending', name: 'logs/<b>.log', scanned_at: null },
    ]);
    const second = await get(`/v1/chunks?limit=1&after=${first.body.next}`);
    expect(second.body).toMatchObject({
      chunks: [
        {
          id: ids.done,
          source: 'proxy',
          name: 'proxy/access.log',
          state: 'done',
          records: 10,
          with_events: 6,
          skipped: 3,
          rejected: 1,
          rejects: [{ reason: 'no time', count: 1 }],
          hits: 12,
          part_of: null,
        },
      ],
      next: null,
    });
    expect((await get('/v1/chunks?state=pending&source=proxy')).body.chunks).toHaveLength(1);
    expect((await get('/v1/chunks?state=done&source=firewall')).body.chunks).toEqual([]);
  });

  it('sees the story of a chunk, and never its raw bytes', async () => {
    const { body } = await get(`/v1/chunks/${ids.done}`);
    expect(body.quarantine).toEqual([
      { id: 1, part_start: 5, part_end: 9, reason: 'It ended its worker.', at: '2026-10-05T12:00:00Z' },
    ]);
    expect(body.findings).toEqual([
      {
        id: 'chatgpt/personal',
        at: '2026-10-05T02:00:00Z',
        kind: 'opened',
        verdict_before: null,
        verdict: 'unregistered',
        reason: 'It is used, and nothing names it.',
      },
    ]);
    expect(JSON.stringify(body)).not.toContain('SECRET');
  });

  it('sees the parts of a chunk that was split', async () => {
    await sql`update chunk set parent_id = ${ids.done}, part_start = 3, part_end = 8 where id = ${ids.waiting}`.execute(
      db,
    );
    expect((await get(`/v1/chunks/${ids.done}`)).body.parts).toEqual([
      { id: ids.waiting, state: 'pending', part_start: 3, part_end: 8, error: null },
    ]);
    expect((await get(`/v1/chunks/${ids.waiting}`)).body).toMatchObject({
      part_of: ids.done,
      part_start: 3,
      part_end: 8,
    });
  });

  it('sees findings by risk, by state and by verdict', async () => {
    const ids = async (query: string) =>
      (await get(`/v1/findings?${query}`)).body.findings.map((row: { id: string }) => row.id);
    expect(await ids('')).toEqual(['chatgpt/personal', 'claude/unknown']);
    expect(await ids('state=watched')).toEqual(['claude/unknown']);
    expect(await ids('verdict=unregistered')).toEqual(['chatgpt/personal']);
    expect(await ids('state=resolved')).toEqual([]);
  });

  it('sees every finding exactly once when paging, also those of equal risk', async () => {
    for (let n = 0; n < 25; n++)
      await saveFinding(db, finding({ id: `page-${n}/unknown`, service: `page-${n}`, groups: [] }), undefined, {
        chunkId: undefined,
        now: noon,
      });
    const seen: string[] = [];
    let after = '';
    for (;;) {
      const { body } = await get(`/v1/findings?limit=4${after}`);
      seen.push(...body.findings.map((row: { id: string }) => row.id));
      if (body.next === null) break;
      after = `&after=${body.next}`;
    }
    expect(seen).toHaveLength(27);
    expect(new Set(seen).size).toBe(27);
    expect((await get('/v1/findings?after=bm9uc2Vuc2U')).status).toBe(400);
  });

  it('sees a finding with factors, signals and history; small groups are merged', async () => {
    const { status, body } = await get('/v1/findings/chatgpt/personal');
    expect(status).toBe(200);
    expect(body.risk.factors).toEqual([{ group: 'governance', name: 'verdict', points: 62, why: 'Unregistered.' }]);
    expect(body.signals).toEqual([
      { name: 'new-group', why: 'Since 1 October it is used by Sales.', numbers: { groups: 1 } },
    ]);
    // Legal and Board have one person each: two are too few to be hidden among, so that Sales joins them and no row is left.
    expect(body.groups).toEqual([]);
    expect(body.history).toHaveLength(1);
    expect(JSON.stringify(body)).not.toMatch(/Ada|Bob|Legal|Board/);
    expect((await get('/v1/findings/chatgpt%2Fpersonal')).body).toEqual(body);
  });

  it('sees the contracts behind a finding, as of today', async () => {
    const contract = { vendor: 'OpenAI', name: '', number: 'MSA-123', owner: 'Jane Doe', status: '', line: 2 };
    const body = [
      { ...contract, start: '2026-04-01', end: '2026-09-30', services: [{ id: 'chatgpt', by: 'vendor' }] },
      { ...contract, number: 'MSA-124', end: '2027-03-31', services: [{ id: 'chatgpt', by: 'product' }] },
      { ...contract, vendor: 'Other', services: [{ id: 'claude', by: 'product' }] },
    ];
    await saveRegister(db, 'contracts', { hash: 'contracts-1', body }, noon);
    const { contracts, verdict } = (await get('/v1/findings/chatgpt/personal')).body;
    expect(verdict).toBe('unregistered');
    expect(
      contracts.map(({ state, sentence }: { state: string; sentence: string }) => `${state}: ${sentence}`),
    ).toEqual([
      'running: A contract with OpenAI (MSA-124) runs until 2027-03-31, owner Jane Doe.',
      'expired: A contract with OpenAI (MSA-123) expired on 2026-09-30, owner Jane Doe; it does not name the product: it covers nothing now.',
    ]);
  });

  it('sees the use of a service by day, source, account kind and strength, undated use apart', async () => {
    const { body } = await get('/v1/usage?service=chatgpt&from=2026-10-01&to=2026-10-05');
    expect(body).toEqual({
      service: 'chatgpt',
      from: '2026-10-01',
      to: '2026-10-05',
      total: { events: 8, attempts: 1, bytes_out: 1000, bytes_in: 2010 },
      undated: { events: 2, attempts: 0, bytes_out: 7, bytes_in: 8 },
      days: [
        { day: '2026-10-04', events: 5, attempts: 0, bytes_out: 900, bytes_in: 10 },
        { day: '2026-10-05', events: 3, attempts: 1, bytes_out: 100, bytes_in: 2000 },
      ],
      sources: [{ source: 'proxy', events: 8, attempts: 1, bytes_out: 1000, bytes_in: 2010 }],
      account_kinds: [
        { account_kind: 'personal', events: 5, attempts: 0, bytes_out: 900, bytes_in: 10 },
        { account_kind: 'unknown', events: 3, attempts: 1, bytes_out: 100, bytes_in: 2000 },
      ],
      strengths: [
        { strength: 'transfer', events: 5, attempts: 0, bytes_out: 900, bytes_in: 10 },
        { strength: 'visit', events: 3, attempts: 1, bytes_out: 100, bytes_in: 2000 },
      ],
      provenances: [{ provenance: 'observed', events: 8, attempts: 1, bytes_out: 1000, bytes_in: 2010 }],
    });
    expect((await get('/v1/usage?service=none')).body).toMatchObject({
      from: '2026-09-06',
      to: '2026-10-05',
      days: [],
    });
  });

  it('sees the front page: services of the last 30 days with their findings', async () => {
    expect((await get('/v1/usage/top')).body).toEqual({
      from: '2026-09-06',
      to: '2026-10-05',
      services: [
        {
          service: 'chatgpt',
          events: 8,
          attempts: 1,
          bytes_out: 1000,
          bytes_in: 2010,
          first_day: '2026-10-04',
          last_day: '2026-10-05',
          findings: [{ id: 'chatgpt/personal', state: 'open', verdict: 'unregistered', risk: 62 }],
        },
        {
          service: 'claude',
          events: 1,
          attempts: 0,
          bytes_out: 1,
          bytes_in: 1,
          first_day: '2026-10-05',
          last_day: '2026-10-05',
          findings: [{ id: 'claude/unknown', state: 'watched', verdict: 'sanctioned', risk: 10 }],
        },
      ],
    });
  });

  it('sees who is nobody known by what would tell, and nobody by name', async () => {
    const { body } = await get('/v1/people');
    expect(body).toMatchObject({ people: 0, accounts: [], contradictions: 0 });
    const { unresolved_events: events, unresolved_actors: actors, unresolved } = body as Record<string, never>;
    // All of them are fewer than five, and one group together.
    expect(unresolved).toEqual([expect.objectContaining({ kind: null, group: 'other', actors, events })]);
    expect(JSON.stringify(body)).not.toMatch(/\bada\b/);
  });

  it('sees what is paid again and again, of stored payments that count and that somebody vouches for, and nobody who pays', async () => {
    const paid = (
      key: string,
      source: string,
      days: readonly string[],
      who: string,
      provenance: Provenance,
      cents = 2000,
    ) =>
      saveChunk(
        db,
        chunk('', {
          source,
          sha256: key,
          usage: [],
          uses: [],
          evidence: [],
          candidates: [],
          expenses: days.map((day) => ({
            identity: `${day} ${who} ${cents}`,
            use: 'account' as const,
            usage: usage({
              day,
              service: 'midjourney',
              actor: { kind: 'person', id: who, group: '' },
              source,
              strength: 'payment',
              provenance,
              events: 1,
              attempts: 0,
              spend: new Map([['USD', cents]]),
            }),
          })),
        }),
      );
    const months = ['2026-08-04', '2026-09-04', '2026-10-04'];
    await paid('one', 'card', months, 'p-90', 'observed');
    // The same in another export, and what only somebody says.
    await paid('two', 'card', months, 'p-90', 'observed');
    await paid('three', 'upload', months, 'p-91', 'claimed');
    await paid('four', 'card', ['2026-02-01', '2026-03-01', '2026-04-01'], 'p-92', 'reported', 900);
    const { status, body } = await get('/v1/subscriptions');
    expect(status).toBe(200);
    expect(body).toEqual({
      as_of: '2026-10-05',
      complete: true,
      subscriptions: [
        {
          service: 'midjourney',
          cadence: 'monthly',
          currency: 'USD',
          running: 1,
          stopped: 1,
          amount: 2000,
          since: '2026-02-01',
          last: '2026-10-04',
          next: '2026-11-04',
        },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('p-9');
  });

  it('finds no person anywhere', async () => {
    for (const url of [
      '/v1/usage?service=chatgpt',
      '/v1/usage/top',
      '/v1/people',
      '/v1/findings',
      `/v1/chunks/${ids.done}`,
    ])
      expect(JSON.stringify((await get(url)).body)).not.toMatch(/p-17|\bada\b|Research/);
  });

  it('hears which value is accepted', async () => {
    for (const [url, detail] of [
      ['/v1/chunks?limit=0', 'In the query, limit: accepted is a number of rows, 1 to 500.'],
      ['/v1/chunks?limit=1&limit=2', 'In the query, limit: accepted is a number of rows, 1 to 500.'],
      ['/v1/chunks?state=odd', 'accepted is pending, done, split, quarantined, duplicate, lost'],
      ['/v1/chunks?source=%00', 'In the query, source: accepted is the id of a source, at most 200 characters.'],
      ['/v1/chunks/abc', 'In the params, id: accepted is the number of a piece'],
      ['/v1/chunks?actor=ada', 'actor'],
      ['/v1/usage', 'In the query, service: accepted is the id of a service'],
      ['/v1/usage?service=a&from=2026-02-30', 'In the query, from: accepted is a day such as 2026-11-25.'],
      ['/v1/usage?service=a&from=2026-10-06&to=2026-10-05', 'In the query, from: it is after to.'],
      ['/v1/usage?service=a&from=2020-01-01&to=2026-10-05', 'the range has more than 400 days; ask for less.'],
    ] as const) {
      const { status, body } = await get(url);
      expect([url, status]).toEqual([url, 400]);
      expect(body.detail).toContain(detail);
    }
  });

  it('gets an answer for records with absurd times', async () => {
    await sql`update chunk set first = -9007199254740991, last = 9007199254740991 where id = ${ids.done}`.execute(db);
    await sql`update source set last_event_at = -9007199254740991 where id = 'proxy'`.execute(db);
    expect((await get(`/v1/chunks/${ids.done}`)).body).toMatchObject({ first: null, last: null });
    expect((await get('/v1/sources/proxy')).body).toMatchObject({ last_event_at: null, lag_ms: null });
  });

  it('can change nothing in the database, whatever a route would do', async () => {
    await expect(readOnly(db, 1000, (trx) => sql`delete from finding`.execute(trx))).rejects.toThrow('read-only');
    await expect(readOnly(db, 100, (trx) => sql`select pg_sleep(5)`.execute(trx))).rejects.toMatchObject({
      code: '57014',
    });
  });
});
