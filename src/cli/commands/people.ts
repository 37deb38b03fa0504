import { InvalidArgumentError } from 'commander';
import { safeLine } from '../../core/terminal.js';
import type { PeopleSummary } from '../../store/reads/people.js';
import { exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface Options {
  data?: string;
  config?: string;
  names?: boolean;
  json?: boolean;
  from?: string;
  to?: string;
  limit: number;
}

/** `halflight people unresolved | check` */
export const command: AddCommand = (program) => {
  const people = program
    .command('people')
    .description('who the actors in the logs are, and who of them is nobody known yet');

  people
    .command('unresolved')
    .description('actors that are nobody known, by how much knowing them would explain, and what would tell')
    .option('--data <dir>', 'the data folder of scans (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)')
    .option('--names', 'actors as the logs name them; pseudonyms otherwise')
    .option('--from <day>', 'from this day on, YYYY-MM-DD', parseDay)
    .option('--to <day>', 'up to this day, inclusive', parseDay)
    .option('--limit <n>', 'so many actors', parseCount, 20)
    .option('--json', 'as JSON, all actors')
    .action(async (options: Options) => {
      const [{ withCandidates }, { loadUnresolved }, { listUnresolved }, { unresolvedText, unresolvedJson }] =
        await Promise.all([
          import('../common/candidates.js'),
          import('../../store/reads/unresolved.js'),
          import('../../people/unresolved.js'),
          import('../common/unresolved-text.js'),
        ]);
      await withCandidates(
        options,
        async ({ db, labels }) => {
          const { sums, all } = await loadUnresolved(db, { from: options.from ?? null, to: options.to ?? null });
          const list = listUnresolved(sums, all);
          process.stdout.write(
            options.json === true
              ? `${JSON.stringify(unresolvedJson(list, labels), null, 2)}\n`
              : unresolvedText(list, labels, options.limit),
          );
        },
        'people unresolved',
      );
    });

  people
    .command('check')
    .description('where people come from, and which accounts contradict each other; exit code 1 where some do')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)')
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const [{ withCandidates }, { peopleSummary }, { noteReveal }] = await Promise.all([
        import('../common/candidates.js'),
        import('../../store/reads/people.js'),
        import('../common/audit/note.js'),
      ]);
      await withCandidates(options, async ({ db, who }) => {
        const summary = await peopleSummary(db);
        if (summary !== undefined && summary.problems.length > 0) {
          process.exitCode = exitCodes.checkFailed;
          // What contradicts itself is told with both names.
          await noteReveal(db, who, 'people check', Date.now());
        }
        process.stdout.write(
          options.json === true ? `${JSON.stringify(summary ?? null, null, 2)}\n` : checkText(summary),
        );
      });
    });
};

function checkText(summary: PeopleSummary | undefined): string {
  if (summary === undefined)
    return 'No people are known: name a file with people: in the configuration, or add a source that lists them.\n';
  const from = Object.entries(summary.from).map(
    ([source, accounts]) => `${safeLine(source)} ${accounts.toLocaleString('en-US')}`,
  );
  const lines = [
    `${summary.people.toLocaleString('en-US')} people, ${summary.disabled.toLocaleString('en-US')} of them disabled. Accounts: ${from.join(', ')}.`,
    ...(summary.unreadable > 0 ? [`${summary.unreadable} accounts could not be read.`] : []),
    ...summary.problems.map((problem) => `  ${safeLine(problem)}`),
  ];
  return `${lines.join('\n')}\n`;
}

function parseDay(value: string): string {
  if (/^\d{4}-\d\d-\d\d$/.test(value) && !Number.isNaN(Date.parse(value))) return value;
  throw new InvalidArgumentError(`"${value}" is no day; write it as 2026-11-22.`);
}

function parseCount(value: string): number {
  const count = /^\d{1,6}$/.test(value) ? Number(value) : Number.NaN;
  if (count >= 1) return count;
  throw new InvalidArgumentError(`"${value}" is no number of actors; write one from 1 on.`);
}
