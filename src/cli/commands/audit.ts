import type { Command } from 'commander';
import { safeLine } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');
const collected = (value: string, before: readonly string[] = []): string[] => [...before, value];

/** `halflight audit verify | key | show | checkpoint | accept-loss` */
export const command: AddCommand = (program) => {
  const audit = program.command('audit').description('the log of what people and the service decided');

  withConfig(audit.command('verify'))
    .description('walks the whole log and holds it against its checkpoints: nothing was changed, removed or put in')
    .option(
      '--checkpoint <file>',
      'file with one or many checkpoints that were kept elsewhere (may be repeated)',
      collected,
    )
    .option(
      '--key <key>',
      'verifier key, or PEM file with the public key (may be repeated; default: that of this installation)',
      collected,
    )
    .option('--json', 'as JSON')
    .action(async (options: { config?: string; checkpoint?: string[]; key?: string[]; json?: boolean }) => {
      const { verifyCommand } = await import('../common/audit/run.js');
      const { text, good } = await verifyCommand({
        ...options,
        checkpoint: options.checkpoint ?? [],
        key: options.key ?? [],
      });
      // Set before anything is printed: a reader that goes away early does not change it.
      if (!good) process.exitCode = exitCodes.checkFailed;
      process.stdout.write(text);
    });

  withConfig(audit.command('key'))
    .description('prints the public key that checkpoints are checked with; give it to who checks, on a way of its own')
    .option('--out <file>', 'also write it there as PEM')
    .action(async (options: { config?: string; out?: string }) => {
      const { keyCommand } = await import('../common/audit/run.js');
      print(keyCommand(options));
    });

  withConfig(audit.command('show'))
    .description('prints the records, oldest first')
    .option('--since <time>', 'from this day or instant on, 2026-11-22 or 2026-11-22T14:00Z')
    .option('--until <time>', 'before this day or instant')
    .option('--action <name>', 'only this action, or all that begin with it: hold finds hold.set')
    .option('--subject <text>', 'only what was done to this')
    .option('--json', 'as NDJSON, a record a line')
    .action(
      async (options: {
        config?: string;
        since?: string;
        until?: string;
        action?: string;
        subject?: string;
        json?: boolean;
      }) => {
        const { showCommand } = await import('../common/audit/run.js');
        await showCommand(options);
      },
    );

  withConfig(audit.command('checkpoint'))
    .description('signs the log as it is now and prints the checkpoint, to be kept where nobody here can change it')
    .action(async ({ config }: { config?: string }) => {
      const { checkpointCommand } = await import('../common/audit/run.js');
      const { text, refused } = await checkpointCommand(config);
      if (refused !== undefined) {
        process.exitCode = exitCodes.checkFailed;
        process.stderr.write(`halflight: ${safeLine(refused)}\n`);
      } else process.stdout.write(text);
    });

  withConfig(audit.command('accept-loss'))
    .description('gives up records that a checkpoint knows and the database no longer has; the log itself says so')
    .requiredOption('--why <text>', 'why they are gone, for everybody who reads the log')
    .action(async ({ config, why }: { config?: string; why: string }) => {
      const { acceptCommand } = await import('../common/audit/run.js');
      print(await acceptCommand(config, why));
    });
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
