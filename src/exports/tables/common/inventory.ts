import type { Column } from '../../../core/columns.js';
import type { InventoryEntry } from '../../../core/register.js';
import type { Table } from './format.js';
import { entryEvent } from './inventory-event.js';

/** The register of AI systems: one row for each entry. `at`: when it was loaded, milliseconds since 1970. */
export const inventoryTable = (at: number): Table<InventoryEntry> => ({
  name: 'inventory',
  columns,
  event: (entry) => entryEvent(entry, at),
});

/** Fields that are one text, and those that are a list of texts, by their names in the register. */
type OfType<V> = { [K in keyof InventoryEntry]-?: InventoryEntry[K] extends V ? K : never }[keyof InventoryEntry];

const text = (name: OfType<string | undefined>): Column<InventoryEntry> => ({
  name,
  type: 'text',
  of: (row) => row[name] ?? null,
});
const texts = (name: OfType<readonly string[]>): Column<InventoryEntry> => ({
  name,
  type: 'texts',
  of: (row) => row[name],
});
const day = (name: 'approval_date' | 'review_date'): Column<InventoryEntry> => ({
  name,
  type: 'day',
  of: (row) => row[name] ?? null,
});

const columns: readonly Column<InventoryEntry>[] = [
  text('id'),
  text('name'),
  text('kind'),
  text('status'),
  { name: 'risk_tier', type: 'integer', of: (row) => row.risk_tier ?? null },
  text('description'),
  text('purpose'),
  text('environment'),
  text('vendor'),
  text('model'),
  text('provider'),
  texts('services'),
  texts('workspaces'),
  text('allowed_account'),
  texts('allowed_groups'),
  texts('allowed_data_classes'),
  text('business_owner'),
  text('technical_owner'),
  text('user_population'),
  text('requester'),
  texts('approvers'),
  day('approval_date'),
  day('review_date'),
  texts('conditions'),
  { name: 'exception_until', type: 'day', of: (row) => row.exception?.until ?? null },
  { name: 'exception_controls', type: 'texts', of: (row) => row.exception?.controls ?? [] },
  { name: 'decommission_status', type: 'text', of: (row) => row.decommission?.status ?? null },
  { name: 'decommission_date', type: 'day', of: (row) => row.decommission?.date ?? null },
  text('hosting_location'),
  text('access_model'),
  texts('integration_points'),
  texts('tools'),
  texts('systems_reached'),
  texts('data_categories'),
  {
    name: 'sensitive_sources',
    type: 'texts',
    of: (row) => Object.entries(row.sensitive_sources).map(([source, protection]) => `${source}: ${protection}`),
  },
  text('retention'),
  text('training_use'),
  text('human_review'),
  text('logging_policy'),
  text('guardrails'),
  text('jailbreak_resistance'),
  texts('prompt_templates'),
  text('fallback'),
];
