import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { LoadedFolders } from '../../../catalog/load.js';
import { isSet } from '../../../config/environment.js';
import { safeLine } from '../../../core/terminal.js';
import type { CatalogParts } from '../catalog-cache.js';
import { CliError, explainFileError } from '../errors.js';
import { ownSignatures, signatureSchema } from '../version.js';

// The folder of the installed catalog:
//   installed.json   which release is in use and which was before it, and the SHA-256 of their files; put in place as a whole
//   NAME.bundle      a release as it came, signed
//   NAME.json        its services and lists, checked, as the schema of the day read them: reading them again from the bundle takes a second
// Who may write here may change what counts as AI, as who may write to the database may.

/** A release in the folder. */
export interface InstalledRelease {
  version: number;
  hash: string;
  services: number;
  created: string;
  expires: string;
  /** Fingerprint of the key that its signature was checked with. */
  key: string;
  /** When it was installed, RFC 3339. */
  installed: string;
  bundle: { name: string; sha256: string };
  cache: { name: string; sha256: string; schema: string };
}

export interface InstalledState {
  current: InstalledRelease;
  previous: InstalledRelease | null;
}

/** Where to look for an installed catalog. */
export interface CatalogPlace {
  /** `catalog.folder` of the configuration. */
  folder?: string | undefined;
  /** `--data`, or `data` of the configuration. */
  data?: string | undefined;
}

export const stateFile = 'installed.json';
const defaultData = './halflight-data';

/** The folder of the installed catalog: HALFLIGHT_CATALOG, else `catalog` below `--data`, HALFLIGHT_DATA or ./halflight-data. */
export function catalogFolder({ folder, data }: CatalogPlace, env: NodeJS.ProcessEnv = process.env): string {
  if (folder !== undefined) return folder;
  if (isSet(env.HALFLIGHT_CATALOG)) return resolve(env.HALFLIGHT_CATALOG);
  return resolve(data ?? (isSet(env.HALFLIGHT_DATA) ? env.HALFLIGHT_DATA : defaultData), 'catalog');
}

/** What is installed; undefined where nothing is. @throws CliError where it cannot be read */
export function readInstalled(folder: string): InstalledState | undefined {
  const file = join(folder, stateFile);
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR') return undefined;
    throw new CliError(explainFileError(error, file));
  }
  try {
    const state = JSON.parse(text) as InstalledState;
    if (isRelease(state.current) && (state.previous === null || isRelease(state.previous))) return state;
  } catch {
    // Told below.
  }
  throw damaged(folder, stateFile);
}

const isRelease = (value: InstalledRelease): boolean =>
  Number.isSafeInteger(value.version) &&
  [value.hash, value.expires, value.bundle.sha256, value.cache.sha256].every((text) => typeof text === 'string') &&
  [value.bundle.name, value.cache.name].every((name) => /^catalog-[0-9a-f-]{1,80}\.(?:bundle|json)$/.test(name));

/** The installed release where it is newer than what comes with Halflight: then it is in use. @throws CliError */
export function releaseInUse(folder: string): InstalledRelease | undefined {
  const current = readInstalled(folder)?.current;
  return current !== undefined && current.version > shippedVersion() ? current : undefined;
}

/** The catalog of an installed release. @throws CliError where its files are not what was installed */
export async function loadInstalled(folder: string, release: InstalledRelease): Promise<CatalogParts> {
  const cache = readPart(folder, release.cache);
  if (release.cache.schema === schemaOfToday() && cache !== undefined)
    return JSON.parse(cache.toString('utf8')) as CatalogParts;
  const { services, lowConfidence } = await loadInstalledBundle(folder, release);
  return { services, lowConfidence };
}

/** The same from the signed bundle, with the files that its signatures stand in. @throws CliError */
export async function loadInstalledBundle(folder: string, release: InstalledRelease): Promise<LoadedFolders> {
  const { loadBundle, readBundle } = await import('../../../catalog/bundle.js');
  const bytes = readPart(folder, release.bundle);
  if (bytes === undefined) throw damaged(folder, release.bundle.name);
  const loaded = loadBundle(readBundle(bytes, undefined), release.bundle.name);
  const [problem] = loaded.problems;
  if (problem === undefined) return loaded;
  throw new CliError(
    `the installed catalog ${release.version} does not fit this version of Halflight (${safeLine(`${problem.file}: ${problem.field ?? ''} ${problem.message}`)}): install a newer one, or remove ${safeLine(folder)}`,
  );
}

function readPart(folder: string, { name, sha256 }: { name: string; sha256: string }): Buffer | undefined {
  try {
    const bytes = readFileSync(join(folder, name));
    return hashOf(bytes) === sha256 ? bytes : undefined;
  } catch {
    return undefined;
  }
}

const damaged = (folder: string, name: string): CliError =>
  new CliError(
    `the installed catalog is damaged (${safeLine(join(folder, name))}): remove the folder ${safeLine(folder)} and install the bundle again; without it the catalog that comes with Halflight is used`,
  );

export const hashOf = (bytes: Uint8Array | string): string => createHash('sha256').update(bytes).digest('hex');

/** Hash of the schema of signature files: what was read under another is read again. */
export const schemaOfToday = (): string => hashOf(readFileSync(signatureSchema));

/** Version of the catalog that comes with Halflight. */
export const shippedVersion = (): number => Number(readFileSync(join(ownSignatures, 'VERSION'), 'utf8').trim());
