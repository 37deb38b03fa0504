import { existsSync, statSync } from 'node:fs';
import { type Catalog, compileCatalog } from '../../../catalog/compile.js';
import { loadSignatures } from '../../../catalog/load.js';
import { safeLine, safeText } from '../../../core/terminal.js';
import { describeProblem, loadCatalog } from '../catalog.js';
import type { CatalogParts } from '../catalog-cache.js';
import { CliError, exitCodes, explainFileError } from '../errors.js';
import { openBundle, servicesOf } from './install.js';
import { type InstalledRelease, loadInstalled, readInstalled, releaseInUse, shippedVersion } from './installed.js';
import { readPublicKey } from './keys.js';

/** A version of the catalog that was asked for by name. */
export interface NamedVersion {
  /** As it is told: `bundle.hlcat, version 12`. */
  name: string;
  /** Absent for a folder. */
  version: number | undefined;
  expires: string | undefined;
  /** Of a bundle: whether its signature was checked. */
  signature: 'checked' | 'unchecked' | undefined;
  catalog: Catalog;
}

/** Names that stand for a version; everything else is a file or a folder. */
const words = ['installed', 'previous', 'shipped'] as const;

/**
 * The version that a word, a folder of signatures or a bundle file stands for. `folder`: where the installed catalog is.
 * @throws CliError where it cannot be read, or is broken
 */
export async function namedVersion(
  name: string,
  { folder, publicKey }: { folder: string; publicKey: string | undefined },
): Promise<NamedVersion> {
  const state = readInstalled(folder);
  if (name === 'shipped') return shipped();
  if (name === 'installed') {
    const current = releaseInUse(folder);
    return current === undefined ? shipped() : release(folder, current);
  }
  if (name === 'previous') {
    if (state === undefined)
      throw new CliError(`nothing is installed in ${safeLine(folder)}; name another folder with --data`);
    // What was in use before the first installation is what comes with Halflight.
    return state.previous === null ? shipped() : release(folder, state.previous);
  }
  if (!existsSync(name))
    throw new CliError(
      `${safeLine(name)} is no folder of signatures, no bundle, and none of ${words.join(', ')}`,
      exitCodes.usage,
    );
  return statSync(name).isDirectory() ? ofFolder(name) : ofBundle(name, publicKey);
}

const compileParts = ({ services, lowConfidence }: CatalogParts): Catalog => compileCatalog(services, lowConfidence);

function shipped(): NamedVersion {
  const version = shippedVersion();
  const name = `what comes with Halflight, version ${version}`;
  return { name, version, expires: undefined, signature: undefined, catalog: loadCatalog() };
}

async function release(folder: string, { version, expires, ...rest }: InstalledRelease): Promise<NamedVersion> {
  const catalog = compileParts(await loadInstalled(folder, { version, expires, ...rest }));
  return { name: `installed version ${version}`, version, expires, signature: undefined, catalog };
}

function ofFolder(name: string): NamedVersion {
  try {
    const { problems, ...parts } = loadSignatures([name]);
    const [problem] = problems;
    if (problem !== undefined)
      throw new CliError(`${safeText(describeProblem(problem))}; "halflight catalog check" shows all`);
    if (parts.services.length === 0) throw new CliError(`${safeLine(name)} holds no signature files`);
    const catalog = compileParts(parts);
    return { name: safeLine(name), version: undefined, expires: undefined, signature: undefined, catalog };
  } catch (error) {
    throw error instanceof CliError ? error : new CliError(explainFileError(error, name));
  }
}

function ofBundle(file: string, publicKey: string | undefined): NamedVersion {
  const name = safeLine(file);
  const { bundle } = openBundle(file, publicKey === undefined ? undefined : readPublicKey(publicKey));
  const { problems, ...parts } = servicesOf(name, bundle);
  const [problem] = problems;
  if (problem !== undefined)
    throw new CliError(`${safeText(describeProblem(problem))}: the bundle does not fit this version of Halflight`);
  const { version, expires } = bundle.manifest;
  const signature = bundle.verified ? 'checked' : 'unchecked';
  return { name: `${name}, version ${version}`, version, expires, signature, catalog: compileParts(parts) };
}
