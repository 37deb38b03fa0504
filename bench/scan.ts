import { mkdirSync } from 'node:fs';
import { availableParallelism, loadavg } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type LayoutName, layoutNames } from './generate/generate.js';
import { defaults } from './generate/traffic.js';
import { goalBytes, goals, verdict } from './goals.js';
import { needsBuild, scan } from './halflight.js';
import { type Log, Logs, linesFor } from './logs.js';
import { type Run, ratio, run, summary, timed } from './measure.js';
import { needles, type Peer, peers } from './peers.js';
import { count, failOn, megabytes, seconds, table, times, WrongAnswer } from './print.js';

// Times whole commands on generated logs, in turn, and checks the answer of each run; docs/performance.md explains it.
//   npm run build && npm run bench:peers && npm run bench -- --mb 1000 --rounds 5
const { values } = parseArgs({
  options: {
    layouts: { type: 'string', default: layoutNames.join(',') },
    lines: { type: 'string' },
    mb: { type: 'string' },
    rounds: { type: 'string' },
    threads: { type: 'string', default: '2' },
    share: { type: 'string', default: String(defaults.share) },
    hosts: { type: 'string', default: String(defaults.hosts) },
    seed: { type: 'string', default: String(defaults.seed) },
    only: { type: 'string' },
    'no-peers': { type: 'boolean', default: false },
    keep: { type: 'boolean', default: false },
  },
});

const chosen = values.layouts.split(',').map((name): LayoutName => {
  const layout = layoutNames.find((known) => known === name);
  if (layout === undefined) throw new Error(`no layout ${name}: choose from ${layoutNames.join(', ')}`);
  return layout;
});
const threads = Number(values.threads);
const share = Number(values.share);
const options = { share, hosts: Number(values.hosts), seed: Number(values.seed), needles };

/** One command of a round, with what it took each time. */
interface Contestant {
  name: string;
  threads?: number;
  runs: Run[];
  once(log: Log): Promise<Run>;
}

const ours = (count: number): Contestant => ({
  name: `halflight scan, ${count} thread${count === 1 ? '' : 's'}`,
  threads: count,
  runs: [],
  once: ({ path, answer }) => scan([path], answer, ['--threads', String(count)]),
});

const wordCount: Omit<Contestant, 'runs'> = {
  name: 'wc -l',
  async once({ path, answer }) {
    const result = await run('wc', ['-l', path]);
    failOn('wc -l', Number.parseInt(result.out, 10) === answer.lines ? [] : [`lines: ${result.out.trim()}`]);
    return result;
  },
};

const theirs = (peer: Peer): Contestant => ({
  name: peer.name,
  runs: [],
  async once(log) {
    const result = await peer.run(log);
    failOn(`${peer.name} on ${log.layout}`, peer.check(log, result.out));
    return result;
  },
});

async function measure(log: Log, available: readonly Peer[], rounds: number): Promise<void> {
  const wanted = values.only?.toLowerCase().split(',');
  const contestants = [...[...new Set([1, threads])].map(ours), ...available.map(theirs)].filter(
    ({ name }) => wanted === undefined || wanted.some((part) => name.toLowerCase().includes(part)),
  );
  const wc: Contestant = { ...wordCount, runs: [] };
  const all = [wc, ...contestants];
  for (let round = 0; round < rounds; round++)
    for (const contestant of all) contestant.runs.push(await contestant.once(log));

  const best = contestants.findLast((contestant) => contestant.threads !== undefined);
  const { answer } = log;
  console.log(
    `\n${log.layout}: ${count(answer.lines)} lines, ${megabytes(answer.bytes)} MB, ${share * 100} % AI; ${rounds} round${rounds === 1 ? '' : 's, medians'}`,
  );
  table([
    ['', 'seconds', 'x wc -l', 'MB/s', 'cpu s', 'peak MB', best === undefined ? '' : `x ${best.name}`],
    ...all.map((contestant) => {
      const took = summary(contestant.runs);
      return [
        contestant.name,
        seconds(took.seconds),
        times(ratio(contestant.runs, wc.runs)),
        count(answer.bytes / 1e6 / took.seconds),
        timed ? took.cpu.toFixed(2) : '?',
        timed ? count(took.peak) : '?',
        best === undefined ? '' : times(ratio(contestant.runs, best.runs)),
      ];
    }),
  ]);
  judge(log, all);
}

function judge(log: Log, all: readonly Contestant[]): void {
  if (log.answer.bytes < goalBytes) return;
  for (const goal of goals[log.layout]) {
    const mine = all.find((contestant) => contestant.threads === goal.threads);
    const other = all.find(({ name }) => name === goal.against);
    if (mine === undefined) continue;
    const wording =
      goal.atMost >= 1
        ? `at most ${goal.atMost} times ${goal.against}`
        : `${(1 / goal.atMost).toFixed(0)} times as fast as ${goal.against}`;
    if (other === undefined) {
      console.log(`  goal: ${wording}: NOT MEASURED, ${goal.against} did not run`);
      continue;
    }
    const reached = ratio(mine.runs, other.runs);
    const said = goal.atMost >= 1 ? `${times(reached)}` : `${times(1 / reached)} as fast`;
    const cpu = timed ? ` (processor time ${times(ratio(mine.runs, other.runs, 'cpu'))})` : '';
    console.log(`  goal: ${wording}: ${said}, ${verdict(reached, goal.atMost)}${cpu}`);
  }
}

const logs = new Logs(values.keep);
try {
  needsBuild();
  const folder = join(logs.folder, 'peers');
  mkdirSync(folder);
  const all = values['no-peers'] ? [] : peers(folder, availableParallelism());
  for (const peer of all)
    if (!peer.there) console.log(`MISSING PEER: ${peer.name} (${peer.does}) is not compared: ${peer.install}`);
  if (values['no-peers']) console.log('Peers are left out: --no-peers');
  if (!timed) console.log('No processor time and no memory: install GNU time (apt-get install time)');
  const [load = 0] = loadavg();
  if (load > 1)
    console.log(
      `Load of ${load.toFixed(1)} on ${availableParallelism()} cores before the start: seconds are unsure, processor time less so`,
    );
  let small = false;
  for (const layout of chosen) {
    const lines =
      values.lines !== undefined
        ? Number(values.lines)
        : linesFor(layout, Number(values.mb ?? 1000), { ...options, lines: 0 });
    const log = logs.make(layout, { ...options, lines });
    small ||= log.answer.bytes < goalBytes;
    const rounds = Number(values.rounds ?? (log.answer.bytes < goalBytes ? 1 : 5));
    await measure(
      log,
      all.filter(({ there, layouts }) => there && (layouts ?? [layout]).includes(layout)),
      rounds,
    );
    logs.drop(log);
  }
  if (small)
    console.log(`\nLogs under ${megabytes(goalBytes)} MB: an answer check, no measurement to hold goals against.`);
  console.log('\nEvery answer was equal to what was planted, in every round.');
} catch (error) {
  if (!(error instanceof WrongAnswer)) throw error;
  console.error('Nothing more is measured: find out which is wrong, the program or the generator.');
} finally {
  logs.close();
}
