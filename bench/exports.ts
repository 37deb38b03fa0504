import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { DuckDBInstance } from '@duckdb/node-api';
import { sql } from 'kysely';
import type { Db } from '../src/store/tables.js';
import { verdict } from './goals.js';
import { needsBuild } from './halflight.js';
import { asked, withDataFolder } from './large/folder.js';
import { run } from './measure.js';
import { count, failOn, megabytes, seconds, table, times, WrongAnswer } from './print.js';

// `halflight export usage | findings | inventory` as whole commands on an embedded database of a large organisation. Each file is read
// back by DuckDB and must hold as many rows and the same sums as the database. Memory must be flat: the peak at the full size is compared
// with that at a tenth.
//   npx tsx bench/exports.ts [--rows 2000000] [--only usage.csv,usage.parquet] [--use DIR]
// --use DIR: databases are kept there and used again by later runs with the same sizes.
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    people: { type: 'string', default: '100000' },
    findings: { type: 'string', default: '20000' },
    entries: { type: 'string', default: '2000' },
    only: { type: 'string' },
    use: { type: 'string' },
  },
});
const program = join(import.meta.dirname, '../bin/halflight.js');
const rows = Number(values.rows);
const amounts = { people: Number(values.people), findings: Number(values.findings), entries: Number(values.entries) };

/** How much more memory ten times the rows may take: pages do not grow, and the rest is noise of the collector. */
const flat = 1.15;

const csv = (path: string): string => `read_csv('${path}', header = true, all_varchar = true)`;
const ndjson = (path: string): string =>
  `read_json('${path}', format = 'newline_delimited', maximum_object_size = 4000000)`;
const parquet = (path: string): string => `read_parquet('${path}')`;
const readers: Record<string, (path: string) => string> = { csv, ndjson, parquet, ocsf: ndjson };

const sums = (names: readonly string[]): string =>
  ['count(*)', ...names.map((name) => `sum(${name}::decimal(38))`)].map((value) => `(${value})::varchar`).join(', ');
const usageSums = `${sums(['events', 'attempts', 'bytes_out', 'bytes_in'])}, min(day)::varchar, max(day)::varchar,
  count(distinct actor)::varchar, count(distinct service)::varchar`;
const findingSums = `${sums(['events', 'attempts', 'bytes_out', 'bytes_in', 'risk_score'])}, count(distinct id)::varchar`;
const ocsfFindings = `${sums(['unmapped.events', 'unmapped.attempts', 'unmapped.bytes_out', 'unmapped.bytes_in', 'risk_score'])},
  count(distinct finding_info.uid)::varchar`;

/** What DuckDB is asked of a file of each table. */
const questions: Record<string, (format: string) => string> = {
  usage: () => usageSums,
  findings: (format) => (format === 'ocsf' ? ocsfFindings : findingSums),
  inventory: (format) =>
    format === 'ocsf'
      ? 'count(*)::varchar, count(distinct resources[1].uid)::varchar'
      : 'count(*)::varchar, count(distinct id)::varchar',
};

/** The same of the database itself. */
async function truth(db: Db): Promise<Record<string, string[]>> {
  const ask = async (query: string): Promise<string[]> => {
    const { rows: answer } = await sql.raw<Record<string, string>>(query).execute(db);
    return Object.values(answer[0] ?? {}).map(String);
  };
  const cast = (parts: readonly string[]): string => parts.map((part, n) => `(${part})::text as c${n}`).join(', ');
  const body = (name: string): string => `sum((body->>'${name}')::numeric)`;
  return {
    usage: await ask(
      `select ${cast(['count(*)', 'sum(events)', 'sum(attempts)', 'sum(bytes_out)', 'sum(bytes_in)', 'min(day)', 'max(day)', 'count(distinct (actor_kind, actor))', 'count(distinct service)'])} from usage`,
    ),
    findings: await ask(
      `select ${cast(['count(*)', body('events'), body('attempts'), body('bytesOut'), body('bytesIn'), 'sum(risk)', 'count(distinct id)'])} from finding`,
    ),
    inventory: await ask(
      `select ${cast(['jsonb_array_length(body)', 'jsonb_array_length(body)'])} from register where kind = 'inventory'`,
    ),
  };
}

const exports: readonly [table: string, format: string, ...args: string[]][] = [
  ['usage', 'csv', '--names', '--reason', 'bench'],
  ...(['csv', 'ndjson', 'parquet'] as const).map((format) => ['usage', format] as [string, string]),
  ...['findings', 'inventory'].flatMap((name) =>
    (['csv', 'ndjson', 'parquet', 'ocsf'] as const).map((format) => [name, format] as [string, string]),
  ),
];

const lines: string[][] = [['', 'rows', 's', 'rows/s', 'CPU s', 'peak MB', 'file MB']];
const peaks = new Map<string, number>();

async function measure(folder: string, label: string): Promise<void> {
  const expected = await asked(folder, truth);
  const duckdb = await (await DuckDBInstance.create(':memory:', { threads: '2', memory_limit: '4GB' })).connect();
  for (const [name, format, ...args] of exports) {
    const key = `${name}.${format}${args.length > 0 ? ' by name' : ''}`;
    if (values.only !== undefined && !values.only.split(',').includes(key)) continue;
    const file = join(folder, `out.${format}`);
    const what = ['export', name, '--format', format, '--data', folder, '--out', file, ...args];
    const took = await run(process.execPath, [program, ...what]);
    const reader = readers[format];
    if (reader === undefined) throw new Error(`nobody reads ${format}`);
    const answer = await duckdb.runAndReadAll(`select ${questions[name]?.(format)} from ${reader(file)}`);
    const found = answer.getRows()[0]?.map(String) ?? [];
    // By name, those whom nobody knows are called as they are logged, whatever a spreadsheet would make of it.
    failOn(`${key}, ${label}`, differences(found, expected[name] ?? []));
    const size = statSync(file).size;
    rmSync(file);
    peaks.set(`${key} ${label}`, took.peak);
    const written = Number(found[0]);
    lines.push([
      `${key}, ${label}`,
      count(written),
      seconds(took.seconds),
      count(written / took.seconds),
      seconds(took.cpu),
      count(took.peak),
      megabytes(size),
    ]);
  }
}

const differences = (found: readonly string[], expected: readonly string[]): string[] =>
  expected.flatMap((value, n) => (found[n] === value ? [] : [`value ${n}: ${found[n]}, expected ${value}`]));

try {
  needsBuild();
  await withDataFolder({ ...amounts, usage: Math.round(rows / 10) }, values.use, (folder) =>
    measure(folder, 'a tenth'),
  );
  await withDataFolder({ ...amounts, usage: rows }, values.use, (folder) => measure(folder, 'all'));
  table(lines);
  for (const [key, peak] of peaks) {
    const small = peaks.get(key.replace(/ all$/, ' a tenth'));
    if (!key.startsWith('usage') || !key.endsWith(' all') || small === undefined) continue;
    console.log(
      `  goal: ${key}: at most ${flat} times the memory of a tenth: ${times(peak / small)}, ${verdict(peak / small, flat)}`,
    );
  }
  console.log('Rows and sums of every file, read by DuckDB, were those of the database.');
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
}
