import { resolve } from 'node:path';
import type { Config } from '../../../config/schema.js';
import { safeLine } from '../../../core/terminal.js';
import { noteAct } from '../audit/note.js';
import { openConfig } from '../config.js';
import { CliError, exitCodes } from '../errors.js';
import { type Installation, installBundle } from './install.js';
import { catalogFolder } from './installed.js';
import { readPublicKey } from './keys.js';
import { expiryNotice } from './notice.js';

export interface InstallRequest {
  publicKey?: string;
  data?: string;
  config?: string;
  json?: boolean;
}

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);
const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Installs a bundle and notes it in the audit log, where there is a database. @throws CliError */
export async function runInstall(file: string, request: InstallRequest): Promise<void> {
  const config = configOf(request);
  const key = request.publicKey ?? config.catalog.public_key;
  if (key === undefined)
    throw new CliError(
      'a bundle is checked with the public key of who makes it: name its file with --public-key, or as catalog.public_key in the configuration',
      exitCodes.usage,
    );
  const now = Date.now();
  const folder = catalogFolder({ folder: config.catalog.folder, data: config.data });
  const installation = await installBundle(file, { folder, publicKey: readPublicKey(key), now });
  const { outcome, release, before } = installation;
  const audit = outcome === 'known' ? 'nothing to note' : await note(config, installation, now);
  if (request.json === true) {
    print(JSON.stringify({ outcome, folder, ...release, before, audit }, null, 2));
    return;
  }
  if (outcome === 'known') {
    print(`Version ${release.version} is in use already; nothing was done.`);
    return;
  }
  print(`The catalog is version ${release.version} now (before: ${before}): ${release.services} services,`);
  print(`valid to ${release.expires}, signed with ${release.key.slice(0, 16)}.`);
  print(`It is in ${safeLine(folder)}.`);
  print('"halflight catalog diff previous installed" says what it changes. A running');
  print('service takes it up on SIGHUP, or when it starts again; "halflight replay" has');
  print('logs that are still kept read by it.');
  const notice = expiryNotice({ version: release.version, from: 'installed', expires: release.expires }, now);
  if (notice !== undefined) say(notice.text);
}

function configOf({ config: file, data }: InstallRequest): Config {
  const { config } = openConfig({ config: file }, say);
  return data === undefined
    ? config
    : { ...config, data: resolve(data), catalog: { ...config.catalog, folder: undefined } };
}

const note = (config: Config, { release, before }: Installation, now: number): Promise<string> =>
  noteAct(
    config,
    {
      action: 'catalog.installed',
      subject: String(release.version),
      details: { before, hash: release.hash, expires: release.expires, key: release.key },
    },
    now,
    (why) => say(`the catalog was installed, and it could not be noted in the audit log: ${why}`),
  );
