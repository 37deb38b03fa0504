import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import type { Service } from '../../catalog/schema.js';
import { catalogCache, ownSignatures, signatureSchema } from './version.js';

// Reading 600 YAML files takes half a second, one JSON file 5 ms: the build keeps the checked services, and they hold as
// long as the schema is the same and the files of the folder are, by name, size and time of last change.
export interface Cache extends CatalogParts {
  fingerprint: string;
}

/** What a catalog is compiled from. */
export interface CatalogParts {
  services: readonly Service[];
  /** Text of the low-confidence list. */
  lowConfidence: string;
}

/** The catalog that comes with the product, or undefined where there is no cache or the folder has changed. */
export function cachedParts(): CatalogParts | undefined {
  try {
    const cache = JSON.parse(readFileSync(catalogCache, 'utf8')) as Cache;
    return cache.fingerprint === fingerprint(ownSignatures) ? cache : undefined;
  } catch {
    return undefined;
  }
}

/** Of the schema's text, and of the signature files and lists of a folder by name, size and time of last change. */
export function fingerprint(folder: string): string {
  const hash = createHash('sha256').update(readFileSync(signatureSchema));
  for (const name of readdirSync(folder)
    .filter((item) => /\.(ya?ml|tsv)$/.test(item))
    .sort()) {
    const { size, mtimeMs } = statSync(join(folder, name));
    hash.update(`${name} ${size} ${mtimeMs}\n`);
  }
  return hash.digest('hex');
}
