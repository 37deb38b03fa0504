import { readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { parse } from 'csv-parse/sync';
import { sql } from 'kysely';
import yauzl from 'yauzl';
import { reportFormats } from '../src/core/report-role.js';
import { needsBuild } from './halflight.js';
import { weekStart } from './large/fill.js';
import { asked, withDataFolder } from './large/folder.js';
import { run } from './measure.js';
import { count, failOn, seconds, table, WrongAnswer } from './print.js';

// The weekly report of a large organisation, `halflight report`, as a whole command on an embedded database: every format in one folder,
// and with --each one after the other. Its CSV must have as many services, with as many events, as the database has of that week.
//   npx tsx bench/reports.ts [--rows 2000000] [--findings 20000] [--each] [--use DIR]
const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '2000000' },
    findings: { type: 'string', default: '20000' },
    each: { type: 'boolean', default: false },
    use: { type: 'string' },
  },
});
const program = join(import.meta.dirname, '../bin/halflight.js');

/** A table of the CSV report, as other libraries read it. */
async function tableOf(path: string, name: string): Promise<Record<string, string>[]> {
  const zip = await yauzl.openPromise(path, { lazyEntries: true });
  for await (const entry of zip.eachEntry()) {
    if (entry.fileName !== name) continue;
    const pieces: Buffer[] = [];
    for await (const piece of await zip.openReadStreamPromise(entry)) pieces.push(piece as Buffer);
    return parse(Buffer.concat(pieces), { columns: true });
  }
  throw new Error(`no ${name} in ${path}`);
}

async function differences(folder: string, out: string): Promise<string[]> {
  const { rows } = await asked(folder, (db) =>
    sql<{ services: string; events: string }>`
      select count(distinct service)::text as services, sum(events)::text as events from usage
      where day >= ${weekStart}::date and day < ${weekStart}::date + 7`.execute(db),
  );
  const services = await tableOf(join(out, 'report.zip'), 'services.csv');
  const found = {
    services: String(services.length),
    events: String(services.reduce((sum, row) => sum + Number(row.events), 0)),
  };
  return Object.entries(rows[0] ?? {}).flatMap(([name, value]) =>
    found[name as keyof typeof found] === value
      ? []
      : [`${name}: ${found[name as keyof typeof found]}, expected ${value}`],
  );
}

const amounts = { people: 100_000, findings: Number(values.findings), entries: 2000, usage: Number(values.rows) };
try {
  needsBuild();
  await withDataFolder(amounts, values.use, async (folder) => {
    const lines: string[][] = [['', 's', 'CPU s', 'peak MB', 'file KB']];
    const out = join(folder, 'report/');
    const ask = ['report', '--period', '2026-W47', '--data', folder, '--out', out];
    for (const format of [undefined, ...(values.each ? reportFormats : [])]) {
      const took = await run(process.execPath, [
        program,
        ...ask,
        ...(format === undefined ? [] : ['--format', format]),
      ]);
      const files = took.out.trim().split('\n');
      if (format === undefined) failOn('the report', await differences(folder, out));
      const line = (name: string, file: string, cells: string[]): number =>
        lines.push([name, ...cells, count(statSync(file).size / 1000)]);
      const cost = [seconds(took.seconds), seconds(took.cpu), count(took.peak)];
      if (format === undefined) lines.push(['all formats', ...cost, '']);
      for (const file of files) line(file.slice(out.length), file, format === undefined ? ['', '', ''] : cost);
      // An unreadable document is no report: what people open stays short.
      if (format === undefined)
        failOn(
          'the length of the report',
          readFileSync(join(out, 'report.html')).length > 2_000_000 ? ['report.html has more than 2 MB'] : [],
        );
    }
    rmSync(out, { recursive: true, force: true });
    console.log(`${count(amounts.usage)} rows of usage, ${count(amounts.findings)} findings`);
    table(lines);
  });
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
}
