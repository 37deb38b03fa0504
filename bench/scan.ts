import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { type Answer, writeSquidLog } from './squid-log.js';

// Times whole commands on a generated Squid log, in turn with `wc -l` on the same file, and checks the answer of each run.
//   npm run build && npm run bench -- --lines 1000000 --rounds 5
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '1000000' },
    rounds: { type: 'string', default: '3' },
    share: { type: 'string', default: '0.005' },
  },
});
const [lines, rounds, share] = [Number(values.lines), Number(values.rounds), Number(values.share)];
const folder = mkdtempSync(join(tmpdir(), 'halflight-bench-'));
const log = join(folder, 'access.log');

interface Run {
  seconds: number;
  /** Highest resident memory in MB; 0 where /proc is missing. */
  peak: number;
  /** Seconds to the first byte of output. */
  first: number;
  out: string;
}

function run(command: string, args: readonly string[]): Promise<Run> {
  return new Promise((resolve, reject) => {
    const began = performance.now();
    const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    let [peak, first] = [0, 0];
    const out: Buffer[] = [];
    const watch = setInterval(() => {
      try {
        peak = Math.max(
          peak,
          Number(/VmHWM:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1] ?? 0) / 1024,
        );
      } catch {
        // Ended, or no /proc.
      }
    }, 20);
    child.stdout.on('data', (chunk: Buffer) => {
      if (first === 0) first = (performance.now() - began) / 1000;
      out.push(chunk);
    });
    child.on('error', reject);
    child.on('close', (code) => {
      clearInterval(watch);
      if (code !== 0) reject(new Error(`${command} ended with ${code}`));
      else resolve({ seconds: (performance.now() - began) / 1000, peak, first, out: Buffer.concat(out).toString() });
    });
  });
}

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

const median = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;

try {
  const answer = await writeSquidLog(log, lines, share);
  const megabytes = statSync(log).size / 1e6;
  const [wc, scans]: [Run[], Run[]] = [[], []];
  for (let round = 0; round < rounds; round++) {
    wc.push(await run('wc', ['-l', log]));
    const outDir = join(folder, `out${round}`);
    scans.push(await run(process.execPath, ['bin/halflight.js', 'scan', log, '--out', outDir]));
    const wrong = differences(answer, outDir);
    if (wrong.length > 0) throw new Error(`wrong answer:\n${wrong.slice(0, 20).join('\n')}`);
  }
  const seconds = median(scans.map((item) => item.seconds));
  const line = (name: string, value: string): void => console.log(`${name.padEnd(34)} ${value}`);
  line(
    'Squid log',
    `${lines.toLocaleString('en-US')} lines, ${megabytes.toFixed(0)} MB, ${share * 100} % AI, ${rounds} rounds, medians`,
  );
  line(
    'halflight scan, whole command',
    `${seconds.toFixed(2)} s, ${(megabytes / seconds).toFixed(0)} MB/s, ${Math.round(lines / seconds).toLocaleString('en-US')} lines/s`,
  );
  line('times wc -l', `${(seconds / median(wc.map((item) => item.seconds))).toFixed(1)} x`);
  line('peak memory', `${Math.max(...scans.map((item) => item.peak)).toFixed(0)} MB`);
  line('answers', 'equal to what was planted, in every round');
} finally {
  rmSync(folder, { recursive: true, force: true });
}
