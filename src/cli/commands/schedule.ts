import type { AddCommand } from '../main.js';

/** `halflight schedule`: a process of its own, beside others on the same PostgreSQL. */
export const command: AddCommand = (program) => {
  program
    .command('schedule')
    .description('decides beside other processes when what is done; of several, one leads')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .action(async ({ config }: { config?: string }) => {
      const { runRole } = await import('../common/service/worker.js');
      await runRole('schedule', { work: false, schedule: true }, config);
    });
};
