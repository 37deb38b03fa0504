import { readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { reportSchema } from '../../src/reports/schema.js';
import { halflight, readText, root, scanReport, squidLine, squidLog, temporaryFolder } from '../helpers/cli.js';

const files = ['rejects.ndjson', 'report.html', 'report.json', 'usage.csv'];
const approved = `entries:
  - id: chatgpt
    name: ChatGPT for all
    services: [chatgpt]
    status: approved
    approval_date: 2026-01-10
    review_date: 2027-01-10
    approvers: [boss]
`;

describe('halflight scan --out', () => {
  it('writes the four files, for their owner alone', async () => {
    const folder = temporaryFolder({ 'access.log': `${squidLog(3)}garbage\n`, 'report/usage.csv': 'of last week' });
    const { code, stdout } = await halflight(['scan', 'access.log', '--out', 'report'], { cwd: folder });
    expect(code).toBe(0);
    expect(stdout).toContain('ChatGPT');
    for (const name of files) {
      expect(stdout).toContain(`  report/${name}\n`);
      expect(statSync(join(folder, 'report', name)).mode & 0o777).toBe(0o600);
    }
    const made = await halflight(['scan', 'access.log', '--out', 'new/report'], { cwd: folder });
    expect(made.code).toBe(0);
    expect(statSync(join(folder, 'new/report')).mode & 0o777).toBe(0o700);
    expect(readText(folder, 'report/usage.csv')).toMatch(
      /^day,service,vendor,actor,actor_kind,group,source,account_kind,strength,events,attempts,bytes_out,bytes_in,first,last\r\n2026-03-02,chatgpt,OpenAI,user-[a-z2-7]{8},user,,squid,unknown,visit,3,0,0,15000,2026-03-02T10:00:00Z,2026-03-02T10:02:00Z\r\n$/,
    );
    expect(JSON.parse(readText(folder, 'report/rejects.ndjson'))).toEqual({
      file: 'access.log',
      line: 4,
      reason: 'not a line of Squid native format',
      sample: 'garbage',
    });
    reportSchema.parse(JSON.parse(readText(folder, 'report/report.json')));
    expect(readText(folder, 'report/report.html')).toMatch(/^<!doctype html>/i);
  });

  it('the same input twice gives the same bytes, and the earlier report is no input', async () => {
    const folder = temporaryFolder({ 'logs/access.log': squidLog(20), 'logs/more.log.gz': gzipSync(squidLog(9)) });
    const run = async (): Promise<string[]> => {
      expect((await halflight(['scan', '.', '--out', 'report'], { cwd: folder })).code).toBe(0);
      return files.map((name) => readText(folder, 'report', name));
    };
    expect(await run()).toEqual(await run());
  });

  it('--json prints report.json and nothing else on standard output', async () => {
    const folder = temporaryFolder({ 'access.log': squidLog(3) });
    const { code, stdout, stderr, report } = await scanReport(['access.log', '--out', 'report'], { cwd: folder });
    expect({ code, stderr }).toEqual({ code: 0, stderr: 'Reading access.log ...\n' });
    expect(stdout).toBe(readText(folder, 'report/report.json'));
    expect(report.totals).toMatchObject({ inputs: 1, records: 3, events: 3, services: 1 });
  });
});

describe('halflight scan reads', () => {
  it('standard input, plain or compressed, beside files', async () => {
    const folder = temporaryFolder({ 'access.log': squidLog(3) });
    for (const input of [squidLog(5), gzipSync(squidLog(5))]) {
      const { code, stderr, report } = await scanReport(['-', 'access.log'], { cwd: folder, input });
      expect({ code, stderr }).toEqual({ code: 0, stderr: 'Reading standard input, access.log ...\n' });
      expect(report.coverage.inputs.map(({ file, events }) => [file, events])).toEqual([
        ['standard input', 5],
        ['access.log', 3],
      ]);
    }
  });

  it('no register, mapping or people file as a log, though they lie in the scanned folder', async () => {
    const folder = temporaryFolder({
      'access.log': squidLog(3),
      'inventory.yaml': approved,
      'people.csv': 'id,email,name\ne1,ann@acme.example,Ann Archer\n',
      'mapping.yaml': 'framing: { type: csv }\nfields: { host: site }\nconstants: { kind: web }\n',
    });
    const registers = ['--inventory', 'inventory.yaml', '--people', 'people.csv', '--mapping', 'mapping.yaml'];
    const { code, report } = await scanReport(['.', ...registers], { cwd: folder });
    expect(report.coverage.inputs.map(({ file }) => file)).toEqual(['access.log']);
    expect({ code, not_read: report.coverage.not_read }).toEqual({ code: 0, not_read: [] });
    expect(report.findings[0]).toMatchObject({ verdict: 'sanctioned', entry: 'chatgpt', people: 1 });
  });

  it('with a mapping file what fits nothing else, and other logs by their own formats', async () => {
    const fixture = `${root}/test/fixtures/formats/text-pattern/gateway`;
    const folder = temporaryFolder({
      'gateway.log': readText(`${fixture}.log`),
      'proxy.log': squidLog(4),
      'notes.txt': 'Dear Ann,\nyours\n',
    });
    const { code, report } = await scanReport(['.', '--mapping', `${fixture}.mapping.yaml`], { cwd: folder });
    expect(report.coverage.inputs).toMatchObject([
      { file: 'gateway.log', format: 'text-pattern', events: 3, why: '75 % of the first records fit the mapping file' },
      { file: 'proxy.log', format: 'squid', events: 4 },
    ]);
    expect(report.coverage.not_read.map(({ file }) => file)).toEqual(['notes.txt']);
    expect(code).toBe(3);
  });

  it('everything as one format with --format', async () => {
    const folder = temporaryFolder({ 'notes.txt': 'Dear Ann,\nyours\n' });
    const { code, report } = await scanReport(['notes.txt', '--format', 'squid'], { cwd: folder });
    expect(code).toBe(0);
    expect(report.coverage.inputs[0]).toMatchObject({ format: 'squid', why: 'chosen by --format', rejected: 2 });
  });
});

describe('days', () => {
  const folder = temporaryFolder({ 'access.log': squidLine({ at: '2026-03-02T23:30:00Z' }) });
  const scan = async (...args: string[]) => (await scanReport(['access.log', ...args], { cwd: folder })).report;
  it.each([
    ['UTC', '2026-03-02', '2026-03-03'],
    ['Africa/Johannesburg', '2026-03-03', '2026-03-04'],
    ['America/Lima', '2026-03-02', '2026-03-03'],
  ])('in %s a record of 23:30 UTC belongs to %s', async (zone, day, next) => {
    const [all, since, until, both] = await Promise.all([
      scan('--timezone', zone),
      scan('--timezone', zone, '--since', day),
      scan('--timezone', zone, '--until', day),
      scan('--timezone', zone, '--since', day, '--until', next),
    ]);
    expect(all.findings[0]?.days.map((row) => row.day)).toEqual([day]);
    expect(all).toMatchObject({ organisation_timezone: zone, log_timezone: zone, period: { from: day, to: day } });
    expect(since.totals.events).toBe(1);
    expect(until.totals.events).toBe(0);
    expect(both).toMatchObject({ period: { from: day, to: day }, totals: { events: 1 } });
  });

  it('times without a zone are read in --log-timezone', async () => {
    const input = 'time,kind,host\n2026-03-02 23:30:00,web,chatgpt.com\n';
    const { report } = await scanReport(['-', '--timezone', 'UTC', '--log-timezone', 'America/Lima'], { input });
    expect(report.findings[0]).toMatchObject({ first: '2026-03-03T04:30:00Z', days: [{ day: '2026-03-03' }] });
  });
});

describe('--fail-on', () => {
  const folder = temporaryFolder({ 'access.log': squidLog(3), 'inventory.yaml': approved });
  const run = (...args: string[]) => halflight(['scan', 'access.log', ...args], { cwd: folder });

  it('exits with 1 and names the finding when a verdict of the list was found', async () => {
    const { code, stdout, stderr } = await run('--fail-on', 'denied, unregistered');
    expect(code).toBe(1);
    expect(stdout).toContain('unregistered  ChatGPT');
    expect(stderr).toContain('halflight: --fail-on: 1 finding: ChatGPT (unknown, unregistered)\n');
  });

  it('exits with 0 when none was, and always without it', async () => {
    const codes = await Promise.all([
      run('--fail-on', 'denied,retired'),
      run('--fail-on', 'unregistered', '--inventory', 'inventory.yaml'),
      run(),
    ]);
    expect(codes.map(({ code }) => code)).toEqual([0, 0, 0]);
  });

  it('exits with 3 when something could not be read too: the check did not see everything', async () => {
    const { code, stderr } = await run('none.log', '--fail-on', 'unregistered');
    expect(code).toBe(3);
    expect(stderr).toContain('--fail-on: 1 finding');
    expect(stderr).toContain('1 problem, named at the end of the report; the rest was read.');
  });
});

describe('without --data', () => {
  it('no process is started, and nothing is written', async () => {
    const forbid = temporaryFolder({
      'processes.cjs': `const processes = require('node:child_process');
for (const name of ['spawn', 'spawnSync', 'fork', 'exec', 'execSync', 'execFile', 'execFileSync'])
  processes[name] = () => { process.stderr.write('a process was started'); process.exit(99); };
require('node:module').syncBuiltinESMExports();
`,
    });
    const folder = temporaryFolder({ 'access.log': squidLog(3) });
    const ran = await halflight(['scan', 'access.log'], {
      cwd: folder,
      env: { NODE_OPTIONS: `--require ${forbid}/processes.cjs` },
    });
    expect(ran).toMatchObject({ code: 0, stderr: 'Reading access.log ...\n' });
    expect(readdirSync(folder)).toEqual(['access.log']);
  });
});
