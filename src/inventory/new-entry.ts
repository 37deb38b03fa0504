import type { Service } from '../catalog/schema.js';
import type { InventoryEntry } from '../core/register.js';

/** An entry for a service that the register does not have: what the catalog knows of it, and nothing more. `taken`: ids that exist. */
export function newEntry(service: Pick<Service, 'id' | 'name' | 'vendor'>, taken: Iterable<string>): InventoryEntry {
  const ids = new Set([...taken].map((id) => id.toLowerCase()));
  const free = (id: string): boolean => !ids.has(id.toLowerCase());
  let id = service.id;
  for (let i = 2; !free(id); i++) id = `${service.id}-${i}`;
  return {
    id,
    name: service.name,
    services: [service.id],
    workspaces: [],
    allowed_account: 'any',
    allowed_groups: [],
    allowed_data_classes: [],
    approvers: [],
    vendor: service.vendor.name,
    integration_points: [],
    tools: [],
    systems_reached: [],
    data_categories: [],
    sensitive_sources: {},
    prompt_templates: [],
    status: 'in-review',
    conditions: [],
  };
}
