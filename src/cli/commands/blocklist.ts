import type { Command } from 'commander';
import { safeLine } from '../../core/terminal.js';
import { CliError, exitCodes } from '../common/errors.js';
import type { AddCommand } from '../main.js';

interface Options {
  config?: string;
  json?: boolean;
  who?: string;
  release?: boolean;
  key?: string;
}

const print = (text: string): void => void process.stdout.write(text.endsWith('\n') ? text : `${text}\n`);
const withConfig = (command: Command): Command =>
  command.option('--config <file>', 'configuration file (default: halflight.yaml where it exists)');
const format = 'the id of a format, such as squid';

/** `halflight blocklist list | show | diff | approve | rollback | verify` */
export const command: AddCommand = (program) => {
  const blocklist = program
    .command('blocklist')
    .description('the block lists that the service makes and serves: their versions, and what waits for approval');

  withConfig(blocklist.command('list'))
    .description('every list, what is served of it and what waits')
    .argument('[format]', `all versions of one: ${format}`)
    .option('--json', 'as JSON')
    .action(async (id: string | undefined, { config, json }: Options) => {
      const [{ overview }, { overviewText, versionsText, versionJson }] = await opened();
      await beside(config, async ({ store }) => {
        const all = await overview(store.db, id);
        if (json === true)
          print(
            JSON.stringify(
              { feeds: all.feeds, versions: all.versions.map((version) => versionJson(version, all.feeds)) },
              null,
              2,
            ),
          );
        else print(id === undefined ? overviewText(all) : versionsText(all.versions));
      });
    });

  withConfig(blocklist.command('show'))
    .description('the file of a version, byte for byte')
    .argument('<format>', format)
    .argument('[version]', 'its number (default: what is served)')
    .option('--json', 'what is known of the version, as JSON, instead of the file')
    .action(async (id: string, version: string | undefined, { config, json }: Options) => {
      const [{ overview, pickVersion }, { versionJson }] = await opened();
      const { loadBody } = await import('../../store/blocklists.js');
      await beside(config, async ({ store }) => {
        const all = await overview(store.db, id);
        const picked = pickVersion(all, id, version, 'published');
        if (json === true) print(JSON.stringify(versionJson(picked, all.feeds), null, 2));
        else process.stdout.write((await loadBody(store.db, id, picked.version)) ?? '');
      });
    });

  withConfig(blocklist.command('diff'))
    .description('what came and went with a version, and why')
    .argument('<format>', format)
    .argument('[version]', 'its number (default: what waits, else what is served)')
    .option('--json', 'as JSON')
    .action(async (id: string, version: string | undefined, { config, json }: Options) => {
      const [{ overview, pickVersion }, { diffText }] = await opened();
      const { loadChanges } = await import('../../store/blocklists.js');
      await beside(config, async ({ store }) => {
        const picked = pickVersion(await overview(store.db, id), id, version, 'pending');
        const changes = await loadChanges(store.db, id, picked.version);
        print(
          json === true
            ? JSON.stringify({ format: id, version: picked.version, base: picked.base ?? null, changes }, null, 2)
            : diffText(picked, changes),
        );
      });
    });

  withConfig(blocklist.command('approve'))
    .description('serves a version that waits')
    .argument('<format>', format)
    .argument('<version>', 'its number')
    .option('--who <name>', 'who approves it (default: the user who runs this)')
    .action(async (id: string, version: string, { config, who }: Options) => {
      const [{ numberOf }] = await opened();
      const { formatNamed } = await import('../common/blocklist/format.js');
      const [number, plugin] = [numberOf(version), await formatNamed(id)];
      const { approve } = await import('../../jobs/blocklists/decide.js');
      await decide(config, who, async (decider) => {
        const made = await approve(decider, { id, plugin }, number);
        print(`Version ${made.version} of ${safeLine(id)} is served from now on.`);
      });
    });

  withConfig(blocklist.command('rollback'))
    .description('serves the entries of an older version again, and holds the list there until --release')
    .argument('<format>', format)
    .argument('[version]', 'the number of a version that was served')
    .option('--release', 'let the list follow the register again')
    .option('--who <name>', 'who decides it (default: the user who runs this)')
    .action(async (id: string, version: string | undefined, { config, who, release: letGo }: Options) => {
      if ((version === undefined) !== (letGo === true))
        throw new CliError('name a version to go back to, or --release; not both', exitCodes.usage);
      const [{ numberOf }] = await opened();
      const { formatNamed } = await import('../common/blocklist/format.js');
      const { release, rollBack } = await import('../../jobs/blocklists/decide.js');
      if (version === undefined)
        await decide(config, who, async (decider) => {
          await release(decider, id);
          print(`${safeLine(id)} follows the register again; the service makes it anew within a minute or so.`);
        });
      else {
        const [number, plugin] = [numberOf(version), await formatNamed(id)];
        await decide(config, who, async (decider) => {
          const made = await rollBack(decider, { id, plugin }, number);
          print(
            `The entries of version ${number} of ${safeLine(id)} are served as version ${made.version}.\nNothing newer is until: halflight blocklist rollback ${safeLine(id)} --release`,
          );
        });
      }
    });

  blocklist
    .command('verify')
    .description('checks a list that was fetched against its signed note')
    .argument('<file>', 'the list, as it was fetched')
    .argument('<note>', 'its note, fetched from the same address with .sig behind it')
    .option('--key <key>', 'the public key of the installation: NAME+ID+KEY, or a file with it')
    .option('--config <file>', 'take the key of the installation with this configuration instead')
    .option('--json', 'as JSON')
    .action(async (file: string, note: string, { key, config, json }: Options) => {
      const [{ verifyFiles }, { openConfig }, { signerFor }] = await Promise.all([
        import('../common/blocklist/verify.js'),
        import('../common/config.js'),
        import('../common/service/keys.js'),
      ]);
      const own = () => signerFor(openConfig({ config }, say).config);
      const result = verifyFiles(file, note, key, own);
      if (!result.ok) process.exitCode = exitCodes.checkFailed;
      print(json === true ? JSON.stringify(result, null, 2) : result.sentence);
    });
};

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);

/** Loaded here, so that other commands do not wait for it. */
const opened = () => Promise.all([import('../common/blocklist/versions.js'), import('../common/blocklist/text.js')]);

type Work = Parameters<typeof import('../common/service/beside.js').besideService>[1];
async function beside(config: string | undefined, work: (beside: Parameters<Work>[0]) => Promise<void>): Promise<void> {
  const { besideService } = await import('../common/service/beside.js');
  await besideService(config, work);
}

/** Runs a decision and says what is in its way as an error of the command line. */
async function decide(
  config: string | undefined,
  who: string | undefined,
  work: (decider: import('../../jobs/blocklists/decide.js').Decider) => Promise<void>,
): Promise<void> {
  const [{ DecisionError }, { signerFor }] = await Promise.all([
    import('../../jobs/blocklists/decide.js'),
    import('../common/service/keys.js'),
  ]);
  if (who !== undefined && !/^[^\p{Cc}]{1,200}$/u.test(who))
    throw new CliError('--who takes a name of 1 to 200 characters on one line', exitCodes.usage);
  await beside(config, async ({ opened: { setup, loaded }, store, who: user }) => {
    try {
      const name = who === undefined ? user : `${who} (${user})`;
      await work({ db: store.db, setup, signer: signerFor(loaded.config), who: name, at: Date.now() });
    } catch (error) {
      throw error instanceof DecisionError ? new CliError(error.message) : error;
    }
  });
}
