import { z } from 'zod';
import { alertNoticeKinds } from '../core/alert.js';
import { provenances } from '../core/provenance.js';
import { keyNamePattern } from '../core/signed-note.js';
import { alertsSchema } from './alerts.js';
import { auditSection } from './audit.js';
import { blocklistsSection } from './blocklists.js';
import { evidenceSection } from './evidence.js';
import {
  domain,
  duration,
  id,
  integer,
  listenAddress,
  network,
  networkOrHost,
  oneOf,
  options,
  path,
  retention,
  secret,
  size,
  text,
  url,
  zone,
} from './fields.js';
import { nudgesSection } from './nudges.js';
import { reportsSection } from './reports.js';

/** News that a channel can carry; `test` always gets through. */
export const noticeKinds = [
  ...alertNoticeKinds,
  'finding.opened',
  'finding.changed',
  'finding.reopened',
  'finding.resolved',
  'source.silent',
  'source.back',
  'source.paused',
  'audit.checkpoint',
  'audit.broken',
  'blocklist.waiting',
  'blocklist.published',
  'blocklist.rolled-back',
  'blocklist.kept',
  'blocklist.back',
] as const;
export const logLevels = ['trace', 'debug', 'info', 'warn', 'error', 'fatal'] as const;

const proxyWords =
  'an http or https address without user name and password, or, where it holds a password, { env: NAME } or { file: PATH }';
const map = 'accepted is a map of keys and values';
const section = <T extends z.core.$ZodLooseShape>(shape: T) => z.strictObject(shape, { error: map });
const list = <T extends z.ZodType>(item: T, max: number) =>
  z.array(item, { error: 'accepted is a list' }).max(max, `accepted are at most ${max} items`);

const source = section({
  id: id().describe('Name of the source. It stays: another name is another source, with its own history.'),
  kind: text('the kind of source: folder, s3, entra, okta, google, push, syslog, telemetry or upload', 64).describe(
    'Where its data come from: a collector (folder, s3, entra, okta, google), which fetches, or a receiver (push, syslog, telemetry, upload), which is sent to.',
  ),
  format: text('the id of a log format, such as squid', 64)
    .optional()
    .describe('Log format of everything that comes. Without it each piece is recognised by its content.'),
  mapping: path('file').optional().describe('Mapping file for logs that only you have.'),
  timezone: zone()
    .optional()
    .describe('Zone of times in the logs that state none. Without it the zone of the organisation.'),
  every: duration('1s', '7d')
    .optional()
    .describe('How often it is asked for new data. For kinds that fetch. Not beside schedule.'),
  schedule: text("a cron expression such as '*/15 * * * *'", 200)
    .optional()
    .describe(
      "When it is asked for new data: a cron expression in the organisation's zone. For kinds that fetch. Not beside every.",
    ),
  expect_every: duration('1m', '90d')
    .optional()
    .describe('A silence that is longer is reported: no data is never no use.'),
  provenance: oneOf(provenances)
    .optional()
    .describe(
      'What its data are worth: observed, reported, claimed or unauthenticated. Without it by its kind. Above that only with provenance_reason.',
    ),
  provenance_reason: text('a sentence', 300)
    .optional()
    .describe('Why its data are worth more than its kind says, such as a network that only these senders reach.'),
  quota: section({
    bytes_per_day: size('1KiB', '100TiB')
      .optional()
      .describe('What it may send in 24 hours, counted from its first byte; more is refused until they are over.'),
    requests_per_second: integer(1, 100_000)
      .optional()
      .describe('What it may send in a second; more is asked to wait.'),
  })
    .prefault({})
    .describe('Limits for kinds that are sent to.'),
  options: options().prefault({}).describe('Settings of the kind. Secrets by reference only.'),
}).describe('One origin of data.');

const channel = section({
  id: id().describe('Name of the channel.'),
  kind: text('the kind of channel, such as webhook', 64).describe('How it tells: webhook and others.'),
  notices: list(oneOf(noticeKinds), 50)
    .prefault([...alertNoticeKinds, 'audit.broken', 'blocklist.waiting', 'blocklist.kept'])
    .describe(
      `What it tells: alerts as the rules make them, news of the service, or each step of findings and sources as it comes: ${noticeKinds.join(', ')}.`,
    ),
  options: options().prefault({}).describe('Settings of the kind. Secrets by reference only.'),
}).describe('One way to tell people or systems.');

/** The configuration file. An empty one is a working one. */
export const configSchema = section({
  organisation: section({
    timezone: zone().prefault('UTC').describe('IANA time zone in which days begin and schedules run.'),
    domains: list(domain(), 1000)
      .prefault([])
      .describe('Domains of the organisation: no block list ever reaches them, what is below them, or what is above.'),
  })
    .prefault({})
    .describe('The organisation whose AI use this is.'),
  data: path('folder')
    .prefault('./halflight-data')
    .describe('Folder of the embedded database, the spool and the keys. Belongs to the service alone.'),
  database: section({
    url: secret()
      .optional()
      .describe('Address of a PostgreSQL server of yours. Without it a PostgreSQL of its own runs in the data folder.'),
    pool: integer(2, 200).prefault(10).describe('Connections that one process opens at most.'),
  })
    .prefault({})
    .describe('Where everything is kept.'),
  redis: section({
    url: secret()
      .optional()
      .describe('Address of a Redis server of yours. Without it the queue is kept in the database.'),
    prefix: text('a name of letters, digits, hyphens and colons', 64)
      .regex(/^[A-Za-z0-9:_-]+$/, 'accepted is a name of letters, digits, hyphens and colons')
      .prefault('halflight')
      .describe('First part of all its keys.'),
  })
    .prefault({})
    .describe('The queue of the work to do.'),
  server: section({
    listen: listenAddress()
      .prefault('127.0.0.1')
      .describe('Address that it listens on; 0.0.0.0 or :: for every network of the machine.'),
    port: integer(0, 65_535).prefault(8480).describe('Port that it listens on; 0 takes a free one.'),
    trusted_proxies: list(network(), 100)
      .prefault([])
      .describe('Reverse proxies whose X-Forwarded-For is believed. Nobody else is.'),
    public_url: url(['http', 'https'], 'an http or https address without user name and password')
      .optional()
      .describe('Address under which people reach it; links in reports and alerts begin with it.'),
    tls: section({
      cert: path('file').describe('Certificate with its chain, PEM.'),
      key: path('file').describe('Private key, PEM, which only its owner and group may read.'),
    })
      .optional()
      .describe('Certificate for https. Without it plain http, for a reverse proxy on the same machine.'),
  })
    .prefault({})
    .describe('The HTTP server: API, console and push.'),
  signing: section({
    key: path('file')
      .optional()
      .describe(
        'Ed25519 private key, PEM, which only its owner and group may read. Without it one in the data folder.',
      ),
    name: text('a name without blanks and plus signs', 200)
      .regex(keyNamePattern, 'accepted is a name without blanks and plus signs')
      .optional()
      .describe('Name of the key, as those know it who check. Without it the host of server.public_url, and /log.'),
  })
    .prefault({})
    .describe('The key that signs checkpoints of the audit log, evidence bundles and block-list feeds.'),
  audit: auditSection,
  evidence: evidenceSection,
  people: path('file').optional().describe('The people directory: CSV, or SCIM users as JSON.'),
  inventory: path('file').optional().describe('The register of AI systems, YAML or CSV.'),
  contracts: path('file').optional().describe('Vendor list with contracts, CSV or .xlsx.'),
  signatures: path('folder')
    .optional()
    .describe('Folder of your own signatures, added to those that come with Halflight.'),
  catalog: section({
    folder: path('folder')
      .optional()
      .describe('Folder of the installed catalog. Without it catalog below the data folder.'),
    public_key: path('file')
      .optional()
      .describe('Public key that bundles of the catalog are checked with, PEM. "halflight catalog install" needs one.'),
  })
    .prefault({})
    .describe('New versions of the catalog, installed from signed bundles.'),
  work: section({
    concurrency: integer(1, 64).prefault(2).describe('Pieces of input that one process scans at the same time.'),
    threads: integer(1, 64).prefault(1).describe('Threads for each piece.'),
    chunk_deadline: duration('1s', '1d')
      .prefault('5m')
      .describe('Longest time for one piece; then it is given up and tried again.'),
    kept_input: duration('0s', '365d')
      .prefault('7d')
      .describe('How long raw input that was sent is kept, so that it can be read again under a new catalog.'),
  })
    .prefault({})
    .describe('The workers, which read what came.'),
  findings: section({
    window: duration('1d', '3650d').prefault('90d').describe('How far back use counts for a verdict.'),
    quiet: duration('1d', '3650d').prefault('30d').describe('A finding without use for so long is resolved.'),
  })
    .prefault({})
    .describe('What counts for a finding, and when it is over.'),
  answer_within: section({
    low: duration('1d', '365d').prefault('5d').describe('Entries of tier 1, low risk.'),
    moderate: duration('1d', '365d').prefault('14d').describe('Entries of tier 2, and those without a tier.'),
    high: duration('1d', '365d').prefault('30d').describe('Entries of tier 3, high risk.'),
  })
    .prefault({})
    .describe('How soon entries that are requested or in review are promised an answer. Reports show what is late.'),
  retention: section({
    usage: retention('1d').prefault('400d').describe('The roll-up: who used what on which day.'),
    evidence: retention('1d').prefault('180d').describe('Raw records behind findings.'),
    quarantine: retention('1d').prefault('30d').describe('Input that could not be read.'),
    history: retention('1d')
      .prefault('400d')
      .describe(
        'Runs of sources and jobs, resolved findings, people who left a directory, browsers that fell silent, old versions of block lists, whom nudges went to.',
      ),
  })
    .prefault({})
    .describe('How long what is kept; a duration or never.'),
  blocklists: blocklistsSection,
  nudges: nudgesSection,
  spool: section({
    size: size('16MiB', '10TiB')
      .prefault('1GiB')
      .describe('Most that waits on disk for the workers. Then pushes get 507 and syslog over TCP is held back.'),
    segment: size('1MiB', '1GiB').prefault('16MiB').describe('Size of its files.'),
  })
    .prefault({})
    .describe('Where data that is sent is kept safe before it is answered.'),
  log: section({
    level: oneOf(logLevels)
      .prefault('info')
      .describe(`Least important line that is logged: ${logLevels.join(', ')}.`),
  })
    .prefault({})
    .describe('The log of the service itself.'),
  net: section({
    allow: list(networkOrHost(), 1000)
      .prefault([])
      .describe('Private networks, addresses and hosts that it may call, beside the public internet.'),
    ports: list(integer(1, 65_535), 100)
      .prefault([])
      .describe('Ports that it may call, beside 80, 443, 8080, 8443 and 9000, and those of mail and syslog for these.'),
    proxy: z
      .union([url(['http', 'https'], proxyWords), secret()], { error: `accepted is ${proxyWords}` })
      .optional()
      .describe('Web proxy for everything outward; with a password by reference.'),
    ca_file: path('file')
      .optional()
      .describe('Certificates of authorities that are believed beside the usual ones, PEM.'),
  })
    .prefault({})
    .describe('Traffic outward: collectors, alerts.'),
  sources: list(source, 1000).prefault([]).describe('Where data come from.'),
  channels: list(channel, 100).prefault([]).describe('Whom or what it tells.'),
  reports: reportsSection,
  alerts: alertsSchema.prefault({}).describe('What is worth an alert, whom it is told, when and how often.'),
});

/** The configuration, checked: durations in milliseconds, sizes in bytes, secrets as `Secret`. Paths are absolute after `loadConfig`. */
export type Config = z.output<typeof configSchema>;
export type SourceConfig = Config['sources'][number];
export type ChannelConfig = Config['channels'][number];
/** As it is written. */
export type ConfigInput = z.input<typeof configSchema>;

/** The working default of an installation without a configuration; its paths are relative. */
export const defaultConfig = (): Config => configSchema.parse({});
