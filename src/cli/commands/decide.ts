import type { Command } from 'commander';
import { safeJson } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { DecideOptions } from '../common/register/decide.js';
import type { RegisterOptions } from '../common/register/place.js';
import type { AddCommand } from '../main.js';

const placed = (command: Command): Command =>
  command
    .option('--data <dir>', 'the data folder of scans (default: the database of the service)')
    .option('--config <file>', 'configuration file of the service (default: halflight.yaml where it exists)')
    .option('--json', 'as JSON');

const load = async () => {
  const [place, decide, text] = await Promise.all([
    import('../common/register/place.js'),
    import('../common/register/decide.js'),
    import('../common/register/decision-text.js'),
  ]);
  return { ...place, ...decide, ...text };
};

/** `halflight decide SUBJECT ACTION | --list | second ID` */
export const command: AddCommand = (program) => {
  const decide = placed(program.command('decide'))
    .description('a decision on an AI system, recorded with who and why; it counts at once')
    .argument('[subject]', 'an entry of the register, a service of the catalog, or a candidate')
    .argument('[action]', 'approve, deny, except (for a time), retire or review')
    .option('--why <text>', 'why, for who reads it later')
    .option('--who <name>', 'who decides (default: the user of the operating system)')
    .option('--until <day>', 'last day of an approval (default: a year), an exception or a retired system')
    .option('--conditions <text>', 'a condition of an approval, or a control of an exception; may be repeated', collect)
    .option('--entry <id>', 'the entry, where a service has several')
    .option('--service <id>', 'the service that a candidate belongs to')
    .option('--account-kind <kind>', 'only for enterprise or personal accounts, or for any')
    .option('--groups <name>', 'only for this group of the people directory; may be repeated', collect)
    .option('--owner <name>', 'who answers for it; needed where an approval makes the entry')
    .option('--tier <n>', 'risk tier: 1 (low), 2 (moderate) or 3 (high)')
    .option('--list', 'the decisions that were made, the newest first')
    .action(
      async (
        subject: string | undefined,
        action: string | undefined,
        options: RegisterOptions & DecideOptions & { list?: boolean; json?: boolean },
      ) => {
        const { withRegister, decide: record, decidedText, decisionJson } = await load();
        if (options.list === true) return list(options);
        if (subject === undefined || action === undefined)
          throw new CliError(
            'name what is decided about, and what: halflight decide deepseek deny --why "no contract"; --list shows what was decided',
            exitCodes.usage,
          );
        await withRegister(options, async (place) => {
          const decided = await record(place, subject, action, options, Date.now());
          print(options.json === true ? json(decisionJson(decided.decision, 'counts')) : decidedText(decided));
        });
      },
    );

  placed(decide.command('second <id>'))
    .description('a second person stands behind a decision, as block lists that are served ask for')
    .option('--who <name>', 'the second person (default: the user of the operating system)')
    .action(async (id: string, own: { who?: string }, command: Command) => {
      const { withRegister, second, decidedText, decisionJson } = await load();
      const options: RegisterOptions & { who?: string; json?: boolean } = { ...command.optsWithGlobals(), ...own };
      await withRegister(options, async (place) => {
        const decided = await second(place, id, options, Date.now());
        print(options.json === true ? json(decisionJson(decided.decision, 'counts')) : decidedText(decided));
      });
    });
};

async function list(options: RegisterOptions & { json?: boolean }): Promise<void> {
  const [{ withRegister, listText, standingOf, decisionJson }, { currentInventory }] = await Promise.all([
    load(),
    import('../../store/inventory.js'),
  ]);
  await withRegister(options, async ({ db, zone }) => {
    const state = await currentInventory(db);
    if (options.json !== true) return print(listText(state, zone));
    print(json(state.decisions.toReversed().map((decision) => decisionJson(decision, standingOf(decision, state)))));
  });
}

const collect = (value: string, before: readonly string[] = []): string[] => [...before, value];
const print = (text: string): void => void process.stdout.write(text);
const json = (value: unknown): string => `${safeJson(JSON.stringify(value, null, 2))}\n`;
