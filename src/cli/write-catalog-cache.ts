// Last step of the build. Nothing is written while a signature is broken, so that the reader reports it.

import { writeFileSync } from 'node:fs';
import { loadSignatures } from '../catalog/load.js';
import { type Cache, fingerprint } from './common/catalog-cache.js';
import { catalogCache, ownSignatures } from './common/version.js';

const { services, lowConfidence, problems } = loadSignatures([ownSignatures]);
if (problems.length === 0)
  writeFileSync(
    catalogCache,
    JSON.stringify({ fingerprint: fingerprint(ownSignatures), services, lowConfidence } satisfies Cache),
  );
