import { exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

/** `halflight doctor` */
export const command: AddCommand = (program) => {
  program
    .command('doctor')
    .description('looks at everything that a working installation needs, and says what to do where something is wrong')
    .option('--config <file>', 'configuration file (default: halflight.yaml where it exists)')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: { config?: string; json?: boolean }) => {
      const [{ examine }, { checkLines }] = await Promise.all([
        import('../common/doctor/doctor.js'),
        import('../common/checks.js'),
      ]);
      const checks = await examine(config);
      const count = (outcome: string): number => checks.filter((check) => check.outcome === outcome).length;
      const [bad, warnings] = [count('failed'), count('warning')];
      if (json === true) print(JSON.stringify({ ok: bad === 0, checks }, null, 2));
      else {
        for (const line of checkLines(checks)) print(line);
        print(`${checks.length} checks: ${bad} failed, ${warnings} to look at.`);
      }
      if (bad > 0) process.exitCode = exitCodes.checkFailed;
    });
};

const print = (line: string): void => void process.stdout.write(`${line}\n`);
