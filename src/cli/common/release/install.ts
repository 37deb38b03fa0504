import type { KeyObject } from 'node:crypto';
import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import {
  type Bundle,
  BundleError,
  fingerprintOf,
  loadBundle,
  maxBundleBytes,
  readBundle,
} from '../../../catalog/bundle.js';
import type { LoadedFolders } from '../../../catalog/load.js';
import { safeLine } from '../../../core/terminal.js';
import { draftEnding, writeDurably } from '../../../store/durable.js';
import { loadCatalog } from '../catalog.js';
import type { CatalogParts } from '../catalog-cache.js';
import { readBounded } from '../config-secrets.js';
import { CliError, explainFileError, explainWriteError } from '../errors.js';
import { refuseUnsound } from './check.js';
import { hashOf, type InstalledRelease, readInstalled, schemaOfToday, shippedVersion, stateFile } from './installed.js';

/** `known`: this very release is in use already, and nothing was done. */
export interface Installation {
  outcome: 'installed' | 'known';
  folder: string;
  release: Pick<InstalledRelease, 'version' | 'hash' | 'services' | 'created' | 'expires' | 'key'>;
  /** What was in use before. */
  before: number;
}

/**
 * Checks a bundle and puts it in the place of the installed catalog.
 * @throws CliError where the bundle is not good: then nothing has changed
 */
export async function installBundle(
  file: string,
  { folder, publicKey, now }: { folder: string; publicKey: KeyObject; now: number },
): Promise<Installation> {
  const name = safeLine(file);
  const { bytes, bundle } = openBundle(file, publicKey);
  const { version, hash, services, created, expires, key } = bundle.manifest;
  const release = { version, hash, services, created, expires, key: fingerprintOf(publicKey) };
  const before = versionInUse(folder);
  if (isKnown(folder, version, hash)) return { outcome: 'known', folder, release, before };
  refuseDowngrade(name, version, before);
  const today = new Date(now).toISOString().slice(0, 10);
  if (expires < today) throw new CliError(`${name} was not installed: it expired on ${expires}; get a newer one`);
  if (key !== release.key)
    throw new CliError(`${name} was not installed: it names another key than the one that signed it`);
  const loaded = servicesOf(name, bundle);
  await refuseUnsound(`${name} was not installed: it`, loaded);

  const cache = Buffer.from(
    JSON.stringify({ services: loaded.services, lowConfidence: loaded.lowConfidence } satisfies CatalogParts),
  );
  const stem = `catalog-${version}-${hash.slice(0, 12)}`;
  const current: InstalledRelease = {
    ...release,
    installed: new Date(now).toISOString(),
    bundle: { name: `${stem}.bundle`, sha256: hashOf(bytes) },
    cache: { name: `${stem}.json`, sha256: hashOf(cache), schema: schemaOfToday() },
  };
  try {
    mkdirSync(folder, { recursive: true, mode: 0o755 });
    writeDurably(join(folder, current.bundle.name), bytes);
    writeDurably(join(folder, current.cache.name), cache);
    // Another installation may have been faster.
    refuseDowngrade(name, version, versionInUse(folder));
    const previous = readInstalled(folder)?.current ?? null;
    writeDurably(join(folder, stateFile), `${JSON.stringify({ current, previous }, null, 2)}\n`);
    removeOthers(folder, [current, previous]);
  } catch (error) {
    if (error instanceof CliError) throw error;
    throw new CliError(`${name} was not installed: ${explainWriteError(error, folder)}`);
  }
  return { outcome: 'installed', folder, release, before };
}

/** Reads a bundle file. Without a key its signature is not checked. @throws CliError */
export function openBundle(file: string, publicKey: KeyObject | undefined): { bytes: Buffer; bundle: Bundle } {
  try {
    const bytes = readBounded(file, maxBundleBytes);
    return { bytes, bundle: readBundle(bytes, publicKey) };
  } catch (error) {
    if (error instanceof CliError) throw error;
    if (error instanceof BundleError) throw new CliError(`${safeLine(file)} cannot be used: ${error.message}`);
    throw new CliError(explainFileError(error, file));
  }
}

/** @throws CliError */
export function servicesOf(name: string, bundle: Bundle): LoadedFolders {
  try {
    return loadBundle(bundle, name);
  } catch (error) {
    throw error instanceof BundleError ? new CliError(`${name} cannot be used: ${error.message}`) : error;
  }
}

/** The version that commands work with, were nothing installed now. */
function versionInUse(folder: string): number {
  return Math.max(readInstalled(folder)?.current.version ?? 0, shippedVersion());
}

function isKnown(folder: string, version: number, hash: string): boolean {
  const current = readInstalled(folder)?.current;
  if (current?.version === version && current.hash === hash) return true;
  return version === shippedVersion() && loadCatalog().hash === hash;
}

function refuseDowngrade(name: string, version: number, inUse: number): void {
  if (version > inUse) return;
  throw new CliError(
    version === inUse
      ? `${name} was not installed: version ${version} is in use with another content, and a version number is used once; ask who made it for one with a higher number`
      : `${name} was not installed: it is version ${version}, older than version ${inUse}, which is in use; a catalog is never downgraded`,
  );
}

/** What no release in use or before it needs, and drafts of installations that were cut off. Left over, it does no harm. */
function removeOthers(folder: string, keep: readonly (InstalledRelease | null)[]): void {
  const kept = new Set(keep.flatMap((release) => (release === null ? [] : [release.bundle.name, release.cache.name])));
  for (const name of readdirSync(folder)) {
    const ours = /^catalog-\d+-[0-9a-f]{12}\.(?:bundle|json)$/.test(name) || name.endsWith(draftEnding);
    if (ours && !kept.has(name)) rmSync(join(folder, name), { force: true });
  }
}
