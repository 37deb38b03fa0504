import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import pg from 'pg';
import { readGate } from '../src/api/reads.js';
import { openDb } from '../src/store/db.js';
import { loadFindingHistory } from '../src/store/findings.js';
import { loadGaps, loadHours, loadTotals } from '../src/store/ledger.js';
import { migrate } from '../src/store/migrate.js';
import { ensureMonths } from '../src/store/partitions.js';
import { listChunks, loadChunk, loadChunkStory } from '../src/store/reads/chunks.js';
import { countChunks } from '../src/store/reads/counts.js';
import { listFindings, loadFinding } from '../src/store/reads/findings.js';
import { loadSource, loadWaiting } from '../src/store/reads/sources.js';
import { loadServiceUsage, loadTopServices } from '../src/store/reads/usage.js';
import { loadSources } from '../src/store/sources.js';
import type { Db } from '../src/store/tables.js';
import { table } from './print.js';

// What the reads of the API cost at ten million rows of use. It makes a database of its own and drops it.
//   npx tsx bench/reads.ts [--url postgres://root@127.0.0.1:5432/postgres] [--rows 10000000] [--times 200] [--explain] [--keep]
//   --keep leaves the database, and --use NAME measures on one that was left.
const { values } = parseArgs({
  options: {
    url: { type: 'string', default: 'postgres://root@127.0.0.1:5432/postgres' },
    rows: { type: 'string', default: '10000000' },
    times: { type: 'string', default: '200' },
    explain: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    use: { type: 'string' },
  },
});
const rows = Number(values.rows);
const rounds = Number(values.times);
const name = values.use ?? `halflight_bench_reads_${randomBytes(4).toString('hex')}`;
const url = new URL(values.url);
url.pathname = `/${name}`;

const days = 365;
const today = '2026-11-25';
const first = '2025-11-26';
const users = Math.round(rows / 500);
const services = 500;
const chunks = Math.round(rows / 20);

async function administer(statement: string): Promise<void> {
  const client = new pg.Client(values.url);
  await client.connect();
  await client.query(statement).finally(() => client.end());
}

/** The tables as a year of work would leave them. Sums are checked below. */
async function fill(db: Db): Promise<void> {
  const run = (text: string) => sql.raw(text).execute(db);
  const months = Array.from({ length: 13 }, (_, i) => new Date(Date.UTC(2025, 10 + i, 1)).toISOString().slice(0, 10));
  await ensureMonths(db, months);
  await run(`alter table usage drop constraint usage_pkey`);
  await run(`drop index usage_actor_day`);
  // A user is there on a day with a chance that falls as 1 / rank; a service is taken with a chance that falls likewise.
  await run(`select setseed(0.42)`);
  await run(`insert into usage (day, service, actor_kind, actor, actor_group, source, account_kind, strength, confidence,
      events, attempts, bytes_out, bytes_in, first, last, received_at)
    select date '${first}' + d, 'service-' || floor(power(${services}, random()) - 1), 'person', 'p-' || u, 'group-' || u % 40,
      'source-' || s, (array['unknown', 'enterprise', 'personal'])[case when u % 7 = 0 then 1 + u % 3 else 1 + s % 2 end],
      case s when 0 then 'contact' when 1 then 'account' else 'visit' end, 'high',
      1 + (random() * 40)::int, (random() * 2)::int, (random() * 1e5)::int, (random() * 1e6)::int,
      (extract(epoch from date '${first}' + d) * 1000)::bigint, (extract(epoch from date '${first}' + d) * 1000)::bigint + 3600000, 1
    from generate_series(0, ${days - 1}) d, generate_series(0, ${users - 1}) u, generate_series(0, 4) s
    where random() < ${(users * 0.077).toFixed(1)} / (u + 1)`);
  await run(
    `alter table usage add primary key (service, day, actor_kind, actor, actor_group, source, account_kind, strength)`,
  );
  await run(`create index usage_actor_day on usage (actor, day)`);
  await run(`insert into usage_day select day, service, source, account_kind, strength, sum(events), sum(attempts),
      sum(bytes_out), sum(bytes_in), 1 from usage group by 1, 2, 3, 4, 5 order by 1`);
  await run(`insert into usage_service_day select day, service, sum(events), sum(attempts), sum(bytes_out), sum(bytes_in)
      from usage_day group by 1, 2 order by 1, 2`);
  await run(`insert into finding select 'service-' || n / 4 || '/' || k, 'service-' || n / 4,
      (array['open', 'watched', 'resolved'])[1 + n % 3], (array['unregistered', 'denied', 'sanctioned', 'in-review'])[1 + n % 4],
      n % 101, 1, 2, 3, jsonb_build_object('id', 'service-' || n / 4 || '/' || k, 'risk', jsonb_build_object('score', n % 101),
        'reason', repeat('why ', 60), 'groups', jsonb_build_array(), 'signals', jsonb_build_array())
    from generate_series(0, 1999) n, lateral (select (array['enterprise', 'personal', 'unknown', 'w'])[1 + n % 4] as k) kinds`);
  await run(`insert into chunk (key, source, sha256, state, name, received_at, scanned_at, records, with_events, rejected)
    select n::text, 'source-' || floor(power(5, random()) - 1), '', case when n % 997 = 0 then 'quarantined'
        when n % 1499 = 0 then 'duplicate' when n > ${chunks - 20} then 'pending' else 'done' end,
      'logs/access-' || n || '.log', n, n, 10, case when n % 10 = 0 then 9 else 10 end, case when n % 10 = 0 then 1 else 0 end
    from generate_series(1, ${chunks}) n`);
  await run(`insert into chunk_reject_count select id, 'no time', 1 from chunk where rejected > 0`);
  await run(`insert into quarantine (chunk_id, source, part_start, part_end, reason, sealed, at)
    select id, source, 0, 10, 'ended its worker', '', 1 from chunk where state = 'quarantined'`);
  await run(`insert into finding_history (finding_id, at, kind, verdict, reason, chunk_id, inventory_hash, catalog_hash)
    select id, 1, 'changed', verdict, 'why', 1 + n * ${Math.max(1, Math.floor(chunks / 10))}, '', '' from finding, generate_series(0, 9) n`);
  await run(`insert into source (id, kind, since) select 'source-' || n, 'folder', 1 from generate_series(0, 4) n`);
  await run(`insert into source_hour select 'source-' || s, h, 60, 1e9, 1e6, 1e6, 0, 0, 0, 0, 5000
    from generate_series(0, 4) s, generate_series(490000, ${490_000 + days * 24}) h`);
  await run(`vacuum analyze`);
}

/** Numbers from 0 to below 1, the same each time (mulberry32). */
let state = 7;
function random(): number {
  state = (state + 0x6d2b79f5) | 0;
  let t = Math.imul(state ^ (state >>> 15), 1 | state);
  t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t;
  return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
}
const any = (below: number): number => Math.floor(random() * below);
const often = (below: number): number => Math.floor(below ** random() - 1);
const dayAt = (offset: number): string =>
  new Date(Date.parse(`${first}T00:00:00Z`) + offset * 86_400_000).toISOString().slice(0, 10);
const aSource = (): string => `source-${any(5)}`;

/** Every question that the API asks, with parameters drawn anew each time. */
const questions: Record<string, (db: Db) => Promise<unknown>> = {
  'SELECT 1': (db) => sql`select 1`.execute(db),
  'front page: top services, 30 days': (db) => loadTopServices(db, { from: '2026-10-27', to: today }, 50),
  'top services, 365 days': (db) => loadTopServices(db, { from: first, to: today }, 50),
  'one service, 30 days': (db) => {
    const from = any(days - 30);
    return loadServiceUsage(db, `service-${often(services)}`, { from: dayAt(from), to: dayAt(from + 29) });
  },
  'one service, 365 days': (db) => loadServiceUsage(db, `service-${often(services)}`, { from: first, to: today }),
  'the most used service, 365 days': (db) => loadServiceUsage(db, 'service-0', { from: first, to: today }),
  'findings, a page': (db) => listFindings(db, { after: { risk: any(101), id: `service-${any(500)}` }, limit: 101 }),
  'findings, open and denied': (db) => listFindings(db, { state: 'open', verdict: 'denied', limit: 101 }),
  'one finding with its history': async (db) => {
    const n = any(500);
    const id = `service-${n}/${['enterprise', 'personal', 'unknown', 'w'][any(4)]}`;
    return [await loadFinding(db, id), await loadFindingHistory(db, id)];
  },
  'chunks, a page': (db) => listChunks(db, { after: any(chunks), limit: 101 }),
  'chunks of a source': (db) => listChunks(db, { source: aSource(), after: any(chunks), limit: 101 }),
  'chunks of a source that is not there': (db) => listChunks(db, { source: 'none', limit: 101 }),
  'chunks that are quarantined': (db) => listChunks(db, { state: 'quarantined', after: any(chunks), limit: 101 }),
  'quarantined chunks of a source': (db) => listChunks(db, { state: 'quarantined', source: aSource(), limit: 101 }),
  'chunks that are lost (none)': (db) => listChunks(db, { state: 'lost', limit: 101 }),
  'one chunk with its story': async (db) => {
    const id = 1 + any(chunks);
    return [await loadChunk(db, id), await loadChunkStory(db, id)];
  },
  'all sources': async (db) => [await loadSources(db), await loadWaiting(db)],
  'one source with its ledger': async (db) => {
    const id = aSource();
    return [
      await loadSource(db, id),
      await loadWaiting(db),
      await loadHours(db, id, (490_000 + days * 24 - 47) * 3_600_000),
      await loadGaps(db, id, 100),
    ];
  },
  'metrics: ledger and chunks': async (db) => [await loadTotals(db), await countChunks(db)],
  // For comparison: what the roll-up by day spares.
  'comparison: top services by GROUP BY on usage': (db) =>
    sql`select service, sum(events) from usage where day between '2026-10-27' and ${today}::date
      group by service order by 2 desc limit 50`.execute(db),
};
const slow = new Set(['comparison: top services by GROUP BY on usage']);

/** The roll-up by day says the same as the rows themselves. @throws Error when not */
async function check(db: Db): Promise<void> {
  const { rows: truth } = await sql<{ service: string; events: number; bytes: number }>`
    select service, sum(events)::bigint as events, sum(bytes_out)::bigint as bytes from usage
    where day between '2026-10-27' and ${today}::date group by service order by 2 desc, service limit 50`.execute(db);
  const told = await loadTopServices(db, { from: '2026-10-27', to: today }, 50);
  if (
    JSON.stringify(truth) !==
    JSON.stringify(told.map(({ service, events, bytesOut }) => ({ service, events, bytes: bytesOut })))
  )
    throw new Error('the front page does not say what the rows of usage say');
  const { rows: one } = await sql<{ events: number }>`
    select sum(events)::bigint as events from usage where service = 'service-3'`.execute(db);
  const usage = await loadServiceUsage(db, 'service-3', { from: first, to: today });
  for (const parts of [[usage.total], usage.days, usage.sources, usage.accountKinds, usage.strengths])
    if (parts.reduce((sum, part) => sum + part.events, 0) !== one[0]?.events)
      throw new Error('the page of a service does not say what the rows of usage say');
}

const at = (sorted: readonly number[], share: number): number =>
  sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0;

if (values.use === undefined) await administer(`create database ${name} encoding 'UTF8' template template0`);
const db = openDb({ connectionString: url.href, max: 10 });
try {
  const begun = performance.now();
  if (values.use === undefined) {
    await migrate(db);
    await fill(db);
  }
  const { rows: sizes } = await sql<{ usage: number; usage_day: number; chunks: number }>`
    select (select count(*) from usage) as usage, (select count(*) from usage_day) as usage_day,
      (select count(*) from chunk) as chunks`.execute(db);
  process.stdout.write(`filled in ${Math.round((performance.now() - begun) / 1000)} s: ${JSON.stringify(sizes[0])}\n`);
  await check(db);
  const read = readGate(db);
  const lines: string[][] = [['question', 'p50 ms', 'p95 ms', 'max ms', 'p95 x SELECT 1']];
  let base = 1;
  for (const [question, ask] of Object.entries(questions)) {
    const count = slow.has(question) ? 5 : rounds;
    await read(ask);
    const took: number[] = [];
    for (let i = 0; i < count; i++) {
      const start = performance.now();
      // SELECT 1 goes bare; everything else as the API asks, in a transaction that only reads.
      await (question === 'SELECT 1' ? ask(db) : read(ask));
      took.push(performance.now() - start);
    }
    took.sort((a, b) => a - b);
    if (question === 'SELECT 1') base = at(took, 0.95);
    lines.push([
      question,
      ...[at(took, 0.5), at(took, 0.95), took.at(-1) ?? 0].map((ms) => ms.toFixed(2)),
      (at(took, 0.95) / base).toFixed(1),
    ]);
  }
  table(lines);
  if (values.explain) {
    const { rows: plan } = await sql<{
      'QUERY PLAN': string;
    }>`explain (analyze, buffers) select service, sum(events), min(day)
      from usage_day where day between '2026-10-27' and ${sql.lit(today)}::date group by service order by 2 desc limit 50`.execute(
      db,
    );
    process.stdout.write(`${plan.map((line) => line['QUERY PLAN']).join('\n')}\n`);
    const { rows: indexes } = await sql<{ name: string; size: string; scans: number }>`
      select indexrelname as name, pg_size_pretty(pg_relation_size(indexrelid)) as size, idx_scan as scans
      from pg_stat_user_indexes where relname in ('usage_day', 'chunk', 'finding', 'finding_history', 'quarantine') order by 1`.execute(
      db,
    );
    process.stdout.write(`${indexes.map((row) => `${row.name} ${row.size} ${row.scans}`).join('\n')}\n`);
  }
} finally {
  await db.destroy();
  if (values.keep) process.stdout.write(`kept: ${name}\n`);
  else await administer(`drop database if exists ${name} with (force)`);
}
