import { InvalidArgumentError, Option } from 'commander';
import { environments, verdicts } from '../../core/register.js';
import { safeLine } from '../../core/terminal.js';
import {
  closingByDefault,
  type GateReason,
  type GateStrength,
  gateStrengths,
  otherReasons,
} from '../../gate/result.js';
import type { AddCommand } from '../main.js';

interface Options {
  inventory?: string;
  environment?: string;
  failOn: GateReason[];
  minStrength: GateStrength;
  include?: string[];
  exclude?: string[];
  gitignore: boolean;
  asOf?: string;
  signatures?: string;
  sarif?: string;
  junit?: string;
  json?: boolean;
}

/** `halflight gate PATH` */
export const command: AddCommand = (program) => {
  program
    .command('gate <path>')
    .description(
      'for CI: which AI services and models a repository uses, held against the inventory; exits with 1 when the gate is closed',
    )
    .option('--inventory <file>', 'the register of AI systems, YAML or CSV')
    .option(
      '--environment <name>',
      `where the code will run (${environments.join(', ')}): entries for another environment do not count`,
    )
    .addOption(
      new Option('--fail-on <reasons>', `what closes the gate, comma-separated: verdicts, ${otherReasons.join(', ')}`)
        .argParser(parseReasons)
        .default([...closingByDefault], closingByDefault.join(', ')),
    )
    .addOption(
      new Option('--min-strength <strength>', 'weaker evidence is shown and closes nothing')
        .choices([...gateStrengths])
        .default('mentioned'),
    )
    .option('--include <glob...>', 'read also what is left out by itself: vendored folders, what .gitignore names')
    .option('--exclude <glob...>', 'leave out')
    .option('--no-gitignore', 'read also what .gitignore names')
    .option('--as-of <day>', 'judge approvals by this day, YYYY-MM-DD (default: today, UTC)')
    .option('--signatures <dir>', "the organisation's own signatures, added to those that come with Halflight")
    .option('--sarif <file>', 'write the result as SARIF 2.1.0')
    .option('--junit <file>', 'write the result as JUnit XML')
    .option('--json', 'print the result as JSON')
    .action(async (path: string, options: Options) => {
      // Loaded here, so that other commands do not wait for it.
      const [{ gateFolder }, { gateToText }, { safeJson }] = await Promise.all([
        import('../common/gate-run.js'),
        import('../../reports/gate/terminal.js'),
        import('../../core/terminal.js'),
      ]);
      const { report, problems, exitCode, files } = await gateFolder(path, options);
      // Set before anything is printed: a reader that goes away early does not change it.
      process.exitCode = exitCode;
      if (options.json === true) process.stdout.write(`${safeJson(JSON.stringify(report, null, 2))}\n`);
      else {
        const width = Math.min(Math.max(process.stdout.columns || 80, 66), 120);
        const colour = process.stdout.isTTY && (process.env.NO_COLOR ?? '') === '';
        process.stdout.write(gateToText(report, { width, colour }));
        if (files.length > 0)
          process.stdout.write(`\nWritten\n${files.map((file) => `  ${safeLine(file)}\n`).join('')}`);
      }
      for (const problem of problems) process.stderr.write(`halflight: ${safeLine(problem)}\n`);
    });
};

function parseReasons(value: string): GateReason[] {
  const known: readonly string[] = [...verdicts, ...otherReasons];
  return value.split(',').flatMap((word) => {
    const reason = word.trim();
    if (reason === 'default') return [...closingByDefault];
    if (known.includes(reason)) return [reason as GateReason];
    throw new InvalidArgumentError(`"${reason}" closes no gate; what can is default, ${known.join(', ')}.`);
  });
}
