import { existsSync } from 'node:fs';
import { join } from 'node:path';
import type { Catalog } from '../../catalog/compile.js';
import { type Config, defaultConfig } from '../../config/schema.js';
import { maskActor } from '../../core/mask-actor.js';
import { maskPeople } from '../../core/redact.js';
import type { InventoryEntry } from '../../core/register.js';
import { type Signer, verifierKey } from '../../core/signed-note.js';
import { safeLine } from '../../core/terminal.js';
import { dayStart } from '../../core/time.js';
import { type BundleRequest, type WrittenBundle, writeBundle } from '../../evidence/bundle.js';
import { BrokenAuditError } from '../../evidence/contents/audit.js';
import type { BundlePeople } from '../../evidence/contents/context.js';
import { FileExistsError, writeNewFile } from '../../evidence/draft-file.js';
import type { Manifest } from '../../evidence/manifest.js';
import { askForStamp, type Stamped } from '../../evidence/timestamp/ask.js';
import { riskRules } from '../../inventory/risk-rules.js';
import { createEgress, type EgressPolicy } from '../../net/egress.js';
import { wordsOf } from '../../people/directory.js';
import type { Person } from '../../people/person.js';
import { createLabels } from '../../reports/people.js';
import { appendAudit } from '../../store/audit.js';
import type { BundleScope } from '../../store/reads/bundle.js';
import { loadFinding } from '../../store/reads/findings.js';
import { readOnly } from '../../store/reads/read-only.js';
import { loadRegister } from '../../store/registers.js';
import type { Db } from '../../store/tables.js';
import { openConfig } from './config.js';
import { CliError, exitCodes, explainWriteError } from './errors.js';
import { openCatalog } from './open-catalog.js';
import { openData } from './open-data.js';
import { givenPseudonymKey, pseudonymKeyOf } from './pseudonym-key.js';
import { besideService } from './service/beside.js';
import { armFaults } from './service/faults.js';
import { signerFor } from './service/keys.js';
import { netOf } from './service/setup.js';
import { userName } from './user.js';
import { version } from './version.js';
import { zoneOption } from './zones.js';

export interface BundleArguments {
  from: string;
  until: string;
  out: string;
  service?: string[];
  finding?: string[];
  entry?: string[];
  names?: boolean;
  reason?: string;
  data?: string;
  timezone?: string;
  config?: string;
  requireTimestamp?: boolean;
}

export interface MadeBundle {
  file: string;
  /** Key by which it can be checked, as C2SP writes it. */
  key: string;
  scope: Manifest['scope'];
  audit: Manifest['audit'];
  files: { name: string; records: number | null; bytes: number; sha256: string }[];
  /** The time stamp in it: RFC 3339, or why there is none although one was to be. Null: none was to be. */
  timestamp: { at: string } | { missing: string } | null;
}

/** Where the numbers are, and what they are shown with. */
interface Place {
  db: Db;
  config: Config;
  catalog: Catalog;
  zone: string;
  signer: Signer;
  who: string;
  /** Where it may be asked for a time stamp. */
  net: EgressPolicy;
}

const say = (line: string): void => void process.stderr.write(`halflight: ${safeLine(line)}\n`);

/** A bundle may read for so long. */
const longestReadMs = 3_600_000;

/** Makes a bundle. @throws CliError where that cannot be done */
export async function makeBundle(options: BundleArguments, now: number): Promise<MadeBundle> {
  const { names = false, reason = '' } = options;
  if (names && reason.trim() === '')
    throw new CliError(
      '--names needs --reason: why this bundle has to show who it was stands in the audit log',
      exitCodes.usage,
    );
  armFaults(process.env);
  return withPlace(options, async (place) => {
    if (options.requireTimestamp === true && place.config.evidence.timestamp_url === undefined)
      throw new CliError(
        '--require-timestamp needs evidence.timestamp_url in the configuration: who is to be asked for it',
        exitCodes.usage,
      );
    const scope = await scopeOf(options, place);
    const { services = [], findings = [], entries = [] } = scope.only ?? {};
    // Before anything is read: who takes evidence out is known also where the writing fails.
    await appendAudit(place.db, {
      at: now,
      who: place.who,
      action: names ? 'evidence.revealed' : 'evidence.exported',
      subject: `${scope.from}/${scope.until}`,
      details: { services, findings, entries, names, ...(names && { reason }) },
    });
    const { manifest, stamped } = await written(options.out, place, { options, scope, now });
    return {
      file: options.out,
      key: verifierKey(place.signer),
      scope: manifest.scope,
      audit: manifest.audit,
      files: manifest.files.map(({ name, records, bytes, sha256 }) => ({ name, records, bytes, sha256 })),
      timestamp: timestampOf(stamped),
    };
  });
}

function timestampOf(stamped: Stamped | undefined): MadeBundle['timestamp'] {
  if (stamped === undefined) return null;
  return 'stamp' in stamped ? { at: new Date(stamped.at).toISOString() } : { missing: stamped.why };
}

/** Whether all came into it that was to be in it. */
export const isWhole = ({ timestamp }: MadeBundle): boolean => timestamp === null || 'at' in timestamp;

/** What was written, for people. */
export function bundleText({ file, key, scope, files, timestamp }: MadeBundle): string {
  const records = files
    .filter((each) => each.records !== null)
    .map(({ name, records: count }) => `  ${name.padEnd(18)} ${count?.toLocaleString('en-US')}`);
  return [
    `The evidence of ${scope.from} until before ${scope.until} is in ${safeLine(file)}.`,
    '',
    ...records,
    '',
    ...stampLines(timestamp),
    'Who checks it needs this key, on another way than the bundle:',
    '',
    `  ${safeLine(key)}`,
    '',
    `Check it: halflight verify ${safeLine(file)} --key KEY`,
    '',
  ].join('\n');
}

function stampLines(timestamp: MadeBundle['timestamp']): string[] {
  if (timestamp === null) return [];
  return 'at' in timestamp
    ? [`It is stamped as signed before ${timestamp.at}.`, '']
    : [
        `It has NO TIME STAMP: ${safeLine(timestamp.missing)}.`,
        'See that evidence.timestamp_url answers, and make it again where it has to have one.',
        '',
      ];
}

async function withPlace<T>(options: BundleArguments, work: (place: Place) => Promise<T>): Promise<T> {
  const { data } = options;
  if (data === undefined) {
    if (options.timezone !== undefined)
      throw new CliError('--timezone goes with --data: a service has the zone of its configuration', exitCodes.usage);
    return besideService(options.config, async ({ opened, store, who }) => {
      const { config } = opened.loaded;
      const catalog = await openCatalog(config.signatures, { folder: config.catalog.folder, data: config.data });
      return work({
        db: store.db,
        config,
        catalog,
        zone: config.organisation.timezone,
        signer: signerFor(config),
        who,
        net: netOf(config),
      });
    });
  }
  if ((process.env.DATABASE_URL ?? '') === '' && !existsSync(join(data, 'postgres')))
    throw new CliError(
      `${safeLine(data)} holds no results: name the folder of a scan with --data, or leave --data out for the service`,
    );
  // Of a configuration that is named: who may be asked for a time stamp, and how. The numbers are those of the folder.
  const named = options.config === undefined ? defaultConfig() : openConfig({ config: options.config }, say).config;
  const config = { ...defaultConfig(), data, evidence: named.evidence };
  const [catalog, store] = [await openCatalog(undefined, { data }), await openData(data)];
  try {
    const zone = zoneOption(options.timezone ?? 'UTC', '--timezone');
    const signer = signerFor(config);
    return await work({ db: store.db, config, catalog, zone, signer, who: `cli:${userName()}`, net: netOf(named) });
  } finally {
    await store.close();
  }
}

async function scopeOf(options: BundleArguments, { db, catalog, zone }: Place): Promise<BundleScope> {
  const [start, end] = [bound(options.from, '--from', zone), bound(options.until, '--until', zone)];
  if (start >= end) throw new CliError('--from must be before --until', exitCodes.usage);
  const { from, until, service = [], finding = [], entry = [] } = options;
  const scope = { from, until, start, end };
  if (service.length + finding.length + entry.length === 0) return { ...scope, only: undefined };
  for (const id of service)
    if (!catalog.services.has(id))
      throw new CliError(
        `--service ${safeLine(id)} is no service of the catalog: "halflight match" tells ids`,
        exitCodes.usage,
      );
  for (const id of finding)
    if ((await loadFinding(db, id)) === undefined)
      throw new CliError(`--finding ${safeLine(id)} is no finding: its id is SERVICE/ACCOUNT-KIND`, exitCodes.usage);
  const register = entry.length === 0 ? undefined : await loadRegister<InventoryEntry[]>(db, 'inventory');
  const ofEntries = entry.flatMap((id) => {
    const found = register?.body.find((each) => each.id === id);
    if (found === undefined)
      throw new CliError(`--entry ${safeLine(id)} is no entry of the inventory`, exitCodes.usage);
    return found.services;
  });
  return { ...scope, only: { services: [...new Set([...service, ...ofEntries])], findings: finding, entries: entry } };
}

function bound(day: string, option: string, zone: string): number {
  const start = dayStart(day, zone);
  if (start === undefined)
    throw new CliError(`${option} "${safeLine(day)}" is no day; write it as 2026-11-22`, exitCodes.usage);
  return start;
}

/** Writes the file. @throws CliError that says what is in the way */
async function written(
  out: string,
  { db, config, catalog, zone, signer, net }: Place,
  { options, scope, now }: { options: BundleArguments; scope: BundleScope; now: number },
): Promise<WrittenBundle> {
  const { service: services = [], finding: findings = [], entry: entries = [] } = options;
  try {
    return await writeNewFile(out, (file) =>
      readOnly(db, longestReadMs, async (trx) => {
        const people = await loadRegister<Person[]>(trx, 'people');
        return writeBundle(trx, file, {
          scope,
          asked: { services, findings, entries },
          zone,
          people: peopleOf(options.names === true, people?.body ?? [], config.data),
          vendorOf: (id) => catalog.services.get(id)?.vendor.name ?? '',
          versions: {
            catalog: catalog.hash,
            risk_rules: riskRules.version,
          },
          product: version,
          signer,
          now,
          stamp: stampBy(config, net, options.requireTimestamp === true),
        });
      }),
    );
  } catch (error) {
    if (error instanceof FileExistsError) throw new CliError(error.message);
    if (error instanceof BrokenAuditError)
      throw new CliError(
        `${error.message}: nothing can be proved by it. "halflight audit verify" says more; no bundle was written`,
      );
    if (error instanceof RangeError) throw new CliError(`${error.message}: name a shorter period, or single services`);
    if ((error as NodeJS.ErrnoException).syscall !== undefined) throw new CliError(explainWriteError(error, out));
    throw error;
  }
}

/** How a bundle gets its time stamp; undefined: nobody is to be asked. */
function stampBy({ evidence }: Config, net: EgressPolicy, required: boolean): BundleRequest['stamp'] {
  const url = evidence.timestamp_url;
  if (url === undefined) return undefined;
  return async (note) => {
    const egress = createEgress(net);
    try {
      const stamped = await askForStamp(egress, url, note);
      if (required && 'why' in stamped)
        throw new CliError(
          `no time stamp came from evidence.timestamp_url: ${safeLine(stamped.why)}; no bundle was written`,
        );
      return stamped;
    } finally {
      await egress.close();
    }
  };
}

function peopleOf(names: boolean, people: readonly Person[], folder: string): BundlePeople {
  const known = new Map(people.map((person) => [person.id, person]));
  const labels = createLabels(names, known, givenPseudonymKey() ?? pseudonymKeyOf(folder));
  if (names) return { ...labels, mask: (text) => text };
  const words = wordsOf(people);
  return {
    ...labels,
    mask: (text, about) => maskPeople(about === undefined ? text : maskActor(text, about.id), words),
  };
}
