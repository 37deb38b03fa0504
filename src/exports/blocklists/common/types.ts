import type { Catalog } from '../../../catalog/compile.js';
import type { Service } from '../../../catalog/schema.js';
import type { InventoryEntry } from '../../../core/register.js';
import type { Protection } from './protected.js';
import type { Reach } from './reach.js';
import type { Denial } from './standing.js';

/**
 * The grounds of a block list: recorded decisions, the catalog, and the organisation's own names. Nothing that a log says is among
 * them, so no log can change a list.
 */
export interface BlockListInput {
  catalog: Pick<Catalog, 'services' | 'targetRules'>;
  entries: readonly InventoryEntry[];
  /** Canonical names of the organisation, which are never blocked, nor what lies below or above them. */
  ownDomains: readonly string[];
  /** The day of the list, `YYYY-MM-DD`. */
  day: string;
  /** Only what two people decided blocks anything; the rest is left to a person. */
  twoPeople?: boolean | undefined;
}

/** A service that the register decides against, and the decision. */
export interface Ground {
  service: Service;
  denial: Denial;
}

export interface Block {
  host: string;
  reach: Reach;
  /** By id of the service; at least one. */
  grounds: readonly Ground[];
}

export type LeftOutReason =
  | Protection
  | 'part-of-a-host'
  | 'weak-host'
  | 'telemetry'
  | 'pattern'
  | 'needed'
  | 'shared-with'
  | 'partly-decided'
  | 'one-person'
  | 'no-hosts';

/** What a decision names and the list does not block: work for a person. */
export interface LeftOut {
  ground: Ground;
  /** Signature as in the catalog; empty for the service as a whole. */
  signature: string;
  reason: LeftOutReason;
  /** A sentence. */
  why: string;
}

/** A service that an entry allows. */
export interface AllowedService {
  service: Service;
  entry: InventoryEntry;
  /** It may decide who gets in: two people need not stand behind it, or do. */
  confirmed: boolean;
}

export interface BlockList {
  day: string;
  /** By name. */
  blocks: readonly Block[];
  /** By service, then signature. */
  leftOut: readonly LeftOut[];
  /** Services that are decided against for everybody, by id: those to block as apps. */
  denied: readonly Ground[];
  /** Entries that allow a service today, by service, then entry. */
  allowed: readonly AllowedService[];
}
