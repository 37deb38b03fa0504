/** How sure a statement is. */
export const confidences = ['low', 'medium', 'high'] as const;
export type Confidence = (typeof confidences)[number];

/** What a hit proves, weakest first; `declared` stands apart and proves nothing by itself. */
export const strengths = ['declared', 'contact', 'visit', 'transfer', 'account', 'permission', 'payment'] as const;
export type Strength = (typeof strengths)[number];

/** Whose plan: unknown is a value, never a silent default. */
export const accountKinds = ['enterprise', 'personal', 'unknown'] as const;
export type AccountKind = (typeof accountKinds)[number];

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
  /** Blocked, refused or failed: kept apart from use. */
  attempt: boolean;
}

/** Something that looks like AI but is in no catalog. */
export interface CandidateHit {
  /** What is shown and grouped by: a registrable domain, an app name or a merchant text. */
  subject: string;
  kind: 'host' | 'app' | 'merchant' | 'extension';
  reason: string;
}
