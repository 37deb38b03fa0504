import type { CandidateHit } from '../../core/hit.js';
import type { Finding, InventoryEntry } from '../../core/register.js';
import type { ReportRole } from '../../core/report-role.js';
import type { Lapsing } from '../../inventory/drift.js';
import type { Measure } from '../../inventory/metrics.js';
import type { Report } from '../schema.js';
import type { ReportPeriod } from './period.js';

// What is known of a period, read once: sections make their blocks of it and read nothing themselves. Plain data, sorted, and as of the
// period's end: the same period gives the same facts, whenever they are read.

/** For whom a report is made. */
export interface Audience {
  role: ReportRole;
  /** Of a manager: the group that the report is about. */
  group: string | undefined;
  /** People by name; else by pseudonym. */
  names: boolean;
}

/** Use of one service in a period. */
export interface Used {
  events: number;
  attempts: number;
  bytesOut: number;
  people: number;
  actors: number;
}

/** A service that was used or tried in the period or in the one before. */
export interface ServiceFacts {
  id: string;
  name: string;
  vendor: string;
  category: string;
  now: Used;
  before: Used;
  /** First day on which it was ever used, `YYYY-MM-DD`; undefined: only tried. */
  firstDay: string | undefined;
  lastDay: string | undefined;
  /** Nothing but look-ups in DNS in the period. */
  contactOnly: boolean;
  /** Where it was seen in the period before, of which nothing came in this one: its end may be theirs. */
  silentSources: readonly string[];
}

/** A finding as of the period's end. */
export interface FindingFacts extends Finding {
  name: string;
  vendor: string;
  /** What happened in the period itself: the numbers of the finding are those of the window of findings. */
  now: Used;
  /** Day since which it calls for action, or was first seen. */
  since: string;
  /** Whoever used it most in the period, as the audience may see them. */
  who: readonly { actor: string; group: string; events: number; attempts: number }[];
  /** Services of the category that the register permits: the first ones by name. */
  alternatives: readonly string[];
}

/** A group with five people at least, or `other`: all smaller ones together. */
export interface GroupFacts {
  group: string;
  people: number;
  services: number;
  /** Of the period before; undefined where that would tell of a small group. */
  before: number | undefined;
}

/** A source of data in the period. */
export interface SourceFacts {
  id: string;
  kind: string;
  chunks: number;
  records: number;
  rejected: number;
  /** Hours of the period since it is known, and those in which something came; undefined where no ledger was kept. */
  hours: { all: number; withData: number } | undefined;
  /** Days of the period, and those that its records cover. */
  days: { all: number; covered: number };
  refused: number;
  missing: number;
  gaps: number;
  gapWhy: string;
}

export interface PeriodFacts {
  period: ReportPeriod;
  before: ReportPeriod;
  /** First instant behind the period, milliseconds since 1970. */
  end: number;
  zone: string;
  audience: Audience;
  /** Members of the manager's group, in the directory and among those who used something. */
  members: number;
  totals: { now: { people: number; actors: number }; before: { people: number; actors: number } };
  services: readonly ServiceFacts[];
  findings: readonly FindingFacts[];
  groups: readonly GroupFacts[];
  entries: readonly InventoryEntry[];
  /** What waits for an answer at the period's end: what is past the promised time first. */
  waiting: readonly WaitingFacts[];
  /** What ends in the 30 days after the period, soonest first. */
  due: readonly Lapsing[];
  measures: readonly { now: Measure; before: Measure | undefined }[];
  candidates: { list: readonly CandidateFacts[]; all: number };
  decisions: readonly { day: string; who: string; action: string; subject: string }[];
  spend: readonly { service: string; name: string; currency: string; amount: number; before: number }[];
  subscriptions: readonly {
    service: string;
    name: string;
    payer: string;
    cadence: string;
    amount: number;
    currency: string;
    next: string;
    stopped: boolean;
  }[];
  sources: readonly SourceFacts[];
  shows: Report['coverage']['shows'];
  /** Newest day with data before the period's end, where the period itself has none. */
  newestDay: string | undefined;
  versions: {
    product: string;
    catalog: string;
    catalogRelease: string;
    inventory: string;
    entries: number;
    riskRules: string;
    /** Last checkpoint of the audit log before the period's end. */
    checkpoint: string;
  };
}

export interface CandidateFacts {
  kind: CandidateHit['kind'];
  subject: string;
  score: number;
  events: number;
  /** `YYYY-MM-DD` */
  firstDay: string;
  isNew: boolean;
}

/** An entry of the register that waits for an answer. Days `YYYY-MM-DD`; empty where nobody knows since when it waits. */
export interface WaitingFacts {
  entry: string;
  name: string;
  services: readonly string[];
  tier: InventoryEntry['risk_tier'];
  approvers: readonly string[];
  owner: string | undefined;
  since: string;
  /** Days that it has waited. */
  days: number;
  /** The day up to which an answer is promised. */
  by: string;
  /** Days until then; negative: since then. */
  left: number;
  overdue: boolean;
  /** One of its services was used in the period. */
  used: boolean;
}
