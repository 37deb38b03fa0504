import type { AddCommand } from '../main.js';

/** `halflight serve`: everything in one process. */
export const command: AddCommand = (program) => {
  program
    .command('serve')
    .description('runs the service: takes data in, scans, keeps findings, and answers on its API')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--data <dir>', 'data folder, instead of that of the configuration')
    .option('--no-work', 'leave the work to "halflight work" processes')
    .action(async (options: { config?: string; data?: string; work: boolean }) => {
      if (options.data !== undefined) process.env.HALFLIGHT_DATA = options.data;
      const { refuseOwned } = await import('../common/service/owned.js');
      refuseOwned(options.config);
      const { serve } = await import('../common/service/serve.js');
      await serve(options);
    });
};
