import { join } from 'node:path';
import { alertsOf } from '../../../config/alerts.js';
import type { Config } from '../../../config/schema.js';
import { Secret } from '../../../config/secret.js';
import { answerWithinOf } from '../../../inventory/requests.js';
import type { AuditSetup, NudgeSetup, ReportSetup, ServiceSetup, SourceSetup } from '../../../jobs/setup.js';
import { type LoadedConfig, openConfig, refuseErrors } from '../config.js';
import { loadKinds, type OpenedKinds, type OpenedSource, openKinds } from '../config-kinds.js';
import { loadMapping } from '../inputs.js';
import { givenPseudonymKey, pseudonymKeyOf } from '../pseudonym-key.js';
import { version } from '../version.js';

/** A configuration that the service can work by. */
export interface OpenedSetup {
  loaded: LoadedConfig;
  kinds: OpenedKinds;
  setup: ServiceSetup;
}

/** @throws CliError that lists all errors of the configuration */
export async function openSetup(config: string | undefined, warn: (line: string) => void): Promise<OpenedSetup> {
  const loaded = openConfig({ config }, warn);
  const kinds = await openKinds(loaded);
  refuseErrors(kinds.problems);
  return { loaded, kinds, setup: await setupOf(loaded.config, kinds) };
}

export { loadKinds };

/** What the service works by, of a configuration whose secrets were found. */
export async function setupOf(config: Config, kinds: OpenedKinds): Promise<ServiceSetup> {
  const zone = config.organisation.timezone;
  const { work, findings, retention, people, inventory } = config;
  const keep = (age: number | 'never'): number | undefined => (age === 'never' ? undefined : age);
  return {
    zone,
    sources: await Promise.all(kinds.sources.map((source) => sourceSetup(source, zone))),
    channels: kinds.channels.map(({ config: { id, kind, notices }, options }) => ({ id, kind, notices, options })),
    alerts: alertsOf(config.alerts),
    net: netOf(config),
    publicUrl: config.server.public_url,
    audit: auditSetupOf(config),
    work: { concurrency: work.concurrency, chunkDeadline: work.chunk_deadline, keptInput: work.kept_input },
    findings: { window: findings.window, quiet: findings.quiet },
    answerWithin: answerWithinOf(config),
    retention: {
      usage: keep(retention.usage),
      evidence: keep(retention.evidence),
      quarantine: keep(retention.quarantine),
      history: keep(retention.history),
    },
    blocklists: {
      formats: [...new Set(config.blocklists.formats)],
      ownDomains: config.organisation.domains,
      limits: { entries: config.blocklists.max_change_entries, share: config.blocklists.max_change_percent / 100 },
      twoPeople: config.blocklists.two_people,
    },
    nudges: nudgesOf(config.nudges),
    people,
    inventory,
    contracts: config.contracts,
    reports: reportSetup(config),
  };
}

/** Where the configuration lets requests go. */
export const netOf = ({ net }: Config): ServiceSetup['net'] => ({
  allow: net.allow,
  ports: net.ports,
  proxy: net.proxy instanceof Secret ? net.proxy.value : net.proxy,
  caFile: net.ca_file,
});

/** Where checkpoints go by the configuration. */
export const auditSetupOf = ({ data, audit }: Config): AuditSetup => ({
  channels: audit.checkpoints.channels,
  folder: join(data, 'checkpoints'),
  copyTo: audit.copy_to,
  verifyAt: dailyCron(audit.verify_at),
});

/** At a time of day `HH:MM`; undefined for `off`. */
function dailyCron(at: string): string | undefined {
  const [hour, minute] = at.split(':').map(Number);
  return minute === undefined ? undefined : `${minute} ${hour} * * *`;
}

const crons = { weekly: '0 6 * * 1', monthly: '0 6 1 * *' } as const;

function reportSetup({ reports, data }: Config): ReportSetup | undefined {
  if (reports.length === 0) return undefined;
  const lists = reports.map(({ schedule, period, ...list }) => ({
    ...list,
    cron: schedule === 'weekly' || schedule === 'monthly' ? crons[schedule] : schedule,
    period: period ?? (schedule === 'monthly' ? 'month' : 'week'),
  }));
  return { lists, product: version, pseudonymKey: () => givenPseudonymKey() ?? pseudonymKeyOf(data) };
}

/** Whom the service writes to; undefined: nobody. */
export function nudgesOf(nudges: Config['nudges']): NudgeSetup | undefined {
  const { enabled, channel } = nudges;
  if (!enabled || channel === undefined) return undefined;
  return {
    channel,
    groups: nudges.groups,
    excludedGroups: nudges.excluded_groups,
    excludedPeople: nudges.excluded_people,
    perQuarter: nudges.per_quarter,
    hours: { from: nudges.from_hour, until: nudges.until_hour },
    askUrl: nudges.ask_url,
    contact: nudges.contact,
  };
}

async function sourceSetup({ source, kind, options, provenance }: OpenedSource, zone: string): Promise<SourceSetup> {
  const every =
    source.every ?? (kind.pulled && source.schedule === undefined ? kind.collector.every * 1000 : undefined);
  return {
    id: source.id,
    kind: source.kind,
    role: kind.pulled ? 'collector' : 'receiver',
    options,
    format: source.format,
    mapping: await loadMapping(source.mapping),
    logZone: source.timezone ?? zone,
    provenance,
    every,
    schedule: source.schedule,
    expectEvery: source.expect_every,
  };
}
