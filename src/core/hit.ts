/** How sure a statement is. */
export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** What a hit proves, weakest first; `declared` stands apart and proves nothing by itself. */
export const strengths = ['declared', 'contact', 'visit', 'transfer', 'account', 'permission', 'payment'] as const;
export type Strength = (typeof strengths)[number];

/** Whose plan: unknown is a value, never a silent default. */
export const accountKinds = ['enterprise', 'personal', 'unknown'] as const;
export type AccountKind = (typeof accountKinds)[number];

/** How a service is used, as its signatures tell it. */
export const useKinds = ['web', 'api', 'coding', 'meeting', 'extension', 'mcp', 'agent', 'account'] as const;
export type UseKind = (typeof useKinds)[number];

/** An event that a signature matched. */
export interface Hit {
  /** Service id. */
  service: string;
  /** The signature that matched, as kind and value: `host chatgpt.com`, `merchant OPENAI *CHATGPT`. */
  signature: string;
  /** Id of the detector. */
  detector: string;
  /** A sentence for people: why. Holds log data: escape it for the place where it is shown. */
  reason: string;
  confidence: Confidence;
  strength: Strength;
  accountKind: AccountKind;
  /** How it was used. */
  use: UseKind;
  /** Blocked, refused or failed: kept apart from use. */
  attempt: boolean;
}

/** What a candidate can be. */
export const candidateKinds = ['host', 'app', 'merchant', 'extension'] as const;
export type CandidateKind = (typeof candidateKinds)[number];

/** One reason why something looks like AI, with its share of the score. */
export interface CandidateReason {
  /** Name of the rule. */
  rule: string;
  /** Share of the score; below zero where it speaks against AI. */
  points: number;
  /** For people: why. Holds log data: escape it for the place where it is shown. */
  why: string;
}

/** Something that looks like AI but is in no catalog. */
export interface CandidateHit {
  /** What is shown and grouped by: a registrable domain, a tenant's host on a shared platform, an app name or a merchant text. */
  subject: string;
  kind: CandidateKind;
  /** The sum of the reasons, from 0 to 100. */
  score: number;
  /** The weightiest first. */
  reasons: readonly CandidateReason[];
}
