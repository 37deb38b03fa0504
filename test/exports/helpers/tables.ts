import type { StoredFinding } from '../../../src/core/finding-state.js';
import type { InventoryEntry } from '../../../src/core/register.js';
import type { Usage } from '../../../src/core/usage.js';
import type { Table, TableFormat } from '../../../src/exports/tables/common/format.js';

/** What a format writes for rows that come in pages of so many. */
export async function bytesOf<T>(
  format: TableFormat,
  table: Table<T>,
  rows: readonly T[],
  pageRows = 3,
): Promise<Buffer> {
  const parts: Buffer[] = [];
  const pages = (async function* () {
    for (let at = 0; at < rows.length; at += pageRows) yield rows.slice(at, at + pageRows);
  })();
  await format.write(table, pages, {
    // A copy: the writer may use its buffer again.
    write: async (part) => void parts.push(Buffer.from(part)),
  });
  return Buffer.concat(parts);
}

export const usageRow = (change: Partial<Usage> = {}): Usage => ({
  day: '2026-11-02',
  service: 'chatgpt',
  actor: { kind: 'person', id: 'p-7', group: 'Sales' },
  source: 'proxy',
  accountKind: 'personal',
  strength: 'transfer',
  provenance: 'observed',
  confidence: 'high',
  events: 3,
  attempts: 1,
  bytesOut: 9_007_199_254_740_991,
  bytesIn: 0,
  spend: new Map(),
  first: Date.parse('2026-11-02T08:00:00.250Z'),
  last: Date.parse('2026-11-02T17:30:00Z'),
  ...change,
});

export const findingRow = (change: Partial<StoredFinding> = {}): StoredFinding => ({
  id: 'chatgpt/personal',
  service: 'chatgpt',
  accountKind: 'personal',
  state: 'open',
  verdict: 'unregistered',
  reason: 'No entry of the inventory names it.',
  entry: null,
  risk: {
    score: 61,
    level: 'high',
    factors: [
      { group: 'service', name: 'trains-on-input', points: 40, why: 'it says so' },
      { group: 'usage', name: 'many-people', points: 21, why: 'twelve people' },
    ],
    rules: '1',
  },
  signals: [{ name: 'new-service', why: 'never seen before', numbers: { days: 1 } }],
  strength: 'transfer',
  contactOnly: false,
  provenance: 'observed',
  claimedOnly: false,
  unverified: { actors: 0, events: 0, attempts: 0 },
  people: 12,
  actors: 14,
  events: 345,
  attempts: 6,
  bytesOut: 7_000_000,
  bytesIn: 8_000_000_000,
  firstSeen: Date.parse('2026-11-01T07:00:00Z'),
  lastSeen: Date.parse('2026-11-20T18:00:00Z'),
  lastUsed: Date.parse('2026-11-20T18:00:00Z'),
  learnedAt: Date.parse('2026-11-20T18:00:01Z'),
  openedAt: Date.parse('2026-11-01T07:00:05Z'),
  changedAt: Date.parse('2026-11-03T09:00:00Z'),
  resolvedAt: null,
  groups: [],
  ...change,
});

export const entryRow = (change: Partial<InventoryEntry> = {}): InventoryEntry => ({
  id: 'support-bot',
  name: 'Support bot',
  kind: 'agent-workflow',
  services: ['azure-openai', 'acme-bot'],
  workspaces: [],
  allowed_account: 'enterprise',
  allowed_groups: [],
  allowed_data_classes: ['public'],
  business_owner: 'Ada Owner',
  approvers: [],
  vendor: 'Microsoft',
  hosting_location: 'westeurope',
  integration_points: [],
  tools: [],
  systems_reached: [],
  data_categories: [],
  sensitive_sources: { 'customer-data': 'masked' },
  prompt_templates: [],
  risk_tier: 3,
  status: 'approved',
  approval_date: '2026-02-28',
  conditions: ['no customer data', 'logs kept; 30 days'],
  exception: { until: '2027-01-31', controls: ['review'] },
  ...change,
});
