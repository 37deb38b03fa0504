import { accessSync, constants, existsSync, statSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import { InvalidArgumentError } from 'commander';
import { verdicts } from '../../core/register.js';
import { safeLine } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import { CliError, exitCodes, explainFileError, explainWriteError } from '../common/errors.js';
import type { ScanRequest } from '../common/scan-types.js';
import { zoneOption } from '../common/zones.js';
import type { AddCommand } from '../main.js';

interface Options {
  out?: string;
  inventory?: string;
  people?: string;
  contracts?: string;
  leases?: string[];
  format?: string;
  mapping?: string;
  since?: string;
  until?: string;
  timezone: string;
  logTimezone?: string;
  signatures?: string;
  data?: string;
  names?: boolean;
  notAi?: string;
  threads?: number;
  failOn?: string[];
  json?: boolean;
}

/** `halflight scan PATH...` */
export const command: AddCommand = (program) => {
  program
    .command('scan <path...>')
    .description('reads log files, folders and archives, and reports the AI in use and what to do about it')
    .option('--out <dir>', 'write report.html, report.json, usage.csv and rejects.ndjson there')
    .option('--inventory <file>', 'the register of AI systems, YAML or CSV')
    .option('--people <file>', 'the people directory: CSV, or SCIM users as JSON')
    .option(
      '--leases <path>',
      'log of a DHCP server or VPN gateway, which says who had an address when; may be given several times',
      (path: string, before: string[] = []) => [...before, path],
    )
    .option('--contracts <file>', 'vendor list with contracts, CSV or .xlsx: what was bought officially')
    .option('--format <id>', 'read everything as this format; detected by content otherwise')
    .option('--mapping <file>', 'mapping file for custom CSV, JSON or text logs')
    .option('--since <day>', 'from this day on, YYYY-MM-DD in --timezone')
    .option('--until <day>', 'before this day, YYYY-MM-DD in --timezone')
    .option('--timezone <zone>', "the organisation's time zone: it decides the days", 'UTC')
    .option('--log-timezone <zone>', 'zone of log times that state none (default: --timezone)')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--not-ai <file>', 'candidates that are no AI, as "halflight candidate export" writes them')
    .option('--data <dir>', 'keep results in an embedded database there, and report over all that it holds')
    .option('--names', 'people by name; pseudonyms otherwise')
    .option(
      '--fail-on <verdicts>',
      'exit with 1 when a finding has one of these verdicts (comma-separated)',
      parseVerdicts,
    )
    .option('--threads <n>', 'read up to n inputs at the same time (default: the cores, 4 at most)', parseThreads)
    .option('--json', 'print report.json')
    .action(async (paths: string[], options: Options) => {
      const request = requestOf(options);
      process.stderr.write(`Reading ${namesOf(paths)} ...\n`);
      // Loaded here, so that other commands and the line above do not wait for it.
      const [{ runScan }, { writeReport }, { reportToText }] = await Promise.all([
        import('../common/scan-run.js'),
        import('../common/write-report.js'),
        import('../../reports/terminal.js'),
      ]);
      const outcome = await runScan(paths, request);
      const { files, unwritten } = written(() => (options.out === undefined ? [] : writeReport(options.out, outcome)));
      const { report, incomplete } = outcome;
      const failing = report.findings.filter(
        (finding) => options.failOn?.includes(finding.verdict) && !finding.claimed_only,
      );
      // What was found is printed also where the files cannot be written: reading it may have taken hours.
      // Set before anything is printed: a reader that goes away early (`| head`) does not change it. Something unread
      // outweighs a failed check, since the check did not see everything.
      if (incomplete.length > 0 || unwritten !== undefined) process.exitCode = exitCodes.failed;
      else if (failing.length > 0) process.exitCode = exitCodes.checkFailed;
      if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else {
        const width = Math.min(Math.max(process.stdout.columns || 80, 66), 120);
        const colour = process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '';
        process.stdout.write(reportToText(report, { width, colour }));
        if (files.length > 0)
          process.stdout.write(`\nWritten\n${files.map((file) => `  ${safeLine(file)}\n`).join('')}`);
      }
      if (failing.length > 0) {
        const list = failing.map(({ name, account_kind, verdict }) => `${name} (${account_kind}, ${verdict})`);
        say(`--fail-on: ${list.length === 1 ? '1 finding' : `${list.length} findings`}: ${list.join(', ')}`);
      }
      if (options.json === true) for (const problem of incomplete) say(problem);
      else if (incomplete.length > 0)
        say(
          `${incomplete.length === 1 ? '1 problem' : `${incomplete.length} problems`}, named at the end of the report${report.totals.inputs > 0 ? '; the rest was read' : ''}.`,
        );
      if (unwritten !== undefined) throw unwritten;
    });
};

/** The files that were written, or why they could not be. */
function written(write: () => string[]): { files: string[]; unwritten?: CliError } {
  try {
    return { files: write() };
  } catch (error) {
    if (error instanceof CliError) return { files: [], unwritten: error };
    throw error;
  }
}

const say = (message: string): boolean => process.stderr.write(`halflight: ${safeLine(message)}\n`);

/** The first few paths, for one line. */
function namesOf(paths: readonly string[]): string {
  const shown = paths.slice(0, 3).map((path) => (path === '-' ? 'standard input' : safeLine(path)));
  return `${shown.join(', ')}${paths.length > shown.length ? ` and ${paths.length - shown.length} more` : ''}`;
}

function requestOf(options: Options): ScanRequest {
  const zone = zoneOption(options.timezone, '--timezone');
  const logZone = zoneOption(options.logTimezone ?? zone, '--log-timezone');
  const bound = (day: string | undefined, option: string): number | undefined => {
    if (day === undefined) return undefined;
    const start = dayStart(day, zone);
    if (start === undefined)
      throw new CliError(`${option} "${day}" is no day; write it as 2026-11-22`, exitCodes.usage);
    return start;
  };
  const since = bound(options.since, '--since');
  const until = bound(options.until, '--until');
  if (since !== undefined && until !== undefined && since >= until)
    throw new CliError('--since must be before --until', exitCodes.usage);
  for (const [option, path] of [
    ['--out', options.out],
    ['--data', options.data],
  ] as const)
    if (path !== undefined) checkFolder(option, path);
  return { ...options, zone, logZone, since, until };
}

/** Said before the work, not after it: hours of reading may lie between. The folder need not exist yet. */
function checkFolder(option: string, path: string): void {
  let file: boolean;
  try {
    file = statSync(path, { throwIfNoEntry: false })?.isDirectory() === false;
  } catch (error) {
    throw new CliError(`${option} ${explainFileError(error, path)}`, exitCodes.usage);
  }
  if (path === '' || file)
    throw new CliError(
      `${option} ${path === '' ? 'is empty' : `${safeLine(path)} is a file`}; name a folder`,
      exitCodes.usage,
    );
  const there = nearestFolder(resolve(path));
  try {
    accessSync(there, constants.W_OK | constants.X_OK);
  } catch (error) {
    throw new CliError(`${option} ${safeLine(path)} cannot be used: ${explainWriteError(error, there)}`);
  }
}

/** The folder itself, or the nearest one above it that is there. */
const nearestFolder = (path: string): string => (existsSync(path) ? path : nearestFolder(dirname(path)));

function parseVerdicts(value: string): string[] {
  const known: readonly string[] = [...verdicts, 'attempted'];
  return value.split(',').map((word) => {
    const verdict = word.trim();
    if (known.includes(verdict)) return verdict;
    throw new InvalidArgumentError(`"${verdict}" is no verdict; the verdicts are ${known.join(', ')}.`);
  });
}

function parseThreads(value: string): number {
  const count = /^\d{1,2}$/.test(value) ? Number(value) : Number.NaN;
  if (count <= 64) return count;
  throw new InvalidArgumentError(`"${value}" is no number of threads; write one from 0 to 64.`);
}
