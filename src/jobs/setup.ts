import type { AlertsConfig } from '../config/alerts.js';
import type { Mapping } from '../core/mapping.js';
import type { Provenance } from '../core/provenance.js';
import type { ReportFormat, ReportRole } from '../core/report-role.js';
import type { ChangeLimits } from '../exports/blocklists/common/diff.js';
import type { SendingHours } from '../inventory/nudges/limits.js';
import type { AnswerWithin } from '../inventory/requests.js';
import type { EgressPolicy } from '../net/policy.js';

/** A configured source, its options checked. Plain data: it goes to worker threads. */
export interface SourceSetup {
  id: string;
  /** Id of a collector or receiver. */
  kind: string;
  role: 'collector' | 'receiver';
  options: unknown;
  /** Undefined: recognised by content. */
  format: string | undefined;
  mapping: Mapping | undefined;
  /** Zone of times without one. */
  logZone: string;
  /** What its data are worth: by its kind and options, or as the configuration says. */
  provenance: Provenance;
  /** How often a collector is asked, in milliseconds, or a cron expression in the organisation's zone. */
  every: number | undefined;
  schedule: string | undefined;
  /** Silence in milliseconds that is normal. */
  expectEvery: number | undefined;
}

export interface ChannelSetup {
  id: string;
  kind: string;
  notices: readonly string[];
  options: unknown;
}

/** Where checkpoints of the audit log go, beside the database. */
export interface AuditSetup {
  /** Ids of channels. */
  channels: readonly string[];
  /** Below the data folder; made when it is missing. */
  folder: string;
  /** Another one, which must be there. */
  copyTo: string | undefined;
  /** When the whole log is walked: a cron expression in the organisation's zone; undefined: never. */
  verifyAt?: string | undefined;
}

/** Whom to write to about what they used, and how. */
export interface NudgeSetup {
  /** Id of a channel of kind email. */
  channel: string;
  groups: readonly string[];
  excludedGroups: readonly string[];
  excludedPeople: readonly string[];
  perQuarter: number;
  hours: SendingHours;
  askUrl?: string | undefined;
  contact?: string | undefined;
}

/** What feeds of block lists are made by. */
export interface BlockListSetup {
  /** Ids of formats. */
  formats: readonly string[];
  /** Domains of the organisation, which no list reaches. */
  ownDomains: readonly string[];
  /** Above either of them a change waits for a person. */
  limits: ChangeLimits;
  twoPeople: boolean;
}

/** A distribution list of the periodic report. */
export interface ReportList {
  id: string;
  role: ReportRole;
  /** A cron expression in the organisation's zone. */
  cron: string;
  period: 'week' | 'month';
  /** Of the role manager: each has a report of its own. */
  groups: readonly string[];
  names: boolean;
  /** Ids of channels. */
  channels: readonly string[];
  /** Addresses for channels of e-mail; empty: those of the channel. */
  recipients: readonly string[];
  formats: readonly ReportFormat[];
}

/** What periodic reports are made by. */
export interface ReportSetup {
  lists: readonly ReportList[];
  /** Version of Halflight. */
  product: string;
  /** Key of the pseudonyms; read when it is needed first. */
  pseudonymKey(): string;
}

/** What the service works by: the configuration, checked and with its secrets resolved. Times in milliseconds. */
export interface ServiceSetup {
  /** The organisation's time zone. */
  zone: string;
  sources: readonly SourceSetup[];
  channels: readonly ChannelSetup[];
  /** What is worth an alert, whom it is told, when and how often. */
  alerts: AlertsConfig;
  net: EgressPolicy;
  /** Address under which people reach the service, for links. */
  publicUrl?: string | undefined;
  audit?: AuditSetup;
  work: { concurrency: number; chunkDeadline: number; keptInput: number };
  findings: { window: number; quiet: number };
  /** How soon requests are promised an answer, by tier. */
  answerWithin: AnswerWithin;
  /** `undefined`: for ever. */
  retention: {
    usage: number | undefined;
    evidence: number | undefined;
    quarantine: number | undefined;
    history: number | undefined;
  };
  /** Feeds of block lists; undefined: none is made. */
  blocklists?: BlockListSetup | undefined;
  /** Mails to people who used what is not approved; undefined: nobody is written to. */
  nudges?: NudgeSetup | undefined;
  /** Files of the registers, read by whoever has them; undefined: none. */
  people: string | undefined;
  inventory: string | undefined;
  contracts?: string | undefined;
  /** Undefined: none are made. */
  reports?: ReportSetup | undefined;
}
