import type { InventoryEntry } from '../core/register.js';

/** A field that a complete entry has, its weight, and the tier from which on it is asked for. */
interface Wanted {
  field: keyof InventoryEntry;
  weight: number;
  fromTier: 1 | 2 | 3;
}

/**
 * What each tier's gate asks for. A low-risk tool needs its identity, owner, data and link; a moderate one how it is controlled; a high
 * one everything that an auditor asks. An entry without a tier is held to the second.
 */
const wanted: readonly Wanted[] = [
  { field: 'description', weight: 3, fromTier: 1 },
  { field: 'business_owner', weight: 3, fromTier: 1 },
  { field: 'data_categories', weight: 3, fromTier: 1 },
  { field: 'fallback', weight: 2, fromTier: 1 },
  { field: 'services', weight: 2, fromTier: 1 },
  { field: 'risk_tier', weight: 2, fromTier: 1 },
  { field: 'kind', weight: 1, fromTier: 1 },
  { field: 'vendor', weight: 1, fromTier: 1 },
  { field: 'access_model', weight: 1, fromTier: 1 },
  { field: 'logging_policy', weight: 1, fromTier: 1 },
  { field: 'approvers', weight: 2, fromTier: 1 },
  { field: 'approval_date', weight: 2, fromTier: 1 },
  { field: 'review_date', weight: 2, fromTier: 1 },
  { field: 'technical_owner', weight: 2, fromTier: 2 },
  { field: 'purpose', weight: 1, fromTier: 2 },
  { field: 'environment', weight: 1, fromTier: 2 },
  { field: 'user_population', weight: 1, fromTier: 2 },
  { field: 'requester', weight: 1, fromTier: 2 },
  { field: 'hosting_location', weight: 1, fromTier: 2 },
  { field: 'allowed_data_classes', weight: 2, fromTier: 2 },
  { field: 'sensitive_sources', weight: 2, fromTier: 2 },
  { field: 'retention', weight: 2, fromTier: 2 },
  { field: 'training_use', weight: 3, fromTier: 2 },
  { field: 'human_review', weight: 2, fromTier: 2 },
  { field: 'model', weight: 1, fromTier: 3 },
  { field: 'provider', weight: 1, fromTier: 3 },
  { field: 'integration_points', weight: 1, fromTier: 3 },
  { field: 'guardrails', weight: 2, fromTier: 3 },
  { field: 'jailbreak_resistance', weight: 2, fromTier: 3 },
];

/** Agents also name what they can call and reach, from the second tier on. */
const wantedOfAgents: readonly Wanted[] = [
  { field: 'tools', weight: 2, fromTier: 2 },
  { field: 'systems_reached', weight: 2, fromTier: 2 },
];

/** Fields that only a decision brings: not missing while it is pending. */
const byDecision: ReadonlySet<keyof InventoryEntry> = new Set(['approvers', 'approval_date', 'review_date']);

export interface Completeness {
  /** 0 to 100: the weight of what is filled in, of what the tier asks for, rounded down. */
  score: number;
  /** Field names, heaviest first. */
  missing: readonly string[];
}

/** How much of what its tier asks for an entry says. */
export function completeness(entry: InventoryEntry): Completeness {
  const tier = entry.risk_tier ?? 2;
  const decided = entry.status === 'approved' || entry.status === 'conditional';
  const asked = [...wanted, ...(entry.kind === 'agent-workflow' ? wantedOfAgents : [])].filter(
    ({ field, fromTier }) => fromTier <= tier && (decided || !byDecision.has(field)),
  );
  const missing = asked.filter(({ field }) => !isFilled(entry[field]));
  const total = asked.reduce((sum, { weight }) => sum + weight, 0);
  const gap = missing.reduce((sum, { weight }) => sum + weight, 0);
  return {
    score: Math.floor(((total - gap) * 100) / total),
    missing: missing.sort((a, b) => b.weight - a.weight).map(({ field }) => field),
  };
}

export interface Readiness {
  ready: boolean;
  /** What is missing, as sentences. */
  missing: readonly string[];
}

/** An entry is ready for production only with a one-sentence use case, an owner, its data classes and a fallback. */
export function readyForProduction(entry: InventoryEntry): Readiness {
  const missing: string[] = [];
  if (!isFilled(entry.description)) missing.push('description: say in one sentence what it is used for.');
  else if (!isOneSentence(entry.description ?? ''))
    missing.push('description: has more than one sentence; say in one what it is used for.');
  if (!isFilled(entry.business_owner) && !isFilled(entry.technical_owner))
    missing.push('business_owner: name an owner, business or technical.');
  if (!isFilled(entry.data_categories)) missing.push('data_categories: name the classes of data that it touches.');
  if (!isFilled(entry.fallback)) missing.push('fallback: say what people do when it is not available.');
  return { ready: missing.length === 0, missing };
}

/** Ends of sentences are `.` `!` `?` before a blank and a capital letter, so that `e.g. this` and `v1.2` are none. */
const isOneSentence = (text: string): boolean =>
  !/[.!?]\s+\p{Lu}/u.test(text.trim().replace(/\b(e\.g|i\.e|z\.B|St|Dr|Inc|Ltd|No|vs)\.\s/g, '$1 ')) &&
  !/\n\s*\n/.test(text);

function isFilled(value: unknown): boolean {
  if (value === undefined || value === null || value === '') return false;
  if (Array.isArray(value)) return value.length > 0;
  return typeof value === 'object' ? Object.keys(value).length > 0 : true;
}
