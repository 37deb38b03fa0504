import { InvalidArgumentError } from 'commander';
import type { AddCommand } from '../main.js';

/** `halflight alert list | dry-run` */
export const command: AddCommand = (program) => {
  const alert = program.command('alert').description('what the rules made news of, and what they would');

  alert
    .command('list')
    .description('alerts that are open or that somebody took, those that were opened last first')
    .option('--all', 'those that are over, too')
    .option('--json', 'as JSON, with everything that is known of each')
    .option('--data <dir>', 'the data folder (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)')
    .action(async (options: { all?: boolean; json?: boolean; data?: string; config?: string }) => {
      const { listAlerts } = await import('../common/alerts.js');
      process.stdout.write(await listAlerts(options));
    });

  alert
    .command('dry-run')
    .description('what the rules of the configuration would have told of what is kept; tells and changes nothing')
    .option('--since <day>', 'show what would have been told from this day on, YYYY-MM-DD', parseDay)
    .option('--until <day>', 'before this day (default: up to now)', parseDay)
    .option('--json', 'as JSON, with up to 1,000 notices')
    .option('--data <dir>', 'the data folder of a service or a scan (default: the database of the service)')
    .option('--config <file>', 'configuration file with the rules to try (default: halflight.yaml where it exists)')
    .action(async (options: { since?: string; until?: string; json?: boolean; config?: string; data?: string }) => {
      const { dryRunAlerts } = await import('../common/alerts.js');
      process.stdout.write(await dryRunAlerts(options, Date.now()));
    });
};

function parseDay(value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value) && new Date(`${value}T00:00Z`).getTime() > 0) {
    // 2026-02-30 would be read as a day of March.
    if (new Date(`${value}T00:00Z`).toISOString().startsWith(value)) return value;
  }
  throw new InvalidArgumentError(`"${value}" is no day; write it as 2026-11-22.`);
}
