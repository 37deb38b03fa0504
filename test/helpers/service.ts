import { type Service, type ServiceSource, serviceSchema } from '../../src/catalog/schema.js';

/** A service as a signature file would give it; only what a test is about has to be said. */
export function service(source: Partial<ServiceSource> & { id: string }): Service {
  return serviceSchema.parse({
    name: source.id,
    summary: 'A service for tests.',
    category: 'chat',
    vendor: { name: `${source.id} Inc.` },
    checked: '2026-11-22',
    sources: [{ name: 'test', read: '2026-11-22' }],
    examples: { hit: [`${source.id}.example`], miss: [`not${source.id}.example`] },
    ...source,
  });
}
