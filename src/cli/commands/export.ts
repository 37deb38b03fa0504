import type { Command } from 'commander';
import { safeJson, safeLine } from '../../core/terminal.js';
import { blockListFormatIds } from '../../exports/blocklists/common/registry.js';
import type { TableName } from '../../exports/tables/common/format.js';
import { tableFormatIds } from '../../exports/tables/common/registry.js';
import type { BlockListArguments } from '../common/blocklist-export.js';
import { exitCodes } from '../common/errors.js';
import type { TableArguments } from '../common/tables/export.js';
import type { AddCommand } from '../main.js';

/** `halflight export usage | findings | inventory`, `halflight export blocklist FORMAT` */
export const command: AddCommand = (program) => {
  const exports = program.command('export').description('what Halflight knows, for other systems');
  tableCommand(exports, 'usage', 'who used what on which day, by pseudonym')
    .option('--names', 'people by name; it is noted in the audit log')
    .option('--reason <text>', 'why people are named, for the audit log');
  tableCommand(exports, 'findings', 'what was found, one row for each service and account kind');
  tableCommand(exports, 'inventory', 'the register of AI systems, as the service loaded it');
  exports
    .command('blocklist')
    .description('what the register decides against, as a list that a filter blocks by; never from log data')
    .argument('<format>', `one of ${blockListFormatIds().join(', ')}`)
    .option(
      '--inventory <file>',
      'the register of AI systems, YAML or CSV (default: that of the installation, with the decisions over it)',
    )
    .option('--data <dir>', 'the data folder of scans: its register, with the decisions over it')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--config <file>', 'configuration with the domains of the organisation (default: halflight.yaml)')
    .option('--as-of <day>', 'decisions of this day, YYYY-MM-DD (default: today)')
    .option('--out <file>', 'write the list there instead of to standard output; what is there is the last list')
    .option('--diff <file>', 'the last list, in the same format (default: what --out replaces)')
    .option('--confirm', 'write it although more than 5 % or 50 entries change')
    .option('--two-person', 'leave out what fewer than two people approved, as lists that are served do')
    .option('--left-out <file>', 'write what is left to a person there, CSV')
    .option('--json', 'print entries, changes and what is left out as JSON instead of the list')
    .action(async (format: string, options: BlockListArguments & { json?: boolean }) => {
      // Loaded here, so that other commands do not wait for it.
      const [{ blockListJson, exportBlockList }, { blockListText }] = await Promise.all([
        import('../common/blocklist-export.js'),
        import('../common/blocklist-text.js'),
      ]);
      const outcome = await exportBlockList(format, options, Date.now());
      // Set before anything is printed: a reader that goes away early does not change it.
      if (outcome.stopped !== undefined) process.exitCode = exitCodes.checkFailed;
      for (const warning of outcome.warnings) process.stderr.write(`halflight: ${safeLine(warning)}\n`);
      if (options.json === true) {
        process.stdout.write(`${safeJson(JSON.stringify(blockListJson(outcome), null, 2))}\n`);
        return;
      }
      const printed = options.out === undefined && outcome.stopped === undefined;
      if (printed) process.stdout.write(outcome.content);
      // Beside a list on standard output nothing may stand.
      (printed ? process.stderr : process.stdout).write(blockListText(outcome));
    });
};

function tableCommand(exports: Command, name: TableName, description: string): Command {
  const command = exports
    .command(name)
    .description(`${description}; for a SIEM, a warehouse or a spreadsheet`)
    .option('--format <id>', `one of ${tableFormatIds().join(', ')} (default: by the ending of --out, else csv)`);
  if (name !== 'inventory')
    command.option('--from <day>', 'only from this day on, YYYY-MM-DD').option('--until <day>', 'only before this day');
  return command
    .option('--service <id>', 'only this service')
    .option('--out <file>', 'write it there instead of to standard output')
    .option('--data <dir>', 'from this folder of scans instead of the service')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--json', 'with --out: say what was written as JSON')
    .action(async (options: TableArguments & { json?: boolean }) => {
      // Loaded here, so that other commands do not wait for it.
      const { exportTable } = await import('../common/tables/export.js');
      const { warnings, ...outcome } = await exportTable(name, options, Date.now());
      for (const warning of warnings) process.stderr.write(`halflight: ${safeLine(warning)}\n`);
      const { rows, bytes, sha256 } = outcome;
      // Beside a table on standard output nothing may stand.
      if (options.out === undefined)
        process.stderr.write(`halflight: ${rows.toLocaleString('en-US')} rows of ${name}\n`);
      else if (options.json === true)
        process.stdout.write(`${safeJson(JSON.stringify({ ...outcome, file: options.out }, null, 2))}\n`);
      else
        process.stdout.write(
          `${rows.toLocaleString('en-US')} rows of ${name} are in ${safeLine(options.out)} (${bytes.toLocaleString('en-US')} bytes).\nsha256 ${sha256}\n`,
        );
    });
}
