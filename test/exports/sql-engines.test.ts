import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlName, sqlText } from '../../src/exports/catalog/common/escape.js';
import type { CatalogExport, CatalogExportOptions } from '../../src/exports/catalog/common/export.js';
import { planOf } from '../../src/exports/catalog/common/plan.js';
import { catalogExport as duckdbExport } from '../../src/exports/catalog/duckdb.js';
import { catalogExport as postgresExport } from '../../src/exports/catalog/postgres.js';
import { ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';
import { duckdb, type Engine, postgres, type Row } from './helpers/engines.js';
import { csvOf, type Request, requestColumns, requests } from './helpers/logs.js';
import { rollupCsv, usageLines } from './helpers/usage.js';

// Exports for engines that run here are proved by running them: what their query finds in a table of logs must be what scan finds in
// the same logs, after scan has read the query's result.
const engines: { name: string; open: () => Promise<Engine>; kind: CatalogExport; decodes: boolean }[] = [
  { name: 'DuckDB', open: duckdb, kind: duckdbExport, decodes: true },
  { name: 'PostgreSQL', open: postgres, kind: postgresExport, decodes: false },
];

const zone = 'Europe/Berlin';
const defaults: CatalogExportOptions = {
  table: 'logs',
  columns: Object.fromEntries(requestColumns.map((name) => [name, name])),
  kind: 'web',
  timeType: 'timestamp',
  timezone: zone,
  prefix: 'halflight_',
  blocked: ['blocked', 'denied'],
};

async function load(engine: Engine, rows: readonly Request[]): Promise<void> {
  const columns = requestColumns.map((name) => `"${name}" VARCHAR`).join(', ');
  await engine.run(`DROP TABLE IF EXISTS logs; CREATE TABLE logs (${columns})`);
  const literal = (value: string) => `'${value.replaceAll("'", "''")}'`;
  for (let at = 0; at < rows.length; at += 1000) {
    const values = rows
      .slice(at, at + 1000)
      .map((row) => `(${requestColumns.map((name) => literal(row[name])).join(', ')})`);
    await engine.run(`INSERT INTO logs VALUES ${values.join(', ')}`);
  }
  await engine.run(`UPDATE logs SET "time" = NULL WHERE "time" = '-'`);
}

/** Runs the files of an export as a user would; the rows of the query. */
async function runExport(engine: Engine, kind: CatalogExport, options: Partial<CatalogExportOptions>): Promise<Row[]> {
  const [tables, query] = kind.write(planOf(ownCatalog()), { ...defaults, ...options });
  await engine.run(tables?.content ?? '');
  return engine.rows(query?.content ?? '');
}

/** Usage that scan finds in a CSV file; nothing in it may be broken. */
async function scanned(name: string, csv: string): Promise<string[]> {
  const result = await scanBytes(name, Buffer.from(csv), await scanOptions(ownCatalog(), { zone, logZone: zone }));
  expect(result.rejectSamples).toEqual([]);
  expect(result.counts.events).toBeGreaterThan(0);
  return usageLines(result.usage);
}

describe.each(engines)('$name', ({ open, kind, decodes }) => {
  let engine: Engine;
  beforeAll(async () => {
    engine = await open();
  });
  afterAll(() => engine.close());

  it.each([1, 2])('finds in a web log what scan finds in it (seed %i)', async (seed) => {
    const rows = requests(ownCatalog(), 4000, seed, decodes);
    await load(engine, rows);
    const found = await scanned('rollup.csv', rollupCsv(await runExport(engine, kind, {})));
    expect(found.length).toBeGreaterThan(500);
    expect(found).toEqual(await scanned('logs.csv', csvOf(rows)));
  });

  it('finds contacts in a DNS log, whatever else the columns hold', async () => {
    const rows = requests(ownCatalog(), 1500, 3, decodes).filter(({ host }) => host.length > 2 && host !== 'bad host');
    await load(engine, rows);
    const found = await scanned('rollup.csv', rollupCsv(await runExport(engine, kind, { kind: 'dns' })));
    const names = rows.map((row) => ({ ...row, url: '', user_agent: '', bytes_out: '', bytes_in: '' }));
    expect(found.length).toBeGreaterThan(50);
    expect(found).toEqual(await scanned('logs.csv', csvOf(names, 'dns')));
  });

  it('reads columns by other names and types, and leaves out those that the table does not have', async () => {
    await engine.run(`
      DROP SCHEMA IF EXISTS "proxy ""logs""" CASCADE; CREATE SCHEMA "proxy ""logs""";
      CREATE TABLE "proxy ""logs"""."2026" ("when; --" DOUBLE PRECISION, "c-ip" ${kind.title === 'PostgreSQL' ? 'INET' : 'VARCHAR'}, address VARCHAR, sent INTEGER);
      INSERT INTO "proxy ""logs"""."2026" VALUES (1774652399.9996, '10.0.0.7', 'https://chatgpt.com/c/1', 70000),
        (1774652400, '10.0.0.7', 'https://chatgpt.com/c/1', 10), (NULL, NULL, 'http://claude.ai', NULL)`);
    const found = await runExport(engine, kind, {
      table: 'proxy "logs".2026',
      prefix: 'proxy "logs".ai ',
      columns: { time: 'when; --', src_ip: 'c-ip', url: 'address', bytes_out: 'sent' },
      timeType: 'epoch',
    });
    const told = found.map((row) => [
      row.day,
      row.service,
      row.actor_kind,
      row.actor,
      row.strength,
      row.bytes_out,
      row.first_seen,
    ]);
    // 22:59:59.9996 UTC on 27 March is just before midnight in Berlin.
    expect(told).toEqual([
      ['', 'claude', 'unknown', '', 'visit', '0', null],
      ['2026-03-27', 'chatgpt', 'address', '10.0.0.7', 'transfer', '70000', '2026-03-27T22:59:59.999Z'],
      ['2026-03-28', 'chatgpt', 'address', '10.0.0.7', 'visit', '10', '2026-03-27T23:00:00.000Z'],
    ]);
  });

  it('gets every text and name back as it was', async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: 'binary', maxLength: 30 }), async (value) => {
        // No engine takes NUL in a text.
        const text = value.replaceAll('\0', '');
        const name = `n${[...text].slice(0, 10).join('')}`;
        const [row] = await engine.rows(`SELECT ${sqlText(value)} AS ${sqlName(name)}`);
        expect(Object.entries(row ?? {})).toEqual([[name, text]]);
      }),
      { seed: 20261126, numRuns: 200 },
    );
  });
});
