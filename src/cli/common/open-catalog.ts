import { type Catalog, compileCatalog, type Release } from '../../catalog/compile.js';
import { safeLine } from '../../core/terminal.js';
import { type CatalogParts, cachedParts } from './catalog-cache.js';
import { type CatalogPlace, catalogFolder, loadInstalled, releaseInUse, shippedVersion } from './release/installed.js';
import { expiryNotice } from './release/notice.js';

const toStderr = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);

/**
 * The catalog for work: the installed one where one is that is newer than what comes with Halflight, and the organisation's own
 * signatures over it. From the caches where they hold: then neither the YAML reader nor the schemas are loaded. That it expires, and
 * what own signatures claim that it has already, is said to `warn`.
 * @throws CliError listing the broken files: a catalog with holes would call AI use ordinary
 */
export async function openCatalog(
  extraFolder?: string,
  place: CatalogPlace = {},
  warn: (line: string) => void = toStderr,
): Promise<Catalog> {
  const { parts, release } = await openRelease(place);
  const { services, lowConfidence } =
    extraFolder === undefined ? parts : (await import('./catalog.js')).withOwnSignatures(parts, extraFolder, warn);
  const catalog = compileCatalog(services, lowConfidence);
  catalog.release = release;
  const notice = expiryNotice(release, Date.now());
  if (notice !== undefined) warn(notice.text);
  return catalog;
}

/** The release in use, without the organisation's own signatures. */
async function openRelease(place: CatalogPlace): Promise<{ parts: CatalogParts; release: Release }> {
  const folder = catalogFolder(place);
  const current = releaseInUse(folder);
  if (current !== undefined)
    return {
      parts: await loadInstalled(folder, current),
      release: { version: current.version, from: 'installed', expires: current.expires },
    };
  const parts = cachedParts() ?? (await import('./catalog.js')).shippedParts();
  return { parts, release: { version: shippedVersion(), from: 'shipped', expires: undefined } };
}
