import { dayStart } from '../../core/time.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

/** `halflight replay` */
export const command: AddCommand = (program) => {
  program
    .command('replay')
    .description('has chunks scanned again under the catalog of today, whose results replace the old ones')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--source <id>', 'only of this source')
    .option('--since <day>', 'only chunks that came on or after this day, YYYY-MM-DD')
    .option('--until <day>', 'only chunks that came before this day, YYYY-MM-DD')
    .action(async (options: { config?: string; source?: string; since?: string; until?: string }) => {
      const [{ besideService }, { replayChunks }, { appendAudit }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/chunk-ends.js'),
        import('../../store/audit.js'),
      ]);
      await besideService(options.config, async ({ opened, store, who }) => {
        const bound = (day: string | undefined, option: string): number | undefined => {
          const start = day === undefined ? undefined : dayStart(day, opened.setup.zone);
          if (day !== undefined && start === undefined)
            throw new CliError(`${option} "${day}" is no day; write it as 2026-11-22`, exitCodes.usage);
          return start;
        };
        const filter = {
          source: options.source,
          since: bound(options.since, '--since'),
          until: bound(options.until, '--until'),
        };
        const ids = await replayChunks(store.db, filter);
        await appendAudit(store.db, {
          at: Date.now(),
          who,
          action: 'replay.started',
          subject: options.source ?? 'all sources',
          details: { since: options.since ?? null, until: options.until ?? null, chunks: ids.length },
        });
        process.stdout.write(
          `${ids.length} chunks are scanned again${store.owned ? ' by the next "halflight serve"' : ''}. Chunks whose raw input is no longer kept stay as they are.\n`,
        );
      });
    });
};
