import { safeLine } from '../../core/terminal.js';
import type { AddCommand } from '../main.js';

/** `halflight migrate` */
export const command: AddCommand = (program) => {
  program
    .command('migrate')
    .description('brings the tables of the database up to date')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .action(async ({ config }: { config?: string }) => {
      const [{ openConfig }, { openDatabase }, { openServiceQueue }] = await Promise.all([
        import('../common/config.js'),
        import('../common/service/database.js'),
        import('../common/service/queue.js'),
      ]);
      const loaded = openConfig({ config }, (line) => void process.stderr.write(`halflight: ${safeLine(line)}\n`));
      const store = await openDatabase(loaded.config, { join: true });
      try {
        // The tables of the queue too, where it is kept in the database.
        if (loaded.config.redis.url === undefined) {
          const { close } = await openServiceQueue(loaded.config, store, { warn: () => {}, debug: () => {} });
          await close(0);
        }
        process.stdout.write('The tables are up to date.\n');
      } finally {
        await store.close();
      }
    });
};
