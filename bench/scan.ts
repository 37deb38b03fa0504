import { mkdirSync, mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { median, type Run, run } from './measure.js';
import { type Answer, writeSquidLog } from './squid-log.js';

// Times whole commands on a generated Squid log, in turn with `wc -l` on the same file, and checks the answer of each run.
//   npm run build && npm run bench -- --lines 1000000 --rounds 5
// Then a folder of --files logs with 1 and 2 threads; with --growth also a log of ten times the lines.
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    share: { type: 'string', default: '0.005' },
    files: { type: 'string', default: '8' },
    growth: { type: 'boolean', default: false },
  },
});
const [lines, rounds, share] = [Number(values.lines), Number(values.rounds), Number(values.share)];
const files = Number(values.files);
const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-'));
const log = join(folder, 'access.log');

/** Compares usage.csv and report.json with what the generator planted; returns the differences. */
function differences(answer: Answer, outDir: string): string[] {
  const report = JSON.parse(readFileSync(join(outDir, 'report.json'), 'utf8')) as {
    totals: { records: number; rejected: number; attempts: number };
  };
  const found = new Map<string, number>();
  for (const row of readFileSync(join(outDir, 'usage.csv'), 'utf8').trimEnd().split('\r\n').slice(1)) {
    const [day = '', service = '', , , , , , , , events = '0'] = row.split(',');
    if (Number(events) > 0) found.set(`${service} ${day}`, (found.get(`${service} ${day}`) ?? 0) + Number(events));
  }
  const wrong: string[] = [];
  const same = (what: string, actual: number | undefined, expected: number | undefined): void => {
    if (actual !== expected) wrong.push(`${what}: ${actual}, expected ${expected}`);
  };
  same('records', report.totals.records, answer.lines);
  same('rejected', report.totals.rejected, answer.rejected);
  same('attempts', report.totals.attempts, answer.attempts);
  for (const key of new Set([...found.keys(), ...answer.events.keys()]))
    same(key, found.get(key), answer.events.get(key));
  return wrong;
}

const line = (name: string, value: string): void => console.log(`${name.padEnd(34)} ${value}`);
const count = (value: number): string => value.toLocaleString('en-US');
const size = (path: string): number => statSync(path).size / 1e6;

/** Scans and checks the answer. @throws Error with what differs */
async function scan(input: string, answer: Answer, ...options: readonly string[]): Promise<Run> {
  const outDir = mkdtempSync(join(folder, 'out-'));
  const result = await run(process.execPath, ['bin/halflight.js', 'scan', input, '--out', outDir, ...options]);
  const wrong = differences(answer, outDir);
  if (wrong.length > 0) throw new Error(`wrong answer:\n${wrong.slice(0, 20).join('\n')}`);
  return result;
}

/** Medians of several runs; the highest of the peaks. */
const summary = (runs: readonly Run[]): Omit<Run, 'out'> => ({
  seconds: median(runs.map((item) => item.seconds)),
  cpu: median(runs.map((item) => item.cpu)),
  peak: Math.max(...runs.map((item) => item.peak)),
});

async function oneLog(): Promise<void> {
  const answer = await writeSquidLog(log, lines, share);
  const [wc, scans]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    wc.push(await run('wc', ['-l', log]));
    scans.push(await scan(log, answer));
  }
  const { seconds, cpu, peak } = summary(scans);
  line(
    'Squid log',
    `${count(lines)} lines, ${size(log).toFixed(0)} MB, ${share * 100} % AI, ${rounds} rounds, medians`,
  );
  line(
    'halflight scan, whole command',
    `${seconds.toFixed(2)} s, ${(size(log) / seconds).toFixed(0)} MB/s, ${count(Math.round(lines / seconds))} lines/s`,
  );
  line('processor time', `${cpu.toFixed(2)} s`);
  line('times wc -l', `${(seconds / summary(wc).seconds).toFixed(1)} x`);
  line('peak memory', `${peak.toFixed(0)} MB`);
  if (values.growth) await growth({ cpu, peak });
}

/** Ten times the lines: with as much AI use in all, where only ordinary lines are added, and with as much for each line. */
async function growth(before: Pick<Run, 'cpu' | 'peak'>): Promise<void> {
  for (const part of [share / 10, share]) {
    const answer = await writeSquidLog(log, lines * 10, part);
    const runs: Run[] = [];
    for (let round = 0; round < rounds; round++) runs.push(await scan(log, answer));
    const { seconds, cpu, peak } = summary(runs);
    line(
      `10 x the lines, ${part * 100} % AI`,
      `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s cpu (${(cpu / before.cpu).toFixed(1)} x), peak ${peak.toFixed(0)} MB (+${(peak - before.peak).toFixed(0)})`,
    );
  }
}

/** A folder of logs, with one thread and with two. */
async function manyLogs(): Promise<void> {
  const many = join(folder, 'many');
  mkdirSync(many);
  const each = Math.round(lines / 2);
  const answers: Answer[] = [];
  for (let i = 0; i < files; i++) answers.push(await writeSquidLog(join(many, `${i}.log`), each, share, i + 1));
  const answer = sum(answers);
  const [one, two]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    one.push(await scan(many, answer, '--threads', '1'));
    two.push(await scan(many, answer, '--threads', '2'));
  }
  const [a, b] = [summary(one), summary(two)];
  line(`${files} logs`, `${count(each)} lines each`);
  for (const [threads, { seconds, cpu, peak }] of [a, b].entries())
    line(
      `${threads + 1} thread${threads === 0 ? '' : 's'}`,
      `${seconds.toFixed(2)} s, ${cpu.toFixed(2)} s cpu, ${count(Math.round((each * files) / seconds))} lines/s, peak ${peak.toFixed(0)} MB`,
    );
  line('2 threads against 1', `${(b.seconds / a.seconds).toFixed(2)} x`);
}

function sum(answers: readonly Answer[]): Answer {
  const total: Answer = { lines: 0, rejected: 0, events: new Map(), attempts: 0 };
  for (const answer of answers) {
    total.lines += answer.lines;
    total.rejected += answer.rejected;
    total.attempts += answer.attempts;
    for (const [key, events] of answer.events) total.events.set(key, (total.events.get(key) ?? 0) + events);
  }
  return total;
}

try {
  await oneLog();
  await manyLogs();
  line('answers', 'equal to what was planted, in every round');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
