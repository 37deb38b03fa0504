import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface Options {
  config?: string;
  dryRun?: boolean;
  saveMapping?: string;
  json?: boolean;
}

/** `halflight collect SOURCE [--dry-run [--save-mapping FILE]]` */
export const command: AddCommand = (program) => {
  program
    .command('collect <source>')
    .description('asks a source for what is new, now, and shows what comes')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--dry-run', 'shows what would be taken and how it would be read, and keeps nothing')
    .option('--save-mapping <file>', 'with --dry-run: writes how the first table of expenses is read, to be corrected')
    .option('--json', 'the summary as JSON')
    .action(async (id: string, options: Options) => {
      const { saveMapping } = options;
      if (saveMapping !== undefined && options.dryRun !== true)
        throw new CliError('--save-mapping goes with --dry-run', exitCodes.usage);
      const preview = await import('../common/service/preview.js');
      if (saveMapping !== undefined) preview.checkNewFile(saveMapping);
      const [{ besideService }, { collectNow }, { stepWriter }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../common/service/collect-now.js'),
        import('../common/progress.js'),
      ]);
      await besideService(options.config, async ({ opened, store }) => {
        const source = opened.setup.sources.find((item) => item.id === id);
        if (source === undefined)
          throw new CliError(`there is no source "${safeLine(id)}" in the configuration`, exitCodes.usage);
        if (source.role !== 'collector')
          throw new CliError(
            `data are sent to the source ${id} (${source.kind}); there is nothing to collect`,
            exitCodes.usage,
          );
        const steps = stepWriter(process.stderr);
        const summary = await collectNow(opened, store, id, options.dryRun === true, (line) =>
          steps.step(safeLine(line)),
        ).finally(steps.end);
        const table = summary.files?.find((file) => file.expenses !== undefined);
        if (saveMapping !== undefined) {
          if (table?.expenses === undefined)
            throw new CliError('no new file is a table of expenses whose columns were found: no mapping was written');
          await preview.saveMapping(saveMapping, table.file, table.expenses);
          summary.lines.push(`The mapping of ${table.file} is in ${saveMapping}.`);
        }
        if (options.json === true) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
        else for (const line of summary.lines) process.stdout.write(`${safeLine(line)}\n`);
      });
    });
};
