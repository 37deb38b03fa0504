import { rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { sql } from 'kysely';
import yauzl from 'yauzl';
import { verdict } from './goals.js';
import { needsBuild } from './halflight.js';
import { behind, firstDay } from './large/fill.js';
import { asked, withDataFolder } from './large/folder.js';
import { run } from './measure.js';
import { count, failOn, megabytes, seconds, table, times, WrongAnswer } from './print.js';

// `halflight evidence` as a whole command on an embedded database, and both ways of checking the bundle. The counts of the manifest and
// the sums of the summary, read by another library, must be those of the database, and both verifiers must find the bundle good. Memory
// of making it must be flat: the peak at the full size is compared with that at a tenth.
//   npx tsx bench/evidence.ts [--records 1000000] [--no-verify] [--use DIR]
// --records: kept log records, rows of numbers (with two parts each, and again in usage.csv), audit records and the rest, together.
// --use DIR: databases are kept there and used again by later runs with the same sizes.
const { values } = parseArgs({
  options: {
    records: { type: 'string', default: '1000000' },
    people: { type: 'string', default: '100000' },
    'no-verify': { type: 'boolean', default: false },
    use: { type: 'string' },
  },
});
const root = join(import.meta.dirname, '..');
const program = join(root, 'bin/halflight.js');
const records = Number(values.records);
/** How much more memory ten times the records may take. */
const flat = 1.15;

interface Made {
  key: string;
  files: { name: string; records: number | null; bytes: number }[];
}

const lines: string[][] = [['', 'records', 's', 'records/s', 'CPU s', 'peak MB', 'file MB']];
const peaks: number[] = [];

/** One file of the bundle, as another library reads it. */
async function entryOf(bundle: string, name: string): Promise<string> {
  const zip = await yauzl.openPromise(bundle, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== name) continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    return Buffer.concat(pieces).toString();
  }
  throw new Error(`no ${name} in the bundle`);
}

/** What differs between the bundle and the database, a sentence each. */
async function differences(folder: string, bundle: string, { files }: Made): Promise<string[]> {
  const { rows } = await asked(folder, (db) =>
    sql<Record<string, string>>`
      select (select count(*) from usage)::text as "numbers.ndjson", (select count(*) from usage)::text as "usage.csv",
        (select count(*) from evidence)::text as "evidence.ndjson", (select count(*) from chunk)::text as "chunks.ndjson",
        (select count(*) from finding)::text as "findings.ndjson", sum(events)::text as events, sum(attempts)::text as attempts,
        sum(bytes_out)::text as bytes_out, sum(bytes_in)::text as bytes_in from usage`.execute(db),
  );
  const summary = JSON.parse(await entryOf(bundle, 'summary.json')) as { total: Record<string, number> };
  const found: Record<string, unknown> = {
    ...summary.total,
    ...Object.fromEntries(files.map(({ name, records: lines }) => [name, lines])),
  };
  const expected = { ...rows[0], not_traced: '0' };
  return Object.entries(expected).flatMap(([name, value]) =>
    String(found[name]) === value ? [] : [`${name}: ${found[name]}, expected ${value}`],
  );
}

async function measure(folder: string, label: string): Promise<void> {
  const bundle = join(folder, 'bundle.zip');
  rmSync(bundle, { force: true });
  const asking = ['--from', firstDay, '--until', behind, '--data', folder, '--out', bundle, '--json'];
  const making = await run(process.execPath, [program, 'evidence', ...asking]);
  const made = JSON.parse(making.out) as Made;
  failOn(`the bundle, ${label}`, await differences(folder, bundle, made));
  const all = made.files.reduce((sum, file) => sum + (file.records ?? 0), 0);
  const line = (name: string, took: typeof making, size: number): void => {
    lines.push([
      `${name}, ${label}`,
      count(all),
      seconds(took.seconds),
      count(all / took.seconds),
      seconds(took.cpu),
      count(took.peak),
      megabytes(size),
    ]);
  };
  line('halflight evidence', making, statSync(bundle).size);
  peaks.push(making.peak);
  if (!values['no-verify']) {
    const plain = made.files.reduce((sum, file) => sum + file.bytes, 0);
    const checks = { 'halflight verify': [program, 'verify'], verifier: [join(root, 'verifier/halflight-verify.mjs')] };
    // It fails where the bundle is not good.
    for (const [name, command] of Object.entries(checks))
      line(name, await run(process.execPath, [...command, bundle, '--key', made.key]), plain);
  }
  rmSync(bundle);
}

const amounts = (all: number) => ({
  usage: Math.round(all * 0.25),
  shares: 2,
  evidence: Math.round(all * 0.4),
  audit: Math.round(all * 0.1),
  people: Number(values.people),
  findings: 6000,
  entries: 500,
});

try {
  needsBuild();
  await withDataFolder(amounts(records / 10), values.use, (folder) => measure(folder, 'a tenth'));
  await withDataFolder(amounts(records), values.use, (folder) => measure(folder, 'all'));
  table(lines);
  const [small = Number.NaN, large = Number.NaN] = peaks;
  console.log(
    `  goal: at most ${flat} times the memory of a tenth: ${times(large / small)}, ${verdict(large / small, flat)}`,
  );
  console.log('Counts and sums of every bundle were those of the database.');
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
}
