import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { sql } from 'kysely';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { listenToFaults } from '../../src/core/fault.js';
import { verifierKey } from '../../src/core/signed-note.js';
import { writeBundle } from '../../src/evidence/bundle.js';
import { writeNewFile } from '../../src/evidence/draft-file.js';
import { ingest } from '../../src/jobs/ingest/ingest.js';
import { reResolve } from '../../src/jobs/people/re-resolve.js';
import { registerHash } from '../../src/jobs/registers.js';
import { retention } from '../../src/jobs/retention.js';
import { readPeople } from '../../src/people/read-people.js';
import { replayChunks } from '../../src/store/chunk-ends.js';
import { undoneChunks } from '../../src/store/claims.js';
import { readOnly } from '../../src/store/reads/read-only.js';
import { saveRegister } from '../../src/store/registers.js';
import type { Db } from '../../src/store/tables.js';
import { ndjson, root } from '../helpers/cli.js';
import { dayMs, noon, push, setupOf, signer, squidLine, type TestService, testService } from '../jobs/helpers.js';
import { describeOnDatabases } from '../store/helpers/databases.js';
import { type Files, filesOf } from './archive.js';

const verifier = join(root, 'verifier/halflight-verify.mjs');
const folder = mkdtempSync(join(tmpdir(), 'halflight-traced-'));
chmodSync(folder, 0o711);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

await describeOnDatabases('a bundle of last quarter', (server) => {
  let db: Db;
  let made: TestService;
  let divided: string;
  beforeAll(async () => {
    db = await server.database();
    made = await testService(db, {
      poison: 'kill-me=throw',
      setup: setupOf({
        work: { concurrency: 2, chunkDeadline: 30_000, keptInput: 7 * dayMs },
        retention: { usage: 400 * dayMs, evidence: 180 * dayMs, quarantine: 30 * dayMs, history: 400 * dayMs },
      }),
    });
    // Two people over some chunks of two days; and one that ends its reader, so that its parts stand for it.
    const of = (host: string, user: string, hours: number): string => squidLine(host, user, noon + hours * 3_600_000);
    await push(made, of('chat.example', 'ada', 0) + of('chat.example', 'bob', 0) + of('news.example', 'ada', 0));
    await push(made, of('chat.example', 'ada', 1) + of('draw.example', 'bob', 1));
    await push(made, of('chat.example', 'ada', 25));
    const spoilt = squidLine('chat.example', 'eve', noon, '/kill-me/1');
    divided = `${of('chat.example', 'ada', 2)}\n${spoilt}\n\n${of('chat.example', 'ada', 3)}${of('draw.example', 'ada', 3)}`;
    await push(made, divided);
    for (let tries = 0; tries < 30; tries++) {
      for (const id of await undoneChunks(db, made.clock.now, 10)) await ingest(made.context, id);
      made.clock.now += 60_000;
    }
  }, 60_000);

  let last = '';
  /** A bundle of the quarter, checked by the one file that shares nothing with the program. */
  async function bundle(): Promise<Files> {
    const file = join(folder, `${Math.random()}.zip`);
    last = file;
    const day = (text: string): number => Date.parse(`${text}T00:00:00Z`);
    const [from, until] = ['2026-10-01', '2027-01-01'];
    await writeNewFile(file, (handle) =>
      readOnly(db, 60_000, (trx) =>
        writeBundle(trx, handle, {
          scope: { from, until, start: day(from), end: day(until), only: undefined },
          asked: { services: [], findings: [], entries: [] },
          zone: 'UTC',
          people: { names: true, actor: ({ id }) => id, group: ({ group }) => group, mask: (text) => text },
          vendorOf: () => '',
          versions: { catalog: 'c', risk_rules: '1' },
          product: '0',
          signer,
          now: made.clock.now,
        }),
      ),
    );
    const checked = spawnSync(process.execPath, [verifier, file, '--key', verifierKey(signer)], { encoding: 'utf8' });
    expect(checked.stdout, checked.stderr).toMatch(/^GOOD/);
    expect(checked.status, checked.stdout).toBe(0);
    return filesOf(readFileSync(file));
  }
  const text = (files: Files, name: string): string => files.get(name)?.toString() ?? '';
  const numbers = (files: Files) =>
    ndjson(text(files, 'numbers.ndjson')) as { actor: string; events: number; rest: null }[];
  const countOf = async (table: string): Promise<number> =>
    (await sql<{ n: number }>`select count(*)::int as n from ${sql.table(table)}`.execute(db)).rows[0]?.n ?? -1;

  it('traces every number to the pieces of input that made it, long after the input is gone', async () => {
    const before = await bundle();
    expect(JSON.parse(text(before, 'summary.json'))).toMatchObject({
      total: { events: 8, attempts: 0, not_traced: 0 },
    });
    const shares = await countOf('chunk_usage');
    made.clock.now += 8 * dayMs;

    // The first try ends in the middle.
    listenToFaults((point) => {
      if (point === 'shares.folded') throw new Error('killed');
    });
    await expect(retention(made.context)).rejects.toThrow('killed');
    listenToFaults(undefined);
    expect(await countOf('chunk_usage')).toBe(shares);
    expect(text(await bundle(), 'numbers.ndjson')).toBe(text(before, 'numbers.ndjson'));

    await retention(made.context);
    expect(await countOf('chunk_usage')).toBe(0);
    expect(await countOf('chunk_input')).toBe(0);
    expect(await replayChunks(db, {})).toEqual([]);
    const after = await bundle();
    for (const name of ['numbers.ndjson', 'summary.json', 'usage.csv', 'chunks.ndjson'])
      expect(text(after, name), name).toBe(text(before, name));
    // Twice is the same as once.
    await retention(made.context);
    expect(text(await bundle(), 'numbers.ndjson')).toBe(text(before, 'numbers.ndjson'));
  });

  it('follows each record to its line, also where parts stand for a piece', async () => {
    const files = await bundle();
    const hits = ndjson(text(files, 'evidence.ndjson')) as { id: string; chunk: string; record_sha256: string }[];
    const ofParts = hits.filter(({ chunk }) => chunk.includes('#'));
    expect(ofParts).toHaveLength(3);
    const raw = join(folder, 'divided.log');
    writeFileSync(raw, divided);
    for (const { id, record_sha256: hash } of ofParts) {
      const line = divided.split('\n').find((one) => createHash('sha256').update(one).digest('hex') === hash);
      const args = [last, '--key', verifierKey(signer), '--trace', id, '--raw', raw];
      for (const [program, ...before] of [[verifier], [join(root, 'bin/halflight.js'), 'verify']] as const) {
        const { status, stdout, stderr } = spawnSync(process.execPath, [program, ...before, ...args], {
          encoding: 'utf8',
        });
        expect(stdout, stderr).toContain(`its line:    ${line}`);
        expect(stdout).toContain('the same bytes');
        expect(status).toBe(0);
      }
    }
  });

  it('still does when it turns out later who somebody was, and as long as the use is kept', async () => {
    const staff = readPeople('id,email,name,group,aliases\nu1,ada@acme.example,Ada,Sales,ada\n', 'people.csv').people;
    await saveRegister(db, 'people', { hash: registerHash(staff), body: staff }, made.clock.now);
    await reResolve(made.context, new AbortController().signal);
    const rows = numbers(await bundle());
    expect([...new Set(rows.map(({ actor }) => actor))].sort()).toEqual(['bob', 'u1']);
    expect(rows.reduce((sum, { events }) => sum + events, 0)).toBe(8);
    expect(rows.map(({ rest }) => rest)).toEqual(rows.map(() => null));

    made.clock.now = noon + 399 * dayMs;
    await retention(made.context);
    expect(JSON.parse(text(await bundle(), 'summary.json'))).toMatchObject({ total: { events: 8, not_traced: 0 } });
    made.clock.now = noon + 402 * dayMs;
    await retention(made.context);
    for (const table of ['usage', 'usage_trace', 'chunk']) expect(await countOf(table), table).toBe(0);
  });
});
