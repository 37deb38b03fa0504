import { join } from 'node:path';
import { Command, CommanderError } from 'commander';
import { loadPlugins } from '../core/plugins.js';
import { safeText } from '../core/terminal.js';
import { CliError, exitCodes } from './shared/errors.js';
import { version } from './shared/version.js';

/** A command: adds itself to the program. One file of commands/ each. */
export type AddCommand = (program: Command) => void;

// A closed pipe (`halflight ... | head`) is no error.
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code === 'EPIPE') process.exit(exitCodes.ok);
  throw error;
});

const program = new Command('halflight')
  .description('Finds the AI an organisation uses without having approved it.')
  .version(version)
  .configureHelp({ sortSubcommands: true })
  .showHelpAfterError('(halflight COMMAND --help shows what it takes)')
  .exitOverride();

for (const add of (await loadPlugins<AddCommand>(join(import.meta.dirname, 'commands'), 'command')).values())
  add(program);
const overrideExit = (command: Command): void => {
  command.exitOverride();
  for (const child of command.commands) overrideExit(child);
};
overrideExit(program);

try {
  await program.parseAsync();
} catch (error) {
  if (error instanceof CommanderError) {
    const asked =
      error.code === 'commander.helpDisplayed' || error.code === 'commander.version' || error.code === 'commander.help';
    process.exitCode = asked && error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
  } else if (error instanceof CliError) {
    process.stderr.write(`halflight: ${safeText(error.message)}\n`);
    process.exitCode = error.exitCode;
  } else {
    const message = error instanceof Error ? error.message : String(error);
    process.stderr.write(
      `halflight: ${safeText(message)}\nThis should not happen. Set HALFLIGHT_DEBUG=1 to see where, and report it.\n`,
    );
    if (process.env.HALFLIGHT_DEBUG === '1' && error instanceof Error) process.stderr.write(`${error.stack}\n`);
    process.exitCode = exitCodes.failed;
  }
}
