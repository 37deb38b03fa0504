import type { Generated, Kysely } from 'kysely';
import type { StoredFinding } from '../core/finding-state.js';
import type { AccountKind, CandidateHit, CandidateReason, Confidence, Strength } from '../core/hit.js';
import type { Notice } from '../core/notice.js';
import type { Provenance } from '../core/provenance.js';
import type { ActorKind } from '../core/usage.js';
import type { UseKind } from '../core/use.js';
import type { AlertFactTable, AlertHistoryTable, AlertTable } from './alert-tables.js';
import type { BlockListFeedTable, BlockListVersionTable, RegisterTroubleTable } from './blocklist-tables.js';
import type { AuditCheckpointTable, AuditTreeTable } from './checkpoint-tables.js';
import type { ProviderStateTable, SourceRecordTable } from './collected-tables.js';
import type { DeviceTable } from './device-table.js';
import type { ExpenseTable } from './expense-table.js';
import type { DecisionTable, InventoryLoadTable, InventoryVersionTable } from './inventory-tables.js';
import type { ActorResolutionTable, AddressLeaseTable } from './lease-tables.js';
import type { NudgeTable } from './nudge-table.js';
import type { PersonHistoryTable } from './person-table.js';
import type { ReportTable } from './report-table.js';
import type { UsageTraceTable } from './trace-table.js';

/** The tables as the newest migration leaves them. `bigint` columns come back as numbers, `date` as `YYYY-MM-DD`. */
export interface Tables {
  chunk: ChunkTable;
  chunk_reject_count: { chunk_id: number; reason: string; count: number };
  chunk_input: { chunk_id: number; part: number; bytes: Buffer };
  chunk_usage: UsageColumns & { chunk_id: number; position: number };
  usage: UsageTable;
  usage_trace: UsageTraceTable;
  usage_day: UsageDayTable;
  expense: ExpenseTable;
  usage_service_day: Omit<UsageDayTable, 'source' | 'account_kind' | 'strength' | 'provenance' | 'received_at'>;
  evidence: EvidenceTable;
  chunk_use: ChunkUseTable;
  candidate: CandidateTable;
  candidate_decision: CandidateDecisionTable;
  quarantine: QuarantineTable;
  source: SourceTable;
  source_record: SourceRecordTable;
  provider_state: ProviderStateTable;
  source_cursor: { source: string; key: string; value: string };
  source_hour: SourceHourTable;
  source_gap: SourceGapTable;
  source_finding: SourceFindingTable;
  token: TokenTable;
  push_key: { source: string; key: string; at: number };
  spool: { id: string; drained: number };
  register: { kind: RegisterKind; hash: string; body: unknown; loaded_at: number };
  finding: FindingTable;
  finding_history: FindingHistoryTable;
  reconcile_due: { id: Generated<number>; service: string; chunk_id: number | null; at: number };
  outbox: OutboxTable;
  audit: AuditTable;
  audit_tree: AuditTreeTable;
  audit_checkpoint: AuditCheckpointTable;
  legal_hold: LegalHoldTable;
  instance: InstanceTable;
  job_run: JobRunTable;
  device: DeviceTable;
  address_lease: AddressLeaseTable;
  actor_resolution: ActorResolutionTable;
  person_history: PersonHistoryTable;
  alert: AlertTable;
  alert_history: AlertHistoryTable;
  alert_fact: AlertFactTable;
  inventory_version: InventoryVersionTable;
  inventory_load: InventoryLoadTable;
  decision: DecisionTable;
  report: ReportTable;
  blocklist_version: BlockListVersionTable;
  blocklist_feed: BlockListFeedTable;
  register_trouble: RegisterTroubleTable;
  nudge: NudgeTable;
}

/** The database as all functions of this folder take it; a transaction is one too. */
export type Db = Kysely<Tables>;

/**
 * `pending`: to be scanned, or (in a scan of the command line) being saved; `split`: its parts are chunks of their own;
 * `duplicate`: the same bytes were there already; `lost`: its bytes were gone before they were read.
 */
export type ChunkState = 'pending' | 'done' | 'split' | 'quarantined' | 'duplicate' | 'lost';

interface ChunkTable {
  id: Generated<number>;
  key: string;
  source: string;
  sha256: string;
  /** Before `done` all counts are 0. */
  state: ChunkState;
  name: string;
  format: string;
  catalog_hash: string;
  bytes: number;
  lines: number;
  records: number;
  with_events: number;
  events: number;
  skipped: number;
  rejected: number;
  first: number | null;
  last: number | null;
  scanned_at: number;
  /** What the collector's `open` needs; null: the bytes are in chunk_input, or nowhere. */
  place: Generated<Record<string, unknown> | null>;
  prime: Generated<string | null>;
  modified: Generated<number>;
  received_at: Generated<number>;
  stored_bytes: Generated<number>;
  /** Claims that ended without a result through the chunk's own fault. */
  attempts: Generated<number>;
  fence: Generated<number>;
  lease_owner: Generated<string | null>;
  not_before: Generated<number>;
  /** A part of another chunk: its bytes from `part_start` to `part_end`, decompressed. */
  parent_id: Generated<number | null>;
  part_start: Generated<number | null>;
  part_end: Generated<number | null>;
  error: Generated<string | null>;
  hits: Generated<number>;
  /** Rows of `usage_trace` that name it. */
  traced: Generated<number>;
}

interface ActorColumns {
  service: string;
  actor_kind: ActorKind;
  actor: string;
  actor_group: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Generated<Provenance>;
  confidence: Confidence;
}

interface UsageTable extends UsageColumns {
  /** Of the youngest chunk in it. */
  received_at: number;
}

interface UsageColumns extends ActorColumns {
  /** `-infinity`: the records hold no time. */
  day: string;
  source: string;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  /** Currency -> minor units. */
  spend: Generated<Record<string, number>>;
  first: number | null;
  last: number | null;
}

interface UsageDayTable {
  day: string;
  service: string;
  source: string;
  account_kind: AccountKind;
  strength: Strength;
  provenance: Generated<Provenance>;
  events: number;
  attempts: number;
  bytes_out: number;
  bytes_in: number;
  received_at: number;
}

interface EvidenceTable extends ActorColumns {
  chunk_id: number;
  line: number;
  attempt: boolean;
  time: number | null;
  signature: string;
  reason: string;
  sha256: string;
  sample: string;
}

interface ChunkUseTable {
  chunk_id: number;
  position: number;
  /** `-infinity`: the records hold no time. */
  day: string;
  service: string;
  account_kind: AccountKind;
  kind: UseKind;
  model: string;
  events: number;
}

interface CandidateTable {
  chunk_id: number;
  position: number;
  kind: CandidateHit['kind'];
  subject: string;
  score: Generated<number>;
  reasons: Generated<CandidateReason[]>;
  events: number;
  actors: number;
  bytes_out: Generated<number>;
  bytes_in: Generated<number>;
  traces: Generated<string[]>;
  /** The most active actors: kind, id and events of each. */
  who: Generated<[kind: ActorKind, id: string, events: number][]>;
  first: number | null;
  last: number | null;
  line: number;
  sample: string;
}

interface CandidateDecisionTable {
  kind: CandidateHit['kind'];
  /** SHA-256 of the subject, since an index row cannot hold every subject. */
  subject_hash: string;
  subject: string;
  action: 'dismissed' | 'attached' | 'asked';
  /** Whom a question is for: kind and id of the actor, a blank between. */
  about: Generated<string>;
  body: { why?: string; service?: string; question?: string };
  who: string;
  at: number;
}

interface QuarantineTable {
  id: Generated<number>;
  chunk_id: number;
  source: string;
  part_start: number;
  part_end: number;
  reason: string;
  sealed: Buffer;
  at: number;
}

export type SourceState = 'active' | 'paused' | 'removed';

interface SourceTable {
  id: string;
  kind: string;
  state: Generated<SourceState>;
  paused_why: string | null;
  paused_by_service: Generated<boolean>;
  /** Milliseconds of silence that are normal; null: not known. */
  expect_every: number | null;
  since: number;
  last_data_at: number | null;
  last_event_at: number | null;
  last_run_at: number | null;
  last_error: string | null;
  last_error_at: number | null;
  lease_owner: string | null;
  fence: Generated<number>;
}

interface SourceHourTable {
  source: string;
  /** Hours since 1970 UTC, of receipt. */
  hour: number;
  chunks: number;
  bytes: number;
  received: number;
  landed: number;
  rejected: number;
  quarantined: number;
  refused: number;
  missing: number;
  hits: number;
}

interface SourceGapTable {
  id: Generated<number>;
  source: string;
  at: number;
  why: string;
  lines: number | null;
  bytes: number | null;
}

interface SourceFindingTable {
  source: string;
  /** `silent`: nothing comes; `thin`: much less than usual. */
  kind: 'silent' | 'thin';
  state: 'open' | 'resolved';
  reason: string;
  numbers: Record<string, number>;
  opened_at: number;
  changed_at: number;
  resolved_at: number | null;
  /** How often it was opened. */
  times: Generated<number>;
}

export type TokenScope = 'push' | 'read' | 'feed';

interface TokenTable {
  id: string;
  scope: TokenScope;
  source: string | null;
  hash: string;
  created_at: number;
  created_by: string;
  revoked_at: number | null;
}

export type RegisterKind = 'inventory' | 'people' | 'people-file' | 'people-summary' | 'catalog' | 'contracts';

interface FindingTable {
  id: string;
  service: string;
  state: StoredFinding['state'];
  verdict: string;
  risk: number;
  first_seen: number | null;
  last_seen: number | null;
  updated_at: number;
  body: StoredFinding;
}

interface FindingHistoryTable {
  id: Generated<number>;
  finding_id: string;
  at: number;
  kind: string;
  verdict_before: string | null;
  verdict: string;
  reason: string;
  chunk_id: number | null;
  inventory_hash: string;
  catalog_hash: string;
}

interface OutboxTable {
  id: Generated<number>;
  notice_id: string;
  channel: string;
  subject: string;
  notice: Notice;
  state: Generated<'pending' | 'sent' | 'refused'>;
  attempts: Generated<number>;
  next_at: number;
  created_at: number;
  done_at: number | null;
  why: string | null;
  lease_owner: string | null;
}

interface AuditTable {
  seq: number;
  at: number;
  who: string;
  action: string;
  subject: string;
  /** JSON text, as it was hashed. */
  details: string;
  previous: string;
  hash: string;
}

interface LegalHoldTable {
  id: Generated<number>;
  scope: Record<string, unknown>;
  reason: string;
  who: string;
  at: number;
  released_at: number | null;
  released_by: string | null;
}

interface InstanceTable {
  id: string;
  role: string;
  host: string;
  pid: number;
  version: string;
  beat: Generated<number>;
  started_at: number;
}

interface JobRunTable {
  job: string;
  slot: number;
  state: 'queued' | 'running' | 'done' | 'failed';
  attempts: Generated<number>;
  started_at: number | null;
  finished_at: number | null;
  outcome: string | null;
}
