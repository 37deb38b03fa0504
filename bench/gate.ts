import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type PlantedUse, writeRepository } from './generate/repository.js';
import { verdict } from './goals.js';
import { needsBuild } from './halflight.js';
import { type Run, run, summary } from './measure.js';
import { count, failOn, megabytes, seconds, table, WrongAnswer } from './print.js';

// The whole command `halflight gate` on a made-up repository, with its answer checked: every planted use found in its line, nothing else.
//                                                   npx tsx bench/gate.ts [--files 50000] [--rounds 3]
const { values } = parseArgs({
  options: { files: { type: 'string', default: '50000' }, rounds: { type: 'string', default: '3' } },
});
const program = join(import.meta.dirname, '../bin/halflight.js');

interface Report {
  findings: { service: string; places: { file: string; line: number }[] }[];
  problems: unknown[];
  totals: { files: number; characters: number };
}

/** What differs between the report and what was planted, a sentence each. */
function differences(report: Report, planted: PlantedUse): string[] {
  const wrong: string[] = [];
  const found = new Map(
    report.findings.map(({ service, places }) => [service, new Set(places.map(({ file, line }) => `${file}:${line}`))]),
  );
  for (const service of new Set([...found.keys(), ...planted.keys()])) {
    const [mine, theirs] = [found.get(service) ?? new Set<string>(), planted.get(service) ?? new Set<string>()];
    for (const place of theirs) if (!mine.has(place)) wrong.push(`${service}: not found at ${place}`);
    for (const place of mine) if (!theirs.has(place)) wrong.push(`${service}: found at ${place}, where nothing is`);
  }
  if (report.problems.length > 0) wrong.push(`${report.problems.length} problems, expected none`);
  return wrong;
}

const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-gate-'));
try {
  needsBuild();
  const planted = writeRepository(folder, Number(values.files), 42);
  const runs: Run[] = [];
  let report: Report | undefined;
  for (let round = 0; round < Number(values.rounds); round++) {
    const result = await run(process.execPath, [program, 'gate', folder, '--json'], { ends: [1] });
    report = JSON.parse(result.out) as Report;
    failOn('halflight gate', differences(report, planted));
    runs.push(result);
  }
  const all = summary(runs);
  const places = [...planted.values()].reduce((sum, set) => sum + set.size, 0);
  console.log(
    `${values.files} files, ${megabytes(report?.totals.characters ?? 0)} MB read, ${count(places)} uses of ${planted.size} services; ${runs.length} rounds, medians`,
  );
  table([
    ['', 's', 'CPU s', 'peak MB'],
    ['halflight gate', seconds(all.seconds), seconds(all.cpu), count(all.peak)],
  ]);
  if (Number(values.files) >= 50_000) {
    console.log(`  goal: 50,000 files in at most 10 s: ${seconds(all.seconds)} s, ${verdict(all.seconds, 10)}`);
  }
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
} finally {
  rmSync(folder, { recursive: true, force: true });
}
