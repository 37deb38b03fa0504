import type { Command } from 'commander';
import { safeLine } from '../../core/terminal.js';
import type { AddCommand } from '../main.js';

const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');

/** `halflight data export | import` */
export const command: AddCommand = (program) => {
  const data = program.command('data').description('the whole database as files: backup, restore, and moving house');

  withConfig(data.command('export <folder>'))
    .description('writes the database, as it is at this moment, into a new folder; a service may run meanwhile')
    .option('--without-input', 'leaves out raw input that was read already: it cannot be replayed afterwards')
    .option('--json', 'the summary as JSON')
    .action(async (folder: string, options: { config?: string; withoutInput?: boolean; json?: boolean }) => {
      const { exportData } = await import('../common/data.js');
      await exportData(
        folder,
        { config: options.config, input: options.withoutInput !== true },
        { say, print, json: options.json === true },
      );
    });

  withConfig(data.command('import <folder>'))
    .description('fills an empty database from such a folder')
    .option('--json', 'the summary as JSON')
    .action(async (folder: string, { config, json }: { config?: string; json?: boolean }) => {
      const { importData } = await import('../common/data.js');
      await importData(folder, { config }, { say, print, json: json === true });
    });
};

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);
