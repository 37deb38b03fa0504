import { safeLine } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

/** `halflight audit verify` */
export const command: AddCommand = (program) => {
  program
    .command('audit')
    .description('the log of what people and the service decided')
    .command('verify')
    .description('walks the whole chain of the audit log: nothing was changed, removed or put in between')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: { config?: string; json?: boolean }) => {
      const [{ openConfig }, { openDatabase }, { verifyAudit }] = await Promise.all([
        import('../common/config.js'),
        import('../common/service/open.js'),
        import('../../store/audit.js'),
      ]);
      const loaded = openConfig({ config }, (line) => void process.stderr.write(`halflight: ${safeLine(line)}\n`));
      const store = await openDatabase(loaded.config, { join: true, migrate: false });
      try {
        const { records, badSeq, head } = await verifyAudit(store.db);
        if (json === true)
          print(JSON.stringify({ ok: badSeq === undefined, records, head, bad: badSeq ?? null }, null, 2));
        else if (badSeq === undefined) print(`${records} records fit the chain. The hash of the last is ${head}.`);
        else
          print(
            `Record ${badSeq} does not fit: it was changed, or the one before it is gone. The ${records} records before it fit; the hash of the last of them is ${head}.`,
          );
        if (badSeq !== undefined) process.exitCode = exitCodes.checkFailed;
      } finally {
        await store.close();
      }
    });
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
