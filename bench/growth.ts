import { copyFileSync, mkdirSync, statfsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { addAnswers } from './generate/answer.js';
import { type LayoutName, layoutNames } from './generate/generate.js';
import { defaults } from './generate/traffic.js';
import { verdict } from './goals.js';
import { needsBuild, scan } from './halflight.js';
import { type Log, Logs } from './logs.js';
import { type Run, ratio, run, summary } from './measure.js';
import { count, failOn, seconds, table, times, WrongAnswer } from './print.js';
import { splitLog } from './split.js';

// How cost grows: more lines, more AI use, more hosts and people, many small files, compressed files, the smallest command.
//   npm run build && npx tsx bench/growth.ts [--only lines,share,hosts,files,gzip,first] [--huge] [--layout squid] [--rounds 3]
const { values } = parseArgs({
  options: {
    layout: { type: 'string', default: 'squid' },
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    only: { type: 'string', default: 'lines,share,hosts,files,gzip,first' },
    huge: { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
    threads: { type: 'string', default: '2' },
  },
});
const layout = layoutNames.find((name): name is LayoutName => name === values.layout);
if (layout === undefined) throw new Error(`no layout ${values.layout}: choose from ${layoutNames.join(', ')}`);
const [lines, rounds] = [Number(values.lines), Number(values.rounds)];
const threads = ['--threads', values.threads];
const memoryLimit = 200;
const logs = new Logs(values.keep);
const make = (options: Parameters<Logs['make']>[1]): Log => logs.make(layout, options);

/** Runs commands in turn. */
async function inTurn(...commands: readonly (() => Promise<Run>)[]): Promise<Run[][]> {
  const runs = commands.map((): Run[] => []);
  for (let round = 0; round < rounds; round++)
    for (const [index, command] of commands.entries()) runs[index]?.push(await command());
  return runs;
}

const scanLog = (log: Log) => () => scan([log.path], log.answer, threads);
const row = (name: string, runs: readonly Run[]): string[] => {
  const took = summary(runs);
  return [name, seconds(took.seconds), took.cpu.toFixed(2), count(took.peak)];
};
const head = ['', 'seconds', 'cpu s', 'peak MB'];
const goal = (what: string, reached: number, atMost: number): void =>
  console.log(`  goal: ${what}, at most ${times(atMost)}: ${times(reached)}, ${verdict(reached, atMost)}`);
const memoryGoal = (peak: number): void =>
  console.log(`  goal: peak memory at most ${memoryLimit} MB: ${count(peak)} MB, ${verdict(peak, memoryLimit)}`);

/** Ten times the lines, twice with --huge. */
async function growLines(): Promise<void> {
  const steps = [lines, lines * 10, ...(values.huge ? [lines * 100] : [])];
  const all: Run[][] = [];
  for (const step of steps) {
    const log = make({ lines: step });
    all.push((await inTurn(scanLog(log)))[0] ?? []);
    logs.drop(log);
  }
  table([head, ...all.map((runs, i) => row(`${count(steps[i] ?? 0)} lines`, runs))]);
  for (let i = 1; i < all.length; i++) {
    const [before, after] = [all[i - 1] ?? [], all[i] ?? []];
    goal(`cpu of ${count(steps[i] ?? 0)} lines against ${count(steps[i - 1] ?? 0)}`, ratio(after, before, 'cpu'), 10);
    console.log(`  memory grew by ${count(summary(after).peak - summary(before).peak)} MB`);
  }
  memoryGoal(summary(all.at(-1) ?? []).peak);
}

async function growShare(): Promise<void> {
  const shares = [defaults.share, 0.05, 0.2];
  const made = shares.map((share) => logs.make(layout as LayoutName, { lines: lines * 5, share, seed: share * 1e6 }));
  const runs = await inTurn(...made.map(scanLog));
  table([head, ...runs.map((each, i) => row(`${(shares[i] ?? 0) * 100} % AI`, each))]);
  for (const [i, atMost] of [1.4, 2].entries())
    goal(
      `${(shares[i + 1] ?? 0) * 100} % AI against ${defaults.share * 100} %`,
      ratio(runs[i + 1] ?? [], runs[0] ?? []),
      atMost,
    );
}

/** As many different hosts as lines, and as many people. */
async function growHosts(): Promise<void> {
  const many = lines * 10;
  for (const options of [{ hosts: many }, { users: many, share: 0.05 }]) {
    const log = make({ lines: many, ...options });
    const [runs = []] = await inTurn(scanLog(log));
    const what = 'hosts' in options ? `${count(many)} hosts` : `${count(many)} users, 5 % AI`;
    table([head, row(`${count(many)} lines, ${what}`, runs)]);
    memoryGoal(summary(runs).peak);
    logs.drop(log);
  }
}

/** The same lines in 10,000 files and in one; fewer where they would not hold a hundred lines each. */
async function manyFiles(): Promise<void> {
  const log = make({ lines });
  const folder = join(logs.folder, 'small');
  const files = splitLog(log.path, folder, Math.min(10_000, Math.ceil(lines / 100)));
  const [one = [], many = []] = await inTurn(scanLog(log), () => scan([folder], log.answer, threads));
  table([head, row('one file', one), row(`${count(files)} files`, many)]);
  goal(`${count(files)} small files against one file`, ratio(many, one), 2);
}

/** One .gz, and as many as there are threads and some more. */
async function compressed(): Promise<void> {
  const one = join(logs.folder, 'gz-one');
  const several = join(logs.folder, 'gz-several');
  mkdirSync(one);
  mkdirSync(several);
  const parts = Array.from({ length: 4 }, (_, i) => make({ lines: lines * 2, seed: defaults.seed + i }));
  const packed: string[] = [];
  for (const [i, log] of parts.entries()) {
    const path = join(several, `part-${i}.log`);
    copyFileSync(log.path, path);
    await run('gzip', ['-f', path]);
    packed.push(`${path}.gz`);
  }
  const [first = '', firstLog] = [packed[0], parts[0]];
  if (firstLog === undefined) return;
  const oneFile = join(one, 'one.log.gz');
  copyFileSync(first, oneFile);
  const sum = addAnswers(parts.map(({ answer }) => answer));
  const unpack = (paths: readonly string[]) => async (): Promise<Run> => {
    // To a file that keeps nothing: a pipe to this program would be what is measured.
    const result = await run('sh', ['-c', 'exec gzip -dc "$@" >/dev/null', 'sh', ...paths]);
    failOn('gzip', result.out === '' ? [] : ['it wrote something']);
    return result;
  };
  const runs = await inTurn(
    unpack([oneFile]),
    () => scan([oneFile], firstLog.answer, threads),
    unpack(packed),
    () => scan([several], sum, threads),
  );
  const [unpackOne = [], scanOne = [], unpackAll = [], scanAll = []] = runs;
  const bytes = `${count(statSync(oneFile).size / 1e6)} MB of ${count(firstLog.answer.bytes / 1e6)} MB`;
  table([
    head,
    row(`gzip -dc, one (${bytes})`, unpackOne),
    row('halflight scan', scanOne),
    row(`gzip -dc, ${packed.length} in turn`, unpackAll),
    row('halflight scan', scanAll),
  ]);
  goal('one .gz against gzip -dc', ratio(scanOne, unpackOne), 0.8);
  goal(`${packed.length} .gz on ${values.threads} threads against gzip -dc of all`, ratio(scanAll, unpackAll), 0.45);
}

/** From nothing to a finding: the smallest log that has one. */
async function firstFinding(): Promise<void> {
  const log = make({ lines: 1000 });
  const [node = [], first = []] = await inTurn(() => run(process.execPath, ['-e', '0']), scanLog(log));
  table([head, row('node -e 0', node), row('halflight scan of 1,000 lines', first)]);
  const took = summary(first).seconds;
  console.log(
    `  goal: at most 0.5 s: ${seconds(took)} s, ${verdict(took, 0.5)}; ${times(ratio(first, node))} an empty start`,
  );
}

const parts: Readonly<Record<string, { title: string; bytes: number; go: () => Promise<void> }>> = {
  lines: { title: 'Ten times the lines', bytes: values.huge ? 100 : 10, go: growLines },
  share: { title: 'More AI use', bytes: 15, go: growShare },
  hosts: { title: 'As many hosts or people as lines', bytes: 10, go: growHosts },
  files: { title: 'Many small files', bytes: 2, go: manyFiles },
  gzip: { title: 'Compressed files', bytes: 20, go: compressed },
  first: { title: 'First finding', bytes: 1, go: firstFinding },
};

/** A line of the widest layout. */
const widest = 900;

try {
  needsBuild();
  for (const name of values.only.split(',')) {
    const part = parts[name];
    if (part === undefined) throw new Error(`no part ${name}: choose from ${Object.keys(parts).join(', ')}`);
    const disk = statfsSync(logs.folder);
    const needed = part.bytes * lines * (layout === 'squid' ? 180 : widest);
    if (disk.bavail * disk.bsize < needed)
      throw new Error(`${part.title} needs ${count(needed / 1e9)} GB in ${logs.folder}: free some, or set TMPDIR`);
    console.log(`\n${part.title} (${layout}, ${values.threads} threads, ${rounds} rounds)`);
    await part.go();
  }
  console.log('\nEvery answer was equal to what was planted, in every round.');
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
} finally {
  logs.close();
}
