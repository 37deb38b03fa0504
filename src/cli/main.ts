import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { loadPlugins } from '../core/plugins.js';
import { safeText } from '../core/terminal.js';
import { CliError, exitCodes, explainFileError } from './common/errors.js';
import { version } from './common/version.js';

/** A command: adds itself to the program. One file of commands/ each. */
export type AddCommand = (program: Command) => void;

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // A closed pipe (`halflight ... | head`) is no error: what was found so far decides.
    if (error.code === 'EPIPE') process.exit();
    process.exitCode = exitCodes.failed;
    if (stream === process.stdout) say(explainFileError(error, 'standard output'));
    process.exit();
  });
}
// No stack trace reaches a user, also not from what happens beside a command.
process.on('uncaughtException', (error) => {
  fail(error);
  process.exit();
});

const program = new Command('halflight')
  .description('Finds the AI an organisation uses without having approved it.')
  .version(version)
  // Descriptions beside long names of commands are broken, too.
  .configureHelp({ sortSubcommands: true, minWidthToWrap: 24 })
  // `catalog bundle --version N` is its own.
  .enablePositionalOptions()
  .exitOverride();

for (const add of (await loadPlugins<AddCommand>(join(import.meta.dirname, 'commands'), 'command')).values())
  add(program);
const settle = (command: Command, name: string): void => {
  command
    .exitOverride()
    .showHelpAfterError(`"${name} --help" shows what it takes.`)
    .configureOutput({ outputError: (text, write) => write(safeText(text.replace(/^error: /, 'halflight: '))) });
  for (const child of command.commands) settle(child, `${name} ${child.name()}`);
};
settle(program, 'halflight');

try {
  await program.parseAsync();
} catch (error) {
  fail(error);
}

function say(message: string): void {
  process.stderr.write(`halflight: ${safeText(message)}\n`);
}

/** Says what went wrong and sets the exit code. */
function fail(error: unknown): void {
  if (error instanceof CommanderError) {
    // Its message has been written already.
    const asked =
      error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.code === 'commander.help';
    process.exitCode = asked && error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else if (error instanceof CliError) {
    say(error.message);
    process.exitCode = error.exitCode;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    say(`${message}\nThis should not happen. Set HALFLIGHT_DEBUG=1 to see where, and report it.`);
    if (process.env.HALFLIGHT_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodes.failed;
  }
}
