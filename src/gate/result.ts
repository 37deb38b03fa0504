import type { Confidence } from '../core/hit.js';
import type { Verdict } from '../core/register.js';
import type { TraceKind } from './common/trace.js';
import type { Left } from './walk.js';

/**
 * What the traces of a service prove together, weakest first. `transitive`: a lock file names a package that no manifest asks for.
 * `mentioned`: a variable, a command, or a committed key. `declared`: a manifest, an MCP or infrastructure configuration. `called`: an
 * import line or an endpoint. `confirmed`: code that calls it, and a trace of another kind beside it.
 */
export const gateStrengths = ['transitive', 'mentioned', 'declared', 'called', 'confirmed'] as const;
export type GateStrength = (typeof gateStrengths)[number];

/** One trace and its place. Texts come from the repository: escape them for the place where they are shown. */
export interface Place {
  file: string;
  /** 1-based. */
  line: number;
  kind: TraceKind;
  what: string;
  signature: string;
  confidence: Confidence;
  /** A package that came along with another one. */
  transitive: boolean;
}

/** A service that the repository uses, and what the inventory says of it. */
export interface GateFinding {
  service: string;
  name: string;
  vendor: string;
  category: string;
  verdict: Verdict;
  /** Entry that decided, if any. */
  entry: string | undefined;
  reason: string;
  /** What is to be done where the verdict closes the gate. */
  advice: string;
  strength: GateStrength;
  confidence: Confidence;
  /** Whether it closes the gate. */
  closes: boolean;
  /** Strongest first; at most 1,000 are kept, `traces` counts all. */
  places: readonly Place[];
  traces: number;
  models: readonly string[];
}

/** A committed key; of the key itself nothing but its published prefix is kept. */
export interface GateKey {
  service: string;
  name: string;
  vendor: string;
  prefix: string;
  file: string;
  line: number;
}

export interface GateModel {
  name: string;
  maker: string;
  /** Service that it seems to run on; undefined where the repository does not tell. */
  service: string | undefined;
  file: string;
  line: number;
  /** How many files name it. */
  files: number;
}

/** Looks like AI and is in no catalog. */
export interface GateCandidate {
  what: string;
  why: string;
  file: string;
  line: number;
}

export interface GateProblem {
  file: string;
  line: number | undefined;
  message: string;
}

export interface GateResult {
  closed: boolean;
  findings: readonly GateFinding[];
  keys: readonly GateKey[];
  models: readonly GateModel[];
  candidates: readonly GateCandidate[];
  problems: readonly GateProblem[];
  /** Files that were read. */
  files: number;
  /** Characters that were read. */
  size: number;
  left: Left;
}

/** What can close the gate: verdicts, a committed key, and what is in no catalog. */
export const otherReasons = ['key', 'candidate'] as const;
export type GateReason = Verdict | (typeof otherReasons)[number];
export const closingByDefault: readonly GateReason[] = ['denied', 'retired', 'out-of-scope', 'lapsed', 'unregistered'];
