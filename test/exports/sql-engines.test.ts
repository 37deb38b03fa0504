import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { sqlName, sqlText } from '../../src/exports/catalog/common/escape.js';
import type { CatalogExport, CatalogExportOptions } from '../../src/exports/catalog/common/export.js';
import { planOf } from '../../src/exports/catalog/common/plan.js';
import { catalogExport as duckdbExport } from '../../src/exports/catalog/duckdb.js';
import { catalogExport as postgresExport } from '../../src/exports/catalog/postgres.js';
import { compileCatalog, ownCatalog, scanBytes, scanOptions } from '../helpers/scan.js';
import { service } from '../helpers/service.js';
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
async function runExport(
  engine: Engine,
  kind: CatalogExport,
  options: Partial<CatalogExportOptions>,
  catalog = ownCatalog(),
): Promise<Row[]> {
  const [tables, query] = kind.write(planOf(catalog), { ...defaults, ...options });
  await engine.run(tables?.content ?? '');
  return engine.rows(query?.content ?? '');
}

/** Usage that scan finds in a CSV file; nothing in it may be broken. */
async function scanned(name: string, csv: string, catalog = ownCatalog()): Promise<string[]> {
  const result = await scanBytes(name, Buffer.from(csv), await scanOptions(catalog, { zone, logZone: zone }));
  expect(result.rejectSamples).toEqual([]);
  expect(result.counts.events).toBeGreaterThan(0);
  return usageLines(result.usage);
}

/** One request each, with the services that it uses, written by hand; a wider product is `wide`, a path of it `feature`. */
const small = compileCatalog([
  service({
    id: 'wide',
    hosts: ['wide.example', { host: 'www.wide.example', weak: true }, { host: 'eu.www.wide.example', weak: true }],
  }),
  service({ id: 'precise', hosts: ['ai.wide.example', { host: 'exact.wide.example', match: 'exact' }] }),
  service({
    id: 'feature',
    paths: [
      { host: 'wide.example', path: '/chat' },
      { host: 'wide.example', path: '/chat/api', role: 'api' },
      { host: 'exact.wide.example', path: '/chat', role: 'api' },
    ],
  }),
  service({
    id: 'tool',
    confidence: 'medium',
    hosts: ['tool.example', { host: 't.tool.example', role: 'telemetry' }, { host: 'suite.example', weak: true }],
    user_agents: [{ token: 'Tool/', confidence: 'high' }],
  }),
]);
const request: Request = {
  time: '2026-03-27T12:00:00Z',
  user: 'ann',
  device: '',
  src_ip: '',
  host: '',
  url: '',
  method: 'GET',
  user_agent: '',
  action: 'allowed',
  bytes_out: '0',
  bytes_in: '0',
};
const single: [string, { url: string; agent?: string }, string[]][] = [
  ['a host', { url: 'https://wide.example/' }, ['wide visit high']],
  ['a path goes before its own host', { url: 'https://wide.example/chat/1' }, ['feature visit high']],
  ['the longer path goes before the shorter', { url: 'https://wide.example/chat/api' }, ['feature transfer high']],
  ['a more precise host goes before a path', { url: 'https://ai.wide.example/chat' }, ['precise visit high']],
  ['a path goes before its own exact host', { url: 'https://exact.wide.example/chat' }, ['feature transfer high']],
  ['a weak host hides a wider one', { url: 'https://www.wide.example/' }, []],
  [
    'a path goes before a weak host that is more precise',
    { url: 'https://www.wide.example/chat' },
    ['feature visit high'],
  ],
  ['and before the most precise weak host', { url: 'https://eu.www.wide.example/CHAT' }, ['feature visit high']],
  ['a telemetry host of a tool is no use', { url: 'https://t.tool.example/chat' }, []],
  [
    'the user agent of a tool counts on its own telemetry host',
    { url: 'https://t.tool.example/', agent: 'Tool/1' },
    ['tool visit high'],
  ],
  ['and on its own weak host', { url: 'https://suite.example/', agent: 'x Tool/1' }, ['tool visit high']],
  ['and makes its own host surer, once', { url: 'https://tool.example/', agent: 'Tool/1' }, ['tool visit high']],
  [
    'without it the host is as sure as it is',
    { url: 'https://tool.example/', agent: 'aTool/1' },
    ['tool visit medium'],
  ],
  [
    'it counts on a host of another service too',
    { url: 'https://ai.wide.example/', agent: 'Tool/1' },
    ['precise visit high', 'tool visit high'],
  ],
  ['and where no host is known', { url: 'https://other.example/', agent: 'Tool/1' }, ['tool visit high']],
];

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

  it.each(single)('%s', async (_name, { url, agent = '-' }, expected) => {
    const rows: Request[] = [{ ...request, url, user_agent: agent }];
    await load(engine, rows);
    const found = await runExport(engine, kind, {}, small);
    expect(found.map((row) => `${row.service} ${row.strength} ${row.confidence}`)).toEqual(expected);
    const usage = await scanned('logs.csv', csvOf(rows), small);
    expect(usage.map((line) => line.split(' | ')).map((row) => `${row[1]} ${row[5]} ${row[6]}`)).toEqual(expected);
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
