import type { Command } from 'commander';
import { safeLine } from '../../../core/terminal.js';
import { CliError, exitCodes } from '../errors.js';
import { catalogFolder } from './installed.js';

const dataOption = [
  '--data <dir>',
  'data folder below which the installed catalog is (default: HALFLIGHT_DATA, else ./halflight-data)',
] as const;
const dayMs = 86_400_000;
/** A bundle without --expires is good for so long. */
const validDays = 365;

interface DiffOptions {
  data?: string;
  publicKey?: string;
  json?: boolean;
}
interface BundleOptions {
  key: string;
  version: number;
  created?: string;
  expires?: string;
  from?: string;
  out: string;
  json?: boolean;
}
interface InstallOptions {
  publicKey?: string;
  data?: string;
  config?: string;
  json?: boolean;
}

/** `halflight catalog diff | keygen | bundle | install` */
export function addReleaseCommands(catalog: Command): void {
  catalog
    .command('diff <a> <b>')
    .description('what version B adds, drops and changes; each is a folder, a bundle, installed, previous or shipped')
    .option(...dataOption)
    .option('--public-key <file>', 'checks the signatures of bundles')
    .option('--json', 'as JSON')
    .action(async (a: string, b: string, { data, publicKey, json }: DiffOptions) => {
      const [{ namedVersion }, { diffCatalogs }, { diffToText, effectsOf }] = await Promise.all([
        import('./versions.js'),
        import('../../../catalog/diff.js'),
        import('./diff-text.js'),
      ]);
      const place = { folder: catalogFolder({ data }), publicKey };
      const [from, to] = [await namedVersion(a, place), await namedVersion(b, place)];
      for (const { name, signature } of [from, to])
        if (signature === 'unchecked')
          process.stderr.write(`halflight: ${name}: its signature was not checked; --public-key FILE does that\n`);
      const diff = diffCatalogs(from.catalog, to.catalog);
      if (json !== true) {
        for (const line of diffToText(diff, from.name, to.name)) print(line);
        return;
      }
      const told = ({ name, version, expires, signature, catalog: { hash } }: typeof from) => ({
        name,
        version: version ?? null,
        hash,
        expires: expires ?? null,
        signature: signature ?? null,
      });
      print(JSON.stringify({ from: told(from), to: told(to), ...diff, effects: effectsOf(diff) }, null, 2));
    });

  catalog
    .command('keygen')
    .description('makes a pair of Ed25519 keys: the private one signs bundles, the public one checks them')
    .option('--out <dir>', 'folder for catalog-private.pem and catalog-public.pem', '.')
    .option('--json', 'as JSON')
    .action(async ({ out, json }: { out: string; json?: boolean }) => {
      const { makeKeys } = await import('./keys.js');
      const made = makeKeys(out);
      if (json === true) print(JSON.stringify(made, null, 2));
      else {
        print(`Private key: ${safeLine(made.privateFile)}  (keep it where bundles are made, and nowhere else)`);
        print(`Public key:  ${safeLine(made.publicFile)}  (for everybody who installs them)`);
        print(`Fingerprint: ${made.fingerprint}`);
      }
    });

  catalog
    .command('bundle')
    .description('makes a signed release of the catalog in one file')
    .requiredOption('--key <file>', 'private key, PEM')
    .requiredOption('--version <n>', 'version number; higher than that of every release before', parseVersion)
    .requiredOption('--out <file>', 'where the bundle is written')
    .option('--from <dir>', 'folder of the signatures (default: those that come with Halflight)')
    .option('--created <day>', 'first day, YYYY-MM-DD (default: today)')
    .option('--expires <day>', `last day of its validity, YYYY-MM-DD (default: ${validDays} days after the first)`)
    .option('--json', 'as JSON')
    .action(async (options: BundleOptions) => {
      const [{ makeBundle }, { ownSignatures }] = await Promise.all([import('./make.js'), import('../version.js')]);
      const created = day('--created', options.created) ?? isoDay(Date.now());
      const expires = day('--expires', options.expires) ?? isoDay(Date.parse(created) + validDays * dayMs);
      if (expires < created) throw new CliError('--expires is before --created', exitCodes.usage);
      const { key, out, version, from = ownSignatures } = options;
      const made = await makeBundle({ from, key, out, version, created, expires });
      if (options.json === true) print(JSON.stringify(made, null, 2));
      else {
        print(
          `${safeLine(made.file)}: version ${version}, ${made.services} ${made.services === 1 ? 'service' : 'services'}, ${made.bytes} bytes`,
        );
        print(`valid from ${created} to ${expires}`);
        print(`catalog ${made.hash}`);
        print(`signed with ${made.key}`);
      }
    });

  catalog
    .command('install <file>')
    .description('checks a bundle and uses it from now on; a catalog is never downgraded')
    .option('--public-key <file>', 'public key of who makes the bundles, PEM (default: catalog.public_key)')
    .option(...dataOption)
    .option('--config <file>', 'configuration of the service, for its data folder, key and audit log')
    .option('--json', 'as JSON')
    .action(async (file: string, options: InstallOptions) => {
      const { runInstall } = await import('./run-install.js');
      await runInstall(file, options);
    });
}

function parseVersion(text: string): number {
  const version = Number(text);
  if (!/^\d{1,12}$/.test(text) || version < 1)
    throw new CliError(`--version "${safeLine(text)}" is no whole number from 1 to 999999999999`, exitCodes.usage);
  return version;
}

function day(option: string, text: string | undefined): string | undefined {
  if (text === undefined) return undefined;
  if (!/^\d{4}-\d{2}-\d{2}$/.test(text) || Number.isNaN(Date.parse(text)) || isoDay(Date.parse(text)) !== text)
    throw new CliError(`${option} "${safeLine(text)}" is no day; write it as 2026-11-22`, exitCodes.usage);
  return text;
}

const isoDay = (at: number): string => new Date(at).toISOString().slice(0, 10);

const print = (line: string): void => void process.stdout.write(`${line}\n`);
