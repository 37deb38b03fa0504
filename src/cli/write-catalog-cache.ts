// Last step of the build.

import { catalogCache, ownSignatures } from './shared/catalog.js';
import { writeCatalogCache } from './shared/catalog-cache.js';

writeCatalogCache(ownSignatures, catalogCache);
