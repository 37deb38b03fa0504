import { InvalidArgumentError, Option } from 'commander';
import { reportFormats, reportRoles } from '../../core/report-role.js';
import type { ReportOptions } from '../common/report-options.js';
import type { AddCommand } from '../main.js';

/** `halflight report` */
export const command: AddCommand = (program) => {
  program
    .command('report')
    .description('the report of a week, a month or other days: what is new, who uses it, what to decide, what to stop')
    .option('--period <period>', 'week, month (the last whole one), 2026-W47, 2026-11 or 2026-Q4 (default: week)')
    .option('--from <day>', 'instead of --period: from this day on, YYYY-MM-DD', parseDay)
    .option('--until <day>', 'before this day', parseDay)
    .addOption(new Option('--role <role>', 'for whom: it decides what is in it').choices(reportRoles).default('admin'))
    .option('--group <group>', 'for a manager: the group, of five members at least')
    .option('--names', 'people by name; for admin and security only, and noted in the audit log')
    .addOption(new Option('--format <format>', 'draw it as this (default: text)').choices(reportFormats))
    .option('--out <path>', 'a file; or a folder, which gets every format where none is named')
    .option('--json', 'print the report as JSON')
    .option('--data <dir>', 'the data folder of scans (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)')
    .option('--inventory <file>', 'beside --data: the register of AI systems, YAML or CSV')
    .option('--people <file>', 'beside --data: the people directory: CSV, or SCIM users as JSON')
    .option('--signatures <dir>', "beside --data: the organisation's own signatures")
    .option('--timezone <zone>', "beside --data: the organisation's time zone (default: UTC)")
    .action(async (options: ReportOptions) => {
      const { runReport } = await import('../common/report-run.js');
      await runReport(options, Date.now());
    });
};

function parseDay(value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new InvalidArgumentError(`"${value}" is no day; write it as 2026-11-22.`);
}
