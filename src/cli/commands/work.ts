import type { AddCommand } from '../main.js';

/** `halflight work`: a process of its own, beside others on the same PostgreSQL. */
export const command: AddCommand = (program) => {
  program
    .command('work')
    .description('works beside other processes: scans, collects, reconciles, delivers')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .action(async ({ config }: { config?: string }) => {
      const { runRole } = await import('../common/service/worker.js');
      await runRole('work', { work: true, schedule: false }, config);
    });
};
