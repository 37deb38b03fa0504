import type { Command } from 'commander';
import { safeLine } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface SetOptions {
  config?: string;
  reason: string;
  service?: string;
  source?: string;
  actor?: string;
  from?: string;
  to?: string;
}

const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');

/** `halflight hold set | release | list` */
export const command: AddCommand = (program) => {
  const hold = program.command('hold').description('legal holds: what retention must leave alone');

  withConfig(hold.command('set'))
    .description('keeps everything that it covers, whatever its age; without a scope everything')
    .requiredOption('--reason <text>', 'why, for the audit log')
    .option('--service <id>', 'only use of this service')
    .option('--source <id>', 'only data of this source')
    .option('--actor <id>', 'only use by this actor, as the people directory names it')
    .option('--from <day>', 'only from this day on, YYYY-MM-DD')
    .option('--to <day>', 'only up to this day')
    .action(async ({ config, reason, ...scope }: SetOptions) => {
      for (const day of [scope.from, scope.to])
        if (day !== undefined && dayStart(day, 'UTC') === undefined)
          throw new CliError(`"${safeLine(day)}" is no day; write it as 2026-11-22`, exitCodes.usage);
      const [{ besideService }, { setHold }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/holds.js'),
      ]);
      await besideService(config, async ({ store, who }) => {
        const id = await setHold(store.db, { scope, reason, who, at: Date.now() });
        process.stdout.write(`Hold ${id} is set. It holds until: halflight hold release ${id}\n`);
      });
    });

  withConfig(hold.command('release <id>'))
    .description('ends a hold; what it kept goes by its age again')
    .action(async (text: string, { config }: { config?: string }) => {
      const id = /^\d{1,15}$/.test(text) ? Number(text) : undefined;
      if (id === undefined) throw new CliError(`"${safeLine(text)}" is no number of a hold`, exitCodes.usage);
      const [{ besideService }, { releaseHold }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/holds.js'),
      ]);
      await besideService(config, async ({ store, who }) => {
        if (!(await releaseHold(store.db, id, who, Date.now())))
          throw new CliError(`there is no hold ${id} that still holds`);
        process.stdout.write(`Hold ${id} is released.\n`);
      });
    });

  withConfig(hold.command('list'))
    .description('the holds that hold')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: { config?: string; json?: boolean }) => {
      const [{ besideService }, { loadHolds }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/holds.js'),
      ]);
      await besideService(config, async ({ store }) => {
        const holds = await loadHolds(store.db);
        if (json === true) process.stdout.write(`${JSON.stringify(holds, null, 2)}\n`);
        else if (holds.length === 0) process.stdout.write('There are no holds.\n');
        else
          for (const { id, scope, reason, who, at } of holds) {
            const covers = Object.entries(scope).map(([name, value]) => `${name} ${value}`);
            process.stdout.write(
              `${id}  ${covers.length === 0 ? 'everything' : safeLine(covers.join(', '))}  (${safeLine(reason)}; ${safeLine(who)}, ${new Date(at).toISOString().slice(0, 10)})\n`,
            );
          }
      });
    });
};
