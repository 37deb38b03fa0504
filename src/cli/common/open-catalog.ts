import { type Catalog, compileCatalog } from '../../catalog/compile.js';
import { readCatalogCache } from './catalog-cache.js';
import { catalogCache, ownSignatures } from './version.js';

/**
 * The catalog for work, from the build's cache where it holds: then neither the YAML reader nor the schemas are loaded.
 * @throws CliError listing the broken files
 */
export async function openCatalog(extraFolder?: string): Promise<Catalog> {
  const cached = extraFolder === undefined ? readCatalogCache(ownSignatures, catalogCache) : undefined;
  if (cached !== undefined) return compileCatalog(cached);
  const { loadCatalog } = await import('./catalog.js');
  return loadCatalog(extraFolder);
}
