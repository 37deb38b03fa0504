import { renameSync } from 'node:fs';
import { copyFile, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseArgs } from 'node:util';
import type { Answer } from './generate/answer.js';
import { planted } from './generate/services.js';
import { needsBuild, scan } from './halflight.js';
import { Logs } from './logs.js';
import { count, failOn, seconds, times } from './print.js';
import { type Running, type SetUp, start } from './running.js';

// What the service adds to a scan: a log in a watched folder until its results and findings are committed, beside the scan of the same
// log alone; and a pushed line of a new service until its finding is there, with a flood of other lines beside it.
//   npm run build && npx tsx bench/service.ts [--lines 10000000] [--probes 40] [--flood 50000] [--setup embedded|servers] [--only files|push]
const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    probes: { type: 'string', default: '40' },
    flood: { type: 'string', default: '50000' },
    setup: { type: 'string', default: 'both' },
    only: { type: 'string', default: 'both' },
  },
});
const setUps: SetUp[] = values.setup === 'both' ? ['embedded', 'servers'] : [values.setup as SetUp];
needsBuild();

/** Asks until it holds. @throws Error after ten minutes */
async function until(holds: () => Promise<boolean>, everyMs: number): Promise<void> {
  for (const began = performance.now(); performance.now() - began < 600_000; await sleep(everyMs))
    if (await holds()) return;
  throw new Error('it did not happen within ten minutes');
}

/** What the database has of the log, against what was planted. */
async function compare(service: Running, answer: Answer): Promise<void> {
  const rows = await service.query<{
    service: string;
    day: string;
    events: string;
    attempts: string;
    out: string;
    in: string;
  }>(
    `select service, day::text, sum(events) as events, sum(attempts) as attempts, sum(bytes_out) as out, sum(bytes_in) as in
     from usage group by service, day`,
  );
  const found = new Map(
    rows.map((row) => [`${row.service} ${row.day}`, `${row.events} ${row.attempts} ${row.out} ${row.in}`]),
  );
  const wrong = answer.rows.flatMap(({ service: id, day, events, attempts, bytesOut, bytesIn }) => {
    const [have, want] = [found.get(`${id} ${day}`), `${events} ${attempts} ${bytesOut} ${bytesIn}`];
    return have === want ? [] : [`${id} ${day}: ${have}, expected ${want}`];
  });
  const [sums] = await service.query<{ records: string; rejected: string }>(
    `select sum(records) as records, sum(rejected) as rejected from chunk where state = 'done'`,
  );
  if (Number(sums?.records) !== answer.lines) wrong.push(`records: ${sums?.records}, expected ${answer.lines}`);
  if (Number(sums?.rejected) !== answer.rejected)
    wrong.push(`rejected: ${sums?.rejected}, expected ${answer.rejected}`);
  failOn('the service', wrong);
}

async function filesToFindings(): Promise<void> {
  const logs = new Logs(true);
  const log = logs.make('squid', { lines: Number(values.lines), share: 0.005 } as never);
  const alone = await scan([log.path], log.answer, ['--threads', '2']);
  console.log(`scan alone, 2 threads: ${seconds(alone.seconds)} s, ${seconds(alone.cpu)} s processor time`);
  for (const setUp of setUps) {
    const service = await start(
      setUp,
      'sources:\n  - { id: bench, kind: folder, every: 1s, format: squid, options: { path: "{folder}/logs", settle: 1ms } }\n',
      7,
    );
    try {
      await mkdir(join(service.folder, 'logs'), { recursive: true });
      await sleep(3000);
      const copy = join(service.folder, 'copy.log');
      await copyFile(log.path, copy);
      const before = service.cost().cpu;
      const began = performance.now();
      renameSync(copy, join(service.folder, 'logs/access.log'));
      await until(async () => {
        const [row] = await service.query<{ done: boolean }>(
          `select count(*) filter (where state = 'pending') = 0 and sum(bytes) >= $1
             and not exists (select from reconcile_due d where not exists (select from finding f where f.service = d.service)) as done
           from chunk`,
          [log.answer.bytes - 1],
        );
        return row?.done === true;
      }, 50);
      const took = (performance.now() - began) / 1000;
      await compare(service, log.answer);
      const { cpu, peak } = service.cost();
      const [usage] = await service.query<{ n: string }>('select count(*) as n from usage');
      console.log(
        `files to findings, ${setUp}: ${seconds(took)} s (${times(took / alone.seconds)} the scan; goal 2 x), ${seconds(cpu - before)} s processor time of its own (${times((cpu - before) / alone.cpu)}), ${count(Number(usage?.n))} rows, ${count(peak)} MB in all processes`,
      );
    } finally {
      await service.stop();
    }
  }
}

const squid = (host: string, user: string): string =>
  `${(Date.now() / 1000).toFixed(3)}    100 10.1.2.3 TCP_TUNNEL/200 5120 CONNECT ${host}:443 ${user} HIER_DIRECT/203.0.113.9 -\n`;

async function pushToFinding(): Promise<void> {
  const [probes, flood] = [Number(values.probes), Number(values.flood)];
  for (const setUp of setUps) {
    const service = await start(
      setUp,
      'sources:\n  - { id: flood, kind: push, format: squid, quota: { requests_per_second: 1000 } }\n  - { id: probe, kind: push, format: squid }\n',
      8,
    );
    try {
      const [floodToken, probeToken] = [service.token('flood'), service.token('probe')];
      const push = (token: string, body: string): Promise<number> =>
        fetch(`${service.url}/v1/push`, {
          method: 'POST',
          headers: { authorization: `Bearer ${token}`, 'content-type': 'text/plain' },
          body,
        }).then((response) => response.status);
      await sleep(2500);
      let [stop, sent, refused] = [false, 0, 0];
      const hosts = Array.from({ length: 5000 }, (_, i) => `www${i}.shop-${i % 700}.example`);
      const batch = 5000;
      const flooding = (async () => {
        const began = performance.now();
        while (!stop) {
          const lines: string[] = [];
          for (let i = 0; i < batch; i++)
            lines.push(
              squid((sent + i) % 200 === 0 ? 'chatgpt.com' : (hosts[(sent + i) % hosts.length] ?? ''), `u${i % 3000}`),
            );
          if ((await push(floodToken, lines.join(''))) === 202) sent += batch;
          else refused++;
          const ahead = (sent / flood) * 1000 - (performance.now() - began);
          if (ahead > 0) await sleep(ahead);
        }
        return sent / ((performance.now() - began) / 1000);
      })();
      await sleep(3000);
      const times: number[] = [];
      for (const [id, host = ''] of planted.filter(([id]) => id !== 'chatgpt').slice(0, probes)) {
        const began = performance.now();
        if ((await push(probeToken, squid(host, 'probe'))) !== 202) throw new Error('a probe was refused');
        await until(async () => (await service.query('select from finding where service = $1', [id])).length > 0, 5);
        times.push(performance.now() - began);
        await sleep(200);
      }
      stop = true;
      const rate = await flooding;
      await until(async () => {
        const [row] = await service.query<{ n: string }>(`select count(*) as n from chunk where state = 'pending'`);
        return Number(row?.n) === 0;
      }, 200);
      await sleep(1000);
      const [sums] = await service.query<{ records: string }>(
        `select sum(records) as records from chunk where source = 'flood'`,
      );
      failOn('the flood', Number(sums?.records) === sent ? [] : [`${sums?.records} records, ${sent} were taken`]);
      const sorted = times.toSorted((a, b) => a - b);
      const at = (share: number): string =>
        `${Math.round(sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? 0)} ms`;
      console.log(
        `push to finding, ${setUp}: p50 ${at(0.5)}, p95 ${at(0.95)} (goal 1000 ms), most ${at(1)}, of ${sorted.length}; beside it ${count(rate)} lines/s (asked ${count(flood)}), ${refused} pushes refused`,
      );
    } finally {
      await service.stop();
    }
  }
}

if (values.only !== 'push') await filesToFindings();
if (values.only !== 'files') await pushToFinding();
