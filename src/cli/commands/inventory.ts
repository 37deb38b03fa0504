import { type Command, Option } from 'commander';
import { safeJson, safeLine, safeText } from '../../core/terminal.js';
import { CliError, exitCodes, explainWriteError } from '../common/errors.js';
import type { ImportOptions } from '../common/register/import.js';
import type { RegisterOptions } from '../common/register/place.js';
import type { AddCommand } from '../main.js';

const placed = (command: Command): Command =>
  command
    .option('--data <dir>', 'the data folder of scans (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)');

/** `halflight inventory check | import | export` */
export const command: AddCommand = (program) => {
  const inventory = program
    .command('inventory')
    .description('the register of AI systems: checks a file, takes it in, and gives it out again');

  inventory
    .command('check <file>')
    .description('says what is wrong in an inventory file, YAML or CSV; exit code 1 where something is')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--json', 'as JSON')
    .action(async (file: string, options: { signatures?: string; json?: boolean }) => {
      const [{ checkInventory, problemLines }, { openCatalog }] = await Promise.all([
        import('../common/register/file.js'),
        import('../common/open-catalog.js'),
      ]);
      const { services } = await openCatalog(options.signatures);
      const checked = checkInventory(file, new Set(services.keys()));
      const { entries, errors, warnings } = checked;
      if (errors.length > 0) process.exitCode = exitCodes.checkFailed;
      if (options.json === true)
        return print(json({ file, entries: entries.length, problems: [...errors, ...warnings] }));
      for (const line of problemLines(checked)) print(`${safeLine(line)}\n`);
      print(
        `${safeLine(file)}: ${count(entries.length, 'entry', 'entries')}, ${count(errors.length, 'error')}, ${count(warnings.length, 'warning')}\n`,
      );
    });

  placed(inventory.command('import <file>'))
    .description('makes a file, YAML or CSV, the register of this installation, and shows what that changes')
    .option('--who <name>', 'who decided that (default: the user of the operating system)')
    .option('--why <text>', 'why, for the audit log')
    .option('--dry-run', 'only shows what would change')
    .option('--json', 'as JSON')
    .action(async (file: string, options: RegisterOptions & ImportOptions & { json?: boolean }) => {
      const [{ withRegister }, { importInventory }, { importText, importJson }] = await Promise.all([
        import('../common/register/place.js'),
        import('../common/register/import.js'),
        import('../common/register/import-text.js'),
      ]);
      const outcome = await withRegister(options, (place) => importInventory(place, file, options, Date.now()));
      for (const line of outcome.warnings) process.stderr.write(`halflight: ${safeLine(line)}\n`);
      print(options.json === true ? json(importJson(outcome)) : importText(outcome, options.dryRun === true));
    });

  placed(inventory.command('export'))
    .description('the register as it counts, with the decisions over it; import takes it in again')
    .option('--as-of <day>', 'as it was at the end of this day, YYYY-MM-DD')
    .addOption(new Option('--format <format>', 'yaml or csv').choices(['yaml', 'csv']).default('yaml'))
    .option('--out <file>', 'write it there instead of to standard output')
    .action(async (options: RegisterOptions & { asOf?: string; format: 'yaml' | 'csv'; out?: string }) => {
      const [{ withRegister }, { exportInventory }] = await Promise.all([
        import('../common/register/place.js'),
        import('../common/register/export.js'),
      ]);
      const { text, notice } = await withRegister(options, (place) => exportInventory(place, options));
      if (notice !== undefined) process.stderr.write(`halflight: ${safeLine(notice)}\n`);
      if (options.out === undefined) {
        // A file keeps every character; a terminal must not obey them.
        print(process.stdout.isTTY ? safeText(text) : text);
        return;
      }
      const { writeDurably } = await import('../../store/durable.js');
      try {
        writeDurably(options.out, text);
      } catch (error) {
        throw new CliError(explainWriteError(error, options.out));
      }
      print(`${safeLine(options.out)} is written.\n`);
    });
};

const print = (text: string): void => void process.stdout.write(text);
const json = (value: unknown): string => `${safeJson(JSON.stringify(value, null, 2))}\n`;
const count = (value: number, one: string, many = `${one}s`): string => `${value} ${value === 1 ? one : many}`;
