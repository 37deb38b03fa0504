import { createHash } from 'node:crypto';
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import type { Usage } from '../src/core/usage.js';
import { saveChunk } from '../src/store/chunks.js';
import type { Store } from '../src/store/db.js';
import { defaultUrl, withDatabase } from './database.js';
import { planted } from './generate/services.js';
import { began } from './generate/traffic.js';
import { verdict } from './goals.js';
import { median } from './measure.js';
import { count, failOn, table, times, WrongAnswer } from './print.js';

// What a database costs: results of chunks saved (the roll-up's upserts), beside COPY of the same rows into a table with the
// same key. It makes a database of its own and drops it.
//   npx tsx bench/store.ts [--url postgres://root@127.0.0.1:5432/postgres] [--rows 100000] [--chunk 5000] [--rounds 3]
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: defaultUrl },
    rows: { type: 'string', default: '100000' },
    chunk: { type: 'string', default: '5000' },
    rounds: { type: 'string', default: '3' },
  },
});
const [total, perChunk, rounds] = [Number(values.rows), Number(values.chunk), Number(values.rounds)];
const days = 30;
const dayLength = 86_400_000;

/** Rows of a roll-up, each with a key of its own, in no order of the key. */
function makeUsage(): Usage[] {
  return Array.from({ length: total }, (_, i): Usage => {
    const user = Math.floor(i / days / 4);
    const time = began + (i % days) * dayLength + (i % 86_400) * 1000;
    return {
      day: new Date(time).toISOString().slice(0, 10),
      service: planted[(user + Math.floor(i / days) * 7) % planted.length]?.[0] ?? '',
      actor: { kind: 'user', id: `user${user}.${Math.floor(i / days) % 4}@acme.example`, group: '' },
      source: 'squid',
      accountKind: 'unknown',
      strength: 'visit',
      provenance: 'observed',
      confidence: 'high',
      events: 1 + (i % 9),
      attempts: i % 2,
      bytesOut: i * 3,
      bytesIn: i * 7,
      spend: new Map(),
      first: time,
      last: time + 1000,
    };
  });
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const start = performance.now();
  await work();
  return (performance.now() - start) / 1000;
}

/** All rows, chunk by chunk as jobs save them. */
async function save(store: Store, usage: readonly Usage[], pass: string): Promise<void> {
  for (let from = 0; from < usage.length; from += perChunk) {
    const rows = usage.slice(from, from + perChunk);
    const hits = rows.reduce((sum, row) => sum + row.events + row.attempts, 0);
    await saveChunk(store.db, {
      source: 'squid',
      sha256: createHash('sha256').update(`${pass} ${from}`).digest('hex'),
      bytes: 0,
      lines: hits,
      records: hits,
      withEvents: hits,
      events: hits,
      skipped: 0,
      rejected: 0,
      name: `${pass}-${from}.log`,
      format: 'squid',
      catalogHash: 'bench',
      scannedAt: began,
      first: undefined,
      last: undefined,
      rejects: new Map(),
      usage: rows,
      evidence: [],
      uses: [],
      expenses: [],
      candidates: [],
    });
  }
}

/** The whole of `usage` must be what was saved, `passes` times. */
async function check(store: Store, usage: readonly Usage[], passes: number): Promise<void> {
  const { rows } = await sql<Record<'rows' | 'events' | 'attempts' | 'bytes', number>>`
    select count(*) as rows, sum(events)::bigint as events, sum(attempts)::bigint as attempts,
      sum(bytes_out + bytes_in)::bigint as bytes from usage`.execute(store.db);
  const sum = (of: (row: Usage) => number): number => usage.reduce((all, row) => all + of(row), 0) * passes;
  const expected: Record<string, number> = {
    rows: usage.length,
    events: sum((row) => row.events),
    attempts: sum((row) => row.attempts),
    bytes: sum((row) => row.bytesOut + row.bytesIn),
  };
  failOn(
    'the roll-up in the database',
    Object.entries(rows[0] ?? {}).flatMap(([name, found]) =>
      found === expected[name] ? [] : [`${name}: ${found}, expected ${expected[name]}`],
    ),
  );
}

/** The server reads the file itself, so it must be on this machine. */
async function copy(store: Store, file: string): Promise<number> {
  await sql`drop table if exists keyed`.execute(store.db);
  await sql`create table keyed (like usage including defaults)`.execute(store.db);
  await sql`alter table keyed add primary key (service, day, actor_kind, actor, actor_group, source, account_kind, strength)`.execute(
    store.db,
  );
  const took = await timed(() => sql`copy keyed from ${sql.lit(file)}`.execute(store.db));
  const { rows } = await sql<{ rows: number }>`select count(*) as rows from keyed`.execute(store.db);
  failOn('COPY', rows[0]?.rows === total ? [] : [`rows: ${rows[0]?.rows}, expected ${total}`]);
  return took;
}

async function measure(store: Store): Promise<void> {
  const usage = makeUsage();
  const [fresh, again, copies]: [number[], number[], number[]] = [[], [], []];
  await save(store, usage.slice(0, perChunk), 'warm');
  for (let round = 0; round < rounds; round++) {
    await sql`truncate chunk, usage, usage_day cascade`.execute(store.db);
    fresh.push(await timed(() => save(store, usage, `fresh ${round}`)));
    await check(store, usage, 1);
    again.push(await timed(() => save(store, usage, `again ${round}`)));
    await check(store, usage, 2);
    const { rows } = await sql<Record<string, string | number | null>>`
      select u.*, u.spend::text as spend from usage u`.execute(store.db);
    const lines = rows.map((row) =>
      Object.values(row)
        .map((value) => value ?? '\\N')
        .join('\t'),
    );
    writeFileSync(file, `${shuffled(lines).join('\n')}\n`, { mode: 0o644 });
    copies.push(await copy(store, file));
  }
  const rate = (runs: readonly number[]): number => total / median(runs);
  console.log(`${count(total)} roll-up rows in chunks of ${count(perChunk)}, ${rounds} rounds, medians`);
  table([
    ['', 'rows/s', 'of COPY'],
    ['COPY into a table with the same key', count(rate(copies)), times(1)],
    ['saved for the first time', count(rate(fresh)), times(rate(fresh) / rate(copies))],
    ['added to rows that are there', count(rate(again)), times(rate(again) / rate(copies))],
  ]);
  for (const [what, runs] of [
    ['for the first time', fresh],
    ['added', again],
  ] as const)
    console.log(`  goal: 40,000 rows/s ${what}: ${count(rate(runs))}, ${verdict(40_000 / rate(runs), 1)}`);
  console.log('The sums in the database were equal to what was saved, in every round.');
}

/** Every 7919th line in turn: far from the order of the key, and the same each time. */
function shuffled(lines: readonly string[]): string[] {
  const step = lines.length % 7919 === 0 ? 7907 : 7919;
  return lines.map((_, i) => lines[(i * step) % lines.length] ?? '');
}

const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-copy-'));
// The server reads the file as a user of its own.
chmodSync(folder, 0o755);
const file = join(folder, 'usage.tsv');
try {
  await withDatabase(values.url, measure);
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
