import { safeLine } from '../../core/terminal.js';
import { exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface Options {
  config?: string;
  json?: boolean;
}

/** `halflight config check | show` */
export const command: AddCommand = (program) => {
  const config = program.command('config').description('the configuration of the service: what is wrong, what holds');
  const file = [
    '--config <file>',
    'the configuration file (default: HALFLIGHT_CONFIG, then ./halflight.yaml)',
  ] as const;

  config
    .command('check')
    .description('everything that is wrong in the configuration, one problem a line')
    .option(...file)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      // Loaded here, so that other commands do not wait for it.
      const [{ describeConfigProblem, inOrder, loadConfig }, { openKinds }, { nameProblems }] = await Promise.all([
        import('../common/config.js'),
        import('../common/config-kinds.js'),
        import('../common/config-names.js'),
      ]);
      const loaded = loadConfig(options);
      const problems = inOrder([
        ...loaded.problems,
        ...(await openKinds(loaded)).problems,
        ...(await nameProblems(loaded)),
      ]);
      const errors = problems.filter(({ severity }) => severity === 'error').length;
      if (options.json === true)
        print(JSON.stringify({ ok: errors === 0, file: loaded.file ?? null, problems }, null, 2));
      else {
        for (const problem of problems)
          print(`${problem.severity === 'warning' ? 'warning: ' : ''}${describeConfigProblem(problem)}`);
        if (errors === 0) print(summary(loaded.file, loaded.config.sources.length, loaded.config.channels.length));
      }
      if (errors > 0) process.exitCode = exitCodes.checkFailed;
    });

  config
    .command('show')
    .description('the configuration that holds, and where each value comes from; secrets are never shown')
    .option(...file)
    .option('--json', 'as JSON')
    .action(async (options: Options) => {
      const [{ describeConfigProblem, loadConfig }, { showLines, shownValues }] = await Promise.all([
        import('../common/config.js'),
        import('../common/config-show.js'),
      ]);
      const loaded = loadConfig(options);
      const values = shownValues(loaded);
      if (options.json === true) print(JSON.stringify({ file: loaded.file ?? null, values }, null, 2));
      else for (const line of showLines(values, loaded.file ?? '')) print(line);
      const errors = loaded.problems.filter(({ severity }) => severity === 'error');
      for (const error of errors) process.stderr.write(`halflight: ${describeConfigProblem(error)}\n`);
      if (errors.length > 0) process.exitCode = exitCodes.failed;
    });
};

function summary(file: string | undefined, sources: number, channels: number): string {
  const counts = `${count(sources, 'source')}, ${count(channels, 'channel')}`;
  return file === undefined
    ? `ok: there is no configuration file, so the defaults and the environment hold; ${counts}`
    : `ok: ${safeLine(file)} can be used; ${counts}`;
}

const count = (number: number, noun: string): string => `${number} ${noun}${number === 1 ? '' : 's'}`;

const print = (line: string): void => {
  process.stdout.write(`${line}\n`);
};
