import type { Provenance } from './provenance.js';

/** The words of the register of AI systems: what an inventory file may say. */
export const entryKinds = [
  'saas-copilot',
  'internal-model',
  'vector-database',
  'prompt-template',
  'agent-workflow',
  'embedding-service',
  'third-party-api',
] as const;
export const entryStatuses = [
  'draft',
  'requested',
  'in-review',
  'approved',
  'conditional',
  'denied',
  'retired',
] as const;
export const environments = ['pilot', 'production'] as const;
export const protections = ['masked', 'tokenised', 'excluded', 'none'] as const;
export const allowedAccounts = ['enterprise', 'personal', 'any'] as const;

export type EntryKind = (typeof entryKinds)[number];
export type EntryStatus = (typeof entryStatuses)[number];

/** One AI system in the register. Dates are `YYYY-MM-DD`. What nobody filled in is undefined or empty. */
export interface InventoryEntry {
  id: string;
  name: string;
  kind?: EntryKind | undefined;
  description?: string | undefined;
  purpose?: string | undefined;
  environment?: (typeof environments)[number] | undefined;
  decommission?: { status?: string | undefined; date?: string | undefined } | undefined;

  /** Catalog services that the entry stands for. */
  services: readonly string[];
  workspaces: readonly string[];
  allowed_account: (typeof allowedAccounts)[number];
  /** Empty: every group. */
  allowed_groups: readonly string[];
  allowed_data_classes: readonly string[];

  business_owner?: string | undefined;
  technical_owner?: string | undefined;
  user_population?: string | undefined;
  requester?: string | undefined;
  approvers: readonly string[];

  vendor?: string | undefined;
  model?: string | undefined;
  provider?: string | undefined;
  hosting_location?: string | undefined;
  access_model?: string | undefined;
  integration_points: readonly string[];
  tools: readonly string[];
  systems_reached: readonly string[];

  data_categories: readonly string[];
  /** For each sensitive source (customer-data, code-repositories, internal-documents, ...) how it is protected. */
  sensitive_sources: Readonly<Record<string, (typeof protections)[number]>>;
  retention?: string | undefined;
  training_use?: string | undefined;

  human_review?: string | undefined;
  logging_policy?: string | undefined;
  guardrails?: string | undefined;
  jailbreak_resistance?: string | undefined;
  prompt_templates: readonly string[];
  fallback?: string | undefined;

  risk_tier?: 1 | 2 | 3 | undefined;
  status: EntryStatus;
  approval_date?: string | undefined;
  /** Who made the decision in force. Two different people: see `inventory/two-person.ts`. */
  decided_by?: readonly string[] | undefined;
  conditions: readonly string[];
  review_date?: string | undefined;
  exception?: { until: string; controls: readonly string[]; renewals?: number | undefined } | undefined;
}

/** Verdicts in the order of the table: among equally specific entries, the first decides. */
export const verdicts = [
  'denied',
  'retired',
  'wrong-account',
  'out-of-scope',
  'lapsed',
  'unregistered',
  'in-review',
  'excepted',
  'conditional',
  'sanctioned',
] as const;
export type Verdict = (typeof verdicts)[number];
/** Verdicts that call for somebody to act. */
export const actionable: ReadonlySet<Verdict> = new Set([
  'denied',
  'retired',
  'wrong-account',
  'out-of-scope',
  'lapsed',
  'unregistered',
]);

/**
 * Whether somebody has to act on a finding. What rests on claimed or unauthenticated data alone is watched until something confirms
 * it, whatever its verdict would be.
 */
export const callsForAction = ({ verdict, claimedOnly }: Pick<Finding, 'verdict' | 'claimedOnly'>): boolean =>
  verdict !== 'attempted' && actionable.has(verdict) && !claimedOnly;

/** A named, weighted part of a risk score. */
export interface RiskFactor {
  group: 'service' | 'usage' | 'governance';
  name: string;
  /** Points that it adds, 0 or more; only the factor `capped` is negative. */
  points: number;
  /** A sentence with the numbers. */
  why: string;
}
export interface Risk {
  /** 0 to 100: exactly the sum of the factors' points. */
  score: number;
  level: 'low' | 'medium' | 'high';
  factors: readonly RiskFactor[];
  /** Version of the rule set. */
  rules: string;
}

/** A drift or anomaly with the numbers that raised it. */
export interface Signal {
  name: string;
  why: string;
  numbers: Readonly<Record<string, number>>;
}

/** The state of one service for one account kind. */
export interface Finding {
  /** `service/account-kind`. */
  id: string;
  service: string;
  accountKind: 'enterprise' | 'personal' | 'unknown';
  /** `attempted`: only blocked or failed hits; information, no verdict. */
  verdict: Verdict | 'attempted';
  /** A sentence that names the entry, the rule and the numbers. */
  reason: string;
  /** Entry that decided, if any. */
  entry: string | undefined;
  /** By group, where verdicts differ. */
  groups: readonly { group: string; verdict: Verdict | 'attempted'; reason: string; actors: number; events: number }[];
  risk: Risk;
  signals: readonly Signal[];
  /** Strongest proof seen. */
  strength: string;
  /** The finding rests on DNS contact alone. */
  contactOnly: boolean;
  /** The best that is known of where it comes from. */
  provenance: Provenance;
  /** The finding rests on claimed or unauthenticated data alone: it is about nobody, and `people` is 0. */
  claimedOnly: boolean;
  /** What is only claimed or unauthenticated beside everything else, which it is no part of; 0 where all is such. */
  unverified: { actors: number; events: number; attempts: number };
  actors: number;
  /** Actors that are persons. */
  people: number;
  events: number;
  attempts: number;
  bytesOut: number;
  bytesIn: number;
  first: number | undefined;
  last: number | undefined;
  /** Last use that went through, where a record holds a time: `last` may be an attempt. */
  lastUsed?: number | undefined;
}
