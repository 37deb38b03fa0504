import { type Column, instantOf } from '../../../core/columns.js';
import type { StoredFinding } from '../../../core/finding-state.js';
import { findingEvent } from './finding-event.js';
import type { Table } from './format.js';

/** What the catalog knows of a service; undefined: it does not know it (any more). */
export type DescribeService = (id: string) => { name: string; vendor: string; category: string } | undefined;

/** What was found: one row for each service and account kind. Nobody who used it is named. */
export const findingsTable = (describe: DescribeService): Table<StoredFinding> => ({
  name: 'findings',
  columns: columns(describe),
  event: (finding) => findingEvent(finding, describe(finding.service)),
});

const columns = (describe: DescribeService): readonly Column<StoredFinding>[] => [
  { name: 'id', type: 'text', of: (row) => row.id },
  { name: 'service', type: 'text', of: (row) => row.service },
  { name: 'name', type: 'text', of: (row) => describe(row.service)?.name ?? row.service },
  { name: 'vendor', type: 'text', of: (row) => describe(row.service)?.vendor ?? '' },
  { name: 'category', type: 'text', of: (row) => describe(row.service)?.category ?? '' },
  { name: 'account_kind', type: 'text', of: (row) => row.accountKind },
  { name: 'state', type: 'text', of: (row) => row.state },
  { name: 'verdict', type: 'text', of: (row) => row.verdict },
  { name: 'reason', type: 'text', of: (row) => row.reason },
  { name: 'entry', type: 'text', of: (row) => row.entry },
  { name: 'risk_score', type: 'integer', of: (row) => row.risk.score },
  { name: 'risk_level', type: 'text', of: (row) => row.risk.level },
  { name: 'risk_factors', type: 'texts', of: (row) => row.risk.factors.map(({ name }) => name) },
  { name: 'signals', type: 'texts', of: (row) => row.signals.map(({ name }) => name) },
  { name: 'strength', type: 'text', of: (row) => row.strength },
  { name: 'contact_only', type: 'flag', of: (row) => row.contactOnly },
  { name: 'provenance', type: 'text', of: (row) => row.provenance },
  { name: 'claimed_only', type: 'flag', of: (row) => row.claimedOnly },
  { name: 'people', type: 'integer', of: (row) => row.people },
  { name: 'actors', type: 'integer', of: (row) => row.actors },
  { name: 'events', type: 'integer', of: (row) => row.events },
  { name: 'attempts', type: 'integer', of: (row) => row.attempts },
  { name: 'bytes_out', type: 'integer', of: (row) => row.bytesOut },
  { name: 'bytes_in', type: 'integer', of: (row) => row.bytesIn },
  { name: 'first_seen', type: 'time', of: (row) => instantOf(row.firstSeen) },
  { name: 'last_seen', type: 'time', of: (row) => instantOf(row.lastSeen) },
  { name: 'last_used', type: 'time', of: (row) => instantOf(row.lastUsed) },
  { name: 'opened_at', type: 'time', of: (row) => instantOf(row.openedAt) },
  { name: 'changed_at', type: 'time', of: (row) => instantOf(row.changedAt) },
  { name: 'resolved_at', type: 'time', of: (row) => instantOf(row.resolvedAt) },
];
