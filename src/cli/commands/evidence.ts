import { safeJson } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import type { BundleArguments } from '../common/evidence-bundle.js';
import type { AddCommand } from '../main.js';

const more = (value: string, before: string[] = []): string[] => [...before, value];

/** `halflight evidence` */
export const command: AddCommand = (program) => {
  program
    .command('evidence')
    .description(
      'a bundle for an auditor: findings with raw records, every number with its origin; it proves itself offline',
    )
    .requiredOption('--from <day>', 'from this day on, YYYY-MM-DD')
    .requiredOption('--until <day>', 'before this day')
    .requiredOption('--out <file>', 'write it there; a file that is there already stays')
    .option('--service <id>', 'only this service; may be given several times', more)
    .option('--finding <id>', 'only this finding, SERVICE/ACCOUNT-KIND; may be given several times', more)
    .option('--entry <id>', 'only what this entry of the inventory is about; may be given several times', more)
    .option('--names', 'people by name; needs --reason')
    .option('--reason <text>', 'why names are needed, for the audit log')
    .option('--data <dir>', 'the folder of "halflight scan --data" (default: the service of the configuration)')
    .option('--timezone <zone>', 'with --data: the time zone of the days (default: UTC)')
    .option(
      '--config <file>',
      'configuration file (default: halflight.yaml where it exists; with --data only for the time stamp)',
    )
    .option('--require-timestamp', 'write no bundle where evidence.timestamp_url gives no time stamp')
    .option('--json', 'say what was written as JSON')
    .action(async (options: BundleArguments & { json?: boolean }) => {
      const { makeBundle, bundleText, isWhole } = await import('../common/evidence-bundle.js');
      const made = await makeBundle(options, Date.now());
      if (!isWhole(made)) process.exitCode = exitCodes.failed;
      process.stdout.write(options.json === true ? `${safeJson(JSON.stringify(made, null, 2))}\n` : bundleText(made));
    });
};
