import type { Catalog } from '../../catalog/compile.js';
import { cachedCatalog } from './catalog-cache.js';

/**
 * The catalog for work, from the build's cache where it holds: then neither the YAML reader nor the schemas are loaded.
 * @throws CliError listing the broken files
 */
export async function openCatalog(extraFolder?: string): Promise<Catalog> {
  const cached = extraFolder === undefined ? cachedCatalog() : undefined;
  if (cached !== undefined) return cached;
  const { loadCatalog } = await import('./catalog.js');
  return loadCatalog(extraFolder);
}
