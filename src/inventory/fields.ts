import { allowedAccounts, entryKinds, entryStatuses, environments, type InventoryEntry } from '../core/register.js';

/**
 * The fields of an entry, in the order of the export: how each is written in a file. One table serves reading, writing and messages, and
 * the type below makes it complete.
 */
export type FieldType =
  | { type: 'id' | 'text' | 'list' | 'day' | 'protections' | 'count' }
  | { type: 'tier'; also: Readonly<Record<string, string>> }
  | { type: 'choice'; values: readonly string[]; also: Readonly<Record<string, string>> }
  /** Holds fields of its own in YAML; one column each in CSV. */
  | { type: 'group'; parts: readonly string[] };

const text = { type: 'text' } as const;
const list = { type: 'list' } as const;
const day = { type: 'day' } as const;

export const decommissionStatuses = ['planned', 'in-progress', 'done'] as const;

export const entryFields: Readonly<Record<keyof InventoryEntry, FieldType>> = {
  id: { type: 'id' },
  name: text,
  kind: {
    type: 'choice',
    values: entryKinds,
    also: {
      copilot: 'saas-copilot',
      saas: 'saas-copilot',
      model: 'internal-model',
      'fine-tuned-model': 'internal-model',
      'vector-db': 'vector-database',
      prompt: 'prompt-template',
      agent: 'agent-workflow',
      embedding: 'embedding-service',
      api: 'third-party-api',
    },
  },
  description: text,
  purpose: text,
  environment: {
    type: 'choice',
    values: environments,
    also: { prod: 'production', live: 'production', trial: 'pilot' },
  },
  decommission: { type: 'group', parts: ['status', 'date'] },
  services: list,
  workspaces: list,
  allowed_account: {
    type: 'choice',
    values: allowedAccounts,
    also: { corporate: 'enterprise', business: 'enterprise', private: 'personal', all: 'any', both: 'any' },
  },
  allowed_groups: list,
  allowed_data_classes: list,
  business_owner: text,
  technical_owner: text,
  user_population: text,
  requester: text,
  approvers: list,
  vendor: text,
  model: text,
  provider: text,
  hosting_location: text,
  access_model: text,
  integration_points: list,
  tools: list,
  systems_reached: list,
  data_categories: list,
  sensitive_sources: { type: 'protections' },
  retention: text,
  training_use: text,
  human_review: text,
  logging_policy: text,
  guardrails: text,
  jailbreak_resistance: text,
  prompt_templates: list,
  fallback: text,
  risk_tier: { type: 'tier', also: { low: '1', moderate: '2', medium: '2', high: '3' } },
  status: {
    type: 'choice',
    values: entryStatuses,
    also: {
      new: 'requested',
      pending: 'in-review',
      'under-review': 'in-review',
      review: 'in-review',
      'approved-with-conditions': 'conditional',
      rejected: 'denied',
      prohibited: 'denied',
      decommissioned: 'retired',
    },
  },
  approval_date: day,
  decided_by: list,
  conditions: list,
  review_date: day,
  exception: { type: 'group', parts: ['until', 'controls', 'renewals'] },
};

/** Parts of the fields that hold fields of their own, by their CSV column. */
export const partFields: Readonly<Record<string, FieldType>> = {
  decommission_status: {
    type: 'choice',
    values: decommissionStatuses,
    also: { completed: 'done', decommissioned: 'done', retired: 'done', ongoing: 'in-progress' },
  },
  decommission_date: day,
  exception_until: day,
  exception_controls: list,
  exception_renewals: { type: 'count' },
};

export const fieldNames = Object.keys(entryFields) as (keyof InventoryEntry)[];

/** Columns of the CSV form: the field names, and one column for each part of a field that has parts. */
export const columnNames: readonly string[] = fieldNames.flatMap((name) => {
  const field = entryFields[name];
  return field.type === 'group' ? field.parts.map((part) => `${name}_${part}`) : [name];
});

export const columnType = (column: string): FieldType | undefined =>
  Object.hasOwn(partFields, column)
    ? partFields[column]
    : Object.hasOwn(entryFields, column)
      ? entryFields[column as keyof InventoryEntry]
      : undefined;

/** Names that are accepted beside the field names. */
const otherNames = new Map([
  ['approver', 'approvers'],
  ['service', 'services'],
  ['workspace', 'workspaces'],
  ['tier', 'risk_tier'],
]);

/** A field name as people write it: `Risk tier`, `risk-tier` and `approver` are understood. */
export function fieldName(written: string): string {
  const folded = written
    .trim()
    .toLowerCase()
    .replace(/[\s-]+/g, '_');
  return otherNames.get(folded) ?? folded;
}

const fold = (value: string): string =>
  value
    .trim()
    .toLowerCase()
    .replace(/[\s_-]+/g, '-');

/** The accepted value that a friendly form stands for (`In Review` -> `in-review`); what is not known comes back as it was. */
export function canonicalValue(field: FieldType, written: string): string {
  if (field.type !== 'choice' && field.type !== 'tier') return written.trim();
  const folded = field.type === 'tier' ? fold(written).replace(/^tier-?/, '') : fold(written);
  if (field.type === 'choice' && field.values.includes(folded)) return folded;
  return Object.hasOwn(field.also, folded)
    ? (field.also[folded] ?? written)
    : field.type === 'tier'
      ? folded
      : written.trim();
}

/** What a field accepts, in words. */
export function accepted(field: FieldType): string {
  switch (field.type) {
    case 'id':
      return 'letters, digits, dot, hyphen and underscore, beginning with a letter or digit, at most 100';
    case 'text':
      return 'text of at most 4,000 characters';
    case 'list':
      return 'a list of texts';
    case 'day':
      return 'a date as YYYY-MM-DD';
    case 'protections':
      return 'for each source one of masked, tokenised, excluded, none (in CSV customer-data=masked;code-repositories=excluded)';
    case 'tier':
      return '1 (low), 2 (moderate) or 3 (high)';
    case 'choice':
      return `one of ${field.values.join(', ')}`;
    case 'count':
      return 'a whole number from 0 to 1000';
    case 'group':
      return `the fields ${field.parts.join(', ')}`;
  }
}
