import type { Service } from '../../../src/catalog/schema.js';
import { type ServiceSource, serviceSchema } from '../../../src/catalog/schema.js';
import { entrySchema } from '../../../src/inventory/schema.js';

/** An entry of the register, denied unless it says otherwise. */
export const entry = (id: string, services: string[], more: Record<string, unknown> = {}) =>
  entrySchema.parse({ id, name: id, services, status: 'denied', ...more });

/** A service of a catalog made for a test. */
export const service = (id: string, more: Partial<ServiceSource>): Service =>
  serviceSchema.parse({
    id,
    name: id.toUpperCase(),
    summary: 'An assistant.',
    category: 'chat',
    vendor: { name: 'Acme' },
    checked: '2026-11-26',
    sources: [{ name: 'us' }],
    examples: { hit: ['x'], miss: ['y'] },
    ...more,
  });
