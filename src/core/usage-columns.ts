import { type Column, instantOf } from './columns.js';
import { isUnverified } from './provenance.js';
import type { Actor, Usage } from './usage.js';

/** How what a row names is shown. */
export interface UsageLabels {
  /** By pseudonym, unless names were asked for and allowed. */
  actor(actor: Actor): string;
  /** Small groups are `other`. */
  group(actor: Actor): string;
  /** Empty where the catalog does not know the service. */
  vendor(service: string): string;
}

/**
 * The columns of the roll-up, as usage.csv and all other forms of it have them. Whom nobody vouches for is not named: anybody can
 * say that it was somebody else.
 */
export const usageColumns = ({ actor, group, vendor }: UsageLabels): readonly Column<Usage>[] => [
  { name: 'day', type: 'day', of: (row) => row.day || null },
  { name: 'service', type: 'text', of: (row) => row.service },
  { name: 'vendor', type: 'text', of: (row) => vendor(row.service) },
  { name: 'actor', type: 'text', of: (row) => (isUnverified(row.provenance) ? 'unverified' : actor(row.actor)) },
  { name: 'actor_kind', type: 'text', of: (row) => row.actor.kind },
  { name: 'group', type: 'text', of: (row) => (isUnverified(row.provenance) ? '' : group(row.actor)) },
  { name: 'source', type: 'text', of: (row) => row.source },
  { name: 'account_kind', type: 'text', of: (row) => row.accountKind },
  { name: 'strength', type: 'text', of: (row) => row.strength },
  { name: 'events', type: 'integer', of: (row) => row.events },
  { name: 'attempts', type: 'integer', of: (row) => row.attempts },
  { name: 'bytes_out', type: 'integer', of: (row) => row.bytesOut },
  { name: 'bytes_in', type: 'integer', of: (row) => row.bytesIn },
  { name: 'first', type: 'time', of: (row) => instantOf(row.first) },
  { name: 'last', type: 'time', of: (row) => instantOf(row.last) },
  // usage.csv ends here.
  { name: 'provenance', type: 'text', of: (row) => row.provenance, inSheet: false },
  { name: 'confidence', type: 'text', of: (row) => row.confidence, inSheet: false },
  { name: 'spend', type: 'sums', of: (row) => row.spend, inSheet: false },
];
