import { statSync } from 'node:fs';
import { InvalidArgumentError } from 'commander';
import { verdicts } from '../../core/register.js';
import { safeText } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import type { AddCommand } from '../main.js';
import { CliError, exitCodes } from '../shared/errors.js';
import type { ScanRequest } from '../shared/scan-types.js';
import { zoneOption } from '../shared/zones.js';

interface Options {
  out?: string;
  inventory?: string;
  people?: string;
  format?: string;
  mapping?: string;
  since?: string;
  until?: string;
  timezone: string;
  logTimezone?: string;
  signatures?: string;
  data?: string;
  names?: boolean;
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
    .option('--people <file>', 'the people directory, CSV')
    .option('--format <id>', 'read everything as this format; detected by content otherwise')
    .option('--mapping <file>', 'mapping file for custom CSV, JSON or text logs')
    .option('--since <day>', 'from this day on, YYYY-MM-DD in --timezone')
    .option('--until <day>', 'before this day, YYYY-MM-DD in --timezone')
    .option('--timezone <zone>', "the organisation's time zone: it decides the days", 'UTC')
    .option('--log-timezone <zone>', 'zone of log times that state none (default: --timezone)')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--data <dir>', 'keep results in an embedded database there, and report over all that it holds')
    .option('--names', 'people by name; pseudonyms otherwise')
    .option(
      '--fail-on <verdicts>',
      'exit with 1 when a finding has one of these verdicts (comma-separated)',
      parseVerdicts,
    )
    .option('--json', 'print report.json')
    .action(async (paths: string[], options: Options) => {
      const request = requestOf(options);
      process.stderr.write(`Reading ${safeText(paths.join(' '))} ...\n`);
      // Loaded here, so that other commands and the line above do not wait for it.
      const [{ runScan }, { writeReport }, { reportToText }] = await Promise.all([
        import('../shared/scan-run.js'),
        import('../shared/write-report.js'),
        import('../../reports/terminal.js'),
      ]);
      const outcome = await runScan(paths, request);
      const files = options.out === undefined ? [] : writeReport(options.out, outcome);
      const { report } = outcome;
      if (options.json === true) process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
      else {
        const width = Math.min(Math.max(process.stdout.columns ?? 80, 60), 120);
        const colour = process.stdout.isTTY && process.env.NO_COLOR === undefined;
        process.stdout.write(reportToText(report, { width, colour }));
        if (files.length > 0) process.stdout.write(`\nWritten: ${files.map(safeText).join(', ')}\n`);
      }
      const failing = report.findings.filter((finding) => options.failOn?.includes(finding.verdict));
      if (failing.length > 0) {
        process.stderr.write(
          `halflight: --fail-on: ${failing.length} finding(s): ${safeText(failing.map(({ name, verdict }) => `${name} (${verdict})`).join(', '))}\n`,
        );
        process.exitCode = exitCodes.checkFailed;
      }
      // Something unread outweighs a failed check: the check did not see everything.
      if (outcome.incomplete.length > 0) {
        if (options.json === true)
          for (const problem of outcome.incomplete) process.stderr.write(`halflight: ${safeText(problem)}\n`);
        process.exitCode = exitCodes.failed;
      }
    });
};

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
  if (options.out !== undefined && statSync(options.out, { throwIfNoEntry: false })?.isFile() === true)
    throw new CliError(`--out ${options.out} is a file; name a folder`, exitCodes.usage);
  return { ...options, zone, logZone, since, until };
}

function parseVerdicts(value: string): string[] {
  const known: readonly string[] = [...verdicts, 'attempted'];
  return value.split(',').map((word) => {
    const verdict = word.trim();
    if (known.includes(verdict)) return verdict;
    throw new InvalidArgumentError(`"${verdict}" is no verdict; the verdicts are ${known.join(', ')}.`);
  });
}
