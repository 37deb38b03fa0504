import type { Command } from 'commander';
import { nearest } from '../../core/problem.js';
import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface Options {
  config?: string;
  json?: boolean;
  read?: boolean;
  feed?: boolean;
}

const print = (line: string): void => void process.stdout.write(`${line}\n`);
const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');

/** `halflight source list | test | add-token | revoke-token | pause | resume` */
export const command: AddCommand = (program) => {
  const source = program
    .command('source')
    .description('the sources of the service: how they are, and who may push to them');

  withConfig(source.command('list'))
    .description('all sources with their state, last data and records of the last day')
    .option('--json', 'as JSON')
    .action(async ({ config, json }: Options) => {
      const { besideService } = await import('../common/service/beside.js');
      const { sourceLines, sourceOverview } = await import('../common/service/source-list.js');
      await besideService(config, async ({ opened, store }) => {
        const sources = await sourceOverview(store.db, opened, Date.now());
        if (json === true) print(JSON.stringify(sources, null, 2));
        else for (const line of sourceLines(sources, Date.now())) print(line);
      });
    });

  withConfig(source.command('test <source>'))
    .description('looks whether a source could work, and changes nothing')
    .option('--json', 'as JSON')
    .action(async (id: string, { config, json }: Options) => {
      const [{ openSetup }, { testSource }, { checkLines }] = await Promise.all([
        import('../common/service/setup.js'),
        import('../common/service/test-source.js'),
        import('../common/checks.js'),
      ]);
      const opened = await openSetup(config, say);
      refuseUnknown(id, opened.setup.sources);
      const checks = await testSource(opened, id);
      if (json === true) print(JSON.stringify(checks, null, 2));
      else for (const line of checkLines(checks)) print(line);
      if (checks.some(({ outcome }) => outcome === 'failed')) process.exitCode = exitCodes.checkFailed;
    });

  withConfig(source.command('add-token [source]'))
    .description('makes a token with which data are pushed to a source; it is shown once')
    .option('--read', 'a token that may read the API, and push nowhere')
    .option('--feed', 'a token that may fetch block lists and nothing else, for a firewall or filter')
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, { config, json, read, feed }: Options) => {
      if ([id !== undefined, read === true, feed === true].filter(Boolean).length !== 1)
        throw new CliError(
          'name a source to push to, or --read for a token that reads the API, or --feed for one that fetches block lists; one of them',
          exitCodes.usage,
        );
      const [{ besideService }, { makeToken }, { addToken }, { syncSources }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../receivers/common/token.js'),
        import('../../store/tokens.js'),
        import('../../store/sources.js'),
      ]);
      await besideService(config, async ({ opened, store, who }) => {
        const { sources } = opened.setup;
        if (id !== undefined) {
          refuseUnknown(id, sources);
          if (sources.find((item) => item.id === id)?.role !== 'receiver')
            throw new CliError(`the source ${id} fetches its data itself: nobody pushes to it`, exitCodes.usage);
          await syncSources(store.db, sources, Date.now());
        }
        const { token, id: tokenId, hash } = makeToken();
        const scope = read === true ? 'read' : feed === true ? 'feed' : 'push';
        await addToken(
          store.db,
          { id: tokenId, scope, source: id, hash: hash.toString('hex'), createdAt: Date.now() },
          who,
        );
        if (json === true) print(JSON.stringify({ id: tokenId, scope, source: id ?? null, token }, null, 2));
        else print(token);
        if (scope === 'feed')
          say(`A firewall that asks for user name and password gets ${tokenId} and what stands behind the dot.`);
        say(
          `This is the only time that the token is shown. A running service knows it within a second. Take it back with: halflight source revoke-token ${tokenId}`,
        );
      });
    });

  withConfig(source.command('revoke-token <id>'))
    .description('takes a token back; ID is its part before the dot, without hlf_')
    .action(async (id: string, { config }: Options) => {
      const [{ besideService }, { revokeToken }] = await Promise.all([
        import('../common/service/beside.js'),
        import('../../store/tokens.js'),
      ]);
      await besideService(config, async ({ store, who }) => {
        const name = id.replace(/^hlf_/, '').replace(/\..*$/, '');
        if (!(await revokeToken(store.db, name, who, Date.now())))
          throw new CliError(`there is no token ${safeLine(name)} that is still good`);
        print(`The token ${name} is no longer taken.`);
      });
    });

  for (const [name, state, words] of [
    ['pause', 'paused', 'asks a source for nothing until it is resumed; what is pushed to it is still taken'],
    ['resume', 'active', 'goes on with a source that was paused'],
  ] as const)
    withConfig(source.command(`${name} <source>`))
      .description(words)
      .action(async (id: string, { config }: Options) => {
        const [{ besideService }, { setSourceState }, { appendAudit }] = await Promise.all([
          import('../common/service/beside.js'),
          import('../../store/sources.js'),
          import('../../store/audit.js'),
        ]);
        await besideService(config, async ({ opened, store, who }) => {
          refuseUnknown(id, opened.setup.sources);
          if (!(await setSourceState(store.db, id, state, state === 'paused' ? `paused by ${who}` : null)))
            throw new CliError(`the service does not know the source ${id} yet: start it once with this configuration`);
          await appendAudit(store.db, { at: Date.now(), who, action: `source.${state}`, subject: id, details: {} });
          print(`The source ${id} is ${state}.`);
        });
      });
};

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);

/** @throws CliError that suggests the nearest */
function refuseUnknown(id: string, sources: readonly { id: string }[]): void {
  const ids = sources.map((item) => item.id);
  if (ids.includes(id)) return;
  const meant = nearest(id, ids);
  const known = ids.length === 0 ? 'the configuration has no sources' : `the sources are ${ids.join(', ')}`;
  throw new CliError(
    `there is no source "${safeLine(id)}"${meant === undefined ? `: ${known}` : `; did you mean ${meant}?`}`,
    exitCodes.usage,
  );
}
