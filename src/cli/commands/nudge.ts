import type { AddCommand } from '../main.js';

/** `halflight nudge dry-run` */
export const command: AddCommand = (program) => {
  program
    .command('nudge')
    .description('mails to people who used a service that is not approved')
    .command('dry-run')
    .description('whom the service would write to now, by pseudonym, and what; writes to nobody')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: { config?: string; json?: boolean }) => {
      const [{ dryRun }, { dryRunText, dryRunJson }] = await Promise.all([
        import('../common/nudges/dry-run.js'),
        import('../common/nudges/text.js'),
      ]);
      const result = await dryRun(config);
      process.stdout.write(json === true ? `${JSON.stringify(dryRunJson(result), null, 2)}\n` : dryRunText(result));
    });
};
