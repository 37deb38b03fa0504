import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

/** `halflight collect SOURCE [--dry-run]` */
export const command: AddCommand = (program) => {
  program
    .command('collect <source>')
    .description('asks a source for what is new, now, and shows what comes')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--dry-run', 'shows what would be taken, and keeps nothing')
    .option('--json', 'the summary as JSON')
    .action(async (id: string, options: { config?: string; dryRun?: boolean; json?: boolean }) => {
      const [{ besideService }, { collectNow }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../common/service/collect-now.js'),
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
        const summary = await collectNow(opened, store, id, options.dryRun === true, (line) =>
          process.stderr.write(`${safeLine(line)}\n`),
        );
        if (options.json === true) process.stdout.write(`${JSON.stringify(summary, null, 2)}\n`);
        else for (const line of summary.lines) process.stdout.write(`${safeLine(line)}\n`);
      });
    });
};
