import { safeJson } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import type { VerifyArguments } from '../common/verify-bundle.js';
import type { AddCommand } from '../main.js';

/** `halflight verify BUNDLE` */
export const command: AddCommand = (program) => {
  program
    .command('verify <bundle>')
    .description('checks an evidence bundle: every file, record, number and signature; reads only')
    .requiredOption(
      '--key <key>',
      'public key of who made it, NAME+ID+BASE64, or a file with it; never from the bundle',
    )
    .option('--key-name <name>', 'name of the key, where --key is a PEM')
    .option(
      '--tsa-cert <file>',
      'certificate (PEM) of the time-stamping authority, or of who certified it: there has to be a time stamp of it',
    )
    .option('--trace <id>', 'follow a finding or a record to its place in the input')
    .option('--raw <file>', 'with --trace: the original log, whose hashes are then computed')
    .option('--json', 'the result as JSON')
    .action(async (bundle: string, options: VerifyArguments & { json?: boolean }) => {
      const { isVerified, verifyBundle, verifyText } = await import('../common/verify-bundle.js');
      const result = await verifyBundle(bundle, options);
      if (!isVerified(result)) process.exitCode = exitCodes.checkFailed;
      process.stdout.write(
        options.json === true ? `${safeJson(JSON.stringify(result, null, 2))}\n` : verifyText(result),
      );
    });
};
